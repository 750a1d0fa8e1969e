import { inClusterConfig, loadKubeconfig } from '@driftless/kube'
import { type ServerFlags, serverConfig } from './config.ts'
import { prepareDataDir } from './data-dir.ts'
import { startServer } from './start-server.ts'
import { knownAdminPassword, type RunningUp, startUp } from './up.ts'

/** Runs `driftless up` until a signal; prints where to go and how to log in. */
export async function runUp(flags: ServerFlags): Promise<void> {
  const stop = stopSignal()
  const up = await startUp(serverConfig(flags, 'up'), stop.signal)
  const password = await knownAdminPassword(up.adminPasswordFile)
  const lines = [
    '',
    `  Driftless is running at ${up.url}`,
    '',
    `  Log in as admin${password === undefined ? '' : ` with password ${password}`}`,
    ...(password === undefined ? [] : [`  (kept in ${up.adminPasswordFile}, readable by you only)`]),
    '',
    ...clusterLines(up),
    `  Data                     ${up.dataDir}`,
    '',
    '  Embedded clusters are for trying, development and tests. Stop with Ctrl-C; the next start continues here.',
    '',
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
  await stop.aborted
  await up.close()
}

function clusterLines({
  clusters,
  adminKubeconfig,
}: Pick<RunningUp, 'clusters' | 'adminKubeconfig'>): string[] {
  const kubectl = `KUBECONFIG=${adminKubeconfig} kubectl`
  return clusters.flatMap(({ name, url }, at) =>
    at === 0
      ? [`  Embedded Kubernetes API  ${url}`, `  kubectl                  ${kubectl} get pods -A`]
      : [`  Embedded ${name}       ${url} (kubectl --context ${name})`],
  )
}

/** Runs `driftless server` on a kubeconfig, or on the in-cluster account where none is given. */
export async function runServer(flags: ServerFlags): Promise<void> {
  const stop = stopSignal()
  const config = serverConfig(flags, 'server')
  const dataDir = await prepareDataDir(config.dataDir)
  const cluster =
    config.kubeconfig === undefined
      ? await inClusterConfig()
      : await loadKubeconfig({
          path: config.kubeconfig,
          ...(config.context === undefined ? {} : { context: config.context }),
        })
  const server = await startServer({
    config: { ...config, dataDir },
    cluster,
    embedded: false,
    signal: stop.signal,
  })
  process.stdout.write(`Driftless is running at ${server.url}\n`)
  if (server.admin.created)
    process.stdout.write(`Log in as admin with password ${server.admin.password ?? ''}\n`)
  await stop.aborted
  await server.close()
}

function stopSignal(): { signal: AbortSignal; aborted: Promise<void> } {
  const controller = new AbortController()
  const aborted = new Promise<void>((resolve) => {
    controller.signal.addEventListener('abort', () => resolve(), { once: true })
  })
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => {
      controller.abort()
      process.once(name, () => process.exit(1))
    })
  }
  return { signal: controller.signal, aborted }
}
