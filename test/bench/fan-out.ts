import { benchConfigMap, configMaps } from './api-objects.ts'
import type { Row } from './api-rows.ts'
import { inParallel } from './measure-row.ts'

const watchers = 50
const changes = 2000
const objects = 100
const inFlight = 32

/** Every change of a namespace goes to 50 watches, each on a connection of its own; done when the last has all. */
export const fanOut: Row['run'] = async ({ client, set, share }) => {
  const count = Math.ceil(changes * share)
  const path = configMaps('watched')
  await inParallel({ count: objects, inFlight }, async (at) => {
    await client.send('POST', path, { body: JSON.stringify(benchConfigMap(`${set}-${at}`)) })
  })
  const { text } = await client.send('GET', `${path}?limit=1`)
  const { resourceVersion } = (JSON.parse(text) as { metadata: { resourceVersion: string } }).metadata
  const streams = await Promise.all(
    Array.from({ length: watchers }, () =>
      client.openStream(`${path}?watch=1&resourceVersion=${resourceVersion}`),
    ),
  )
  const received = streams.map((stream) => stream.lines(count))
  await inParallel({ count, inFlight }, async (at) => {
    const body = JSON.stringify({ data: { level: `change-${at}` } })
    const type = 'application/merge-patch+json'
    const { code } = await client.send('PATCH', `${path}/${set}-${at % objects}`, { body, type })
    if (code !== 200) throw new Error(`patch: ${code}`)
  })
  await Promise.all(received)
  for (const stream of streams) stream.close()
  return { operations: count * watchers, requests: count }
}
