import { configDefaults, defineConfig } from 'vitest/config'

/** Suites of the tier `kubernetes` that start, kill and fill control planes: never on a cluster of the user's. */
const onOwnControlPlane = [
  'test/kubernetes/control-plane/**',
  'test/kubernetes/drift/**',
  'test/kubernetes/own-server.test.ts',
  'test/kubernetes/steady.test.ts',
  'test/kubernetes/server.test.ts',
]
const onUsersCluster = process.env['DRIFTLESS_TEST_CONTEXT'] !== undefined

/**
 * In CI a test of running systems that fails is run once more, and the report says so: a busy machine is no defect. By
 * hand nothing is repeated.
 */
const retry = process.env['CI'] === undefined ? 0 : 1

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          retry,
          include: ['packages/*/src/**/*.test.ts', 'apps/*/src/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts'],
          testTimeout: 30_000,
          pool: 'threads',
        },
      },
      {
        test: {
          name: 'contract',
          include: ['test/contract/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'faults',
          include: ['test/faults/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'kubernetes',
          retry,
          // The suites of the unit tier that open their cluster with openCluster run here again, on a real one.
          include: [
            'test/kubernetes/**/*.test.ts',
            'packages/controller/src/application/*.test.ts',
            'packages/testkit/src/{cluster,definitions}.test.ts',
          ],
          exclude: [...configDefaults.exclude, ...(onUsersCluster ? onOwnControlPlane : [])],
          globalSetup: 'test/kubernetes/setup/provide-cluster.ts',
          setupFiles: 'test/kubernetes/setup/use-cluster.ts',
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'e2e',
          retry,
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
