import { describe } from 'vitest'
import { ownServerSuite } from '../../packages/testkit/src/testing/own-server-suite.ts'
import { startControlPlane } from './control-plane/start-control-plane.ts'

describe('kube-apiserver', () => {
  ownServerSuite(async () => {
    const controlPlane = await startControlPlane({ workloads: false })
    return {
      config: controlPlane.config,
      kill: () => controlPlane.killApiServer(),
      startAgain: () => controlPlane.startApiServer(),
      compact: () => controlPlane.compact(),
      close: () => controlPlane.close(),
    }
  })
})
