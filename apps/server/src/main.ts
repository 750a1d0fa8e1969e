/** Entry of the container image: `server` with flags from the environment only. */
import { messageOf } from '@driftless/api'
import { runServer } from './run.ts'

runServer({}).catch((error: unknown) => {
  process.stderr.write(`error: ${messageOf(error)}\n`)
  process.exit(1)
})
