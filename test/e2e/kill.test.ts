import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { KubeClient } from '@driftless/kube'
import { afterAll, expect, it } from 'vitest'
import { cloneRepository, type Instance, makeFolder, startInstance, type WorkingCopy } from './instance.ts'
import { applicationObject, connect, readApplication } from './kubernetes.ts'
import { waitFor } from './wait-for.ts'

const rounds = 20
const configMaps = 12
const folder = await makeFolder('kill')
const dataDir = join(folder.path, 'data')
let instance: Instance | undefined

afterAll(async () => {
  await instance?.stop()
  await folder.remove()
})

/** Three waves and a hook, all saying the round, so that half of a sync can be told from a whole one. */
async function writeRound(copy: WorkingCopy, round: number): Promise<void> {
  const path = join(copy.folder, 'kill')
  await mkdir(path, { recursive: true })
  for (let index = 0; index < configMaps; index += 1) {
    await writeFile(
      join(path, `config-${index}.yaml`),
      `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: config-${index}\n  annotations:\n    argocd.argoproj.io/sync-wave: "${index % 3}"\ndata:\n  round: "${round}"\n`,
    )
  }
  await writeFile(
    join(path, 'hook.yaml'),
    `apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: before-${round}\n  annotations:\n    argocd.argoproj.io/hook: PreSync\nspec:\n  template:\n    spec:\n      restartPolicy: Never\n      containers:\n        - name: run\n          image: registry.example/job:1.0\n`,
  )
}

async function listObjects(client: KubeClient, kind: 'ConfigMap' | 'Job') {
  const { items } = await client.list({
    apiVersion: kind === 'Job' ? 'batch/v1' : 'v1',
    kind,
    namespace: 'demo',
  })
  return items
}

it('ends Synced after kill -9 at twenty different moments of a sync, with nothing lost', {
  timeout: 600_000,
}, async () => {
  instance = await startInstance({ dataDir })
  const ports = { port: Number(new URL(instance.url).port), apiPort: Number(new URL(instance.apiUrl).port) }
  const copy = await cloneRepository(instance, { repository: 'hello', folder: join(folder.path, 'copy') })
  let client = await connect(instance)
  const repoURL = `${instance.url}/git/demo-project/hello.git`
  await writeRound(copy, 0)
  await copy.push('round 0')
  await client.create(applicationObject({ name: 'kill', repoURL, path: 'kill', namespace: 'demo' }))
  await waitFor(
    'the first sync',
    async () => (await readApplication(client, 'kill')).status?.sync?.status === 'Synced',
  )

  for (let round = 1; round <= rounds; round += 1) {
    await writeRound(copy, round)
    const revision = await copy.push(`round ${round}`)
    await untilMoment(client, round)
    await instance.kill()
    await client.close()
    instance = await startInstance({ dataDir, ...ports })
    client = await connect(instance)
    const current = client
    const application = await waitFor(`round ${round} to be Synced`, async () => {
      const seen = await readApplication(current, 'kill')
      const { sync, operationState } = seen.status ?? {}
      const done =
        sync?.status === 'Synced' && sync.revision === revision && operationState?.phase === 'Succeeded'
      return done && seen.operation === undefined ? seen : undefined
    })
    expect(application.status?.history?.at(-1)?.revision).toBe(revision)
    const objects = await listObjects(client, 'ConfigMap')
    const ours = objects.filter((object) => object.metadata.name.startsWith('config-'))
    expect(ours.map((object) => (object['data'] as { round: string }).round)).toEqual(
      Array.from({ length: configMaps }, () => String(round)),
    )
    expect((await jobsCreated(client)).filter((name) => name === `before-${round}`)).toHaveLength(1)
  }
  await client.close()
})

/** A different number of the objects written each round: from "nothing yet" to "all but the status". */
async function untilMoment(client: KubeClient, round: number): Promise<void> {
  const wanted = ((round - 1) * configMaps) / (rounds - 1)
  await waitFor(`${wanted} objects of round ${round}`, async () => {
    const objects = await listObjects(client, 'ConfigMap')
    const written = objects.filter(
      (object) => (object['data'] as { round?: string } | undefined)?.round === String(round),
    )
    return written.length >= Math.floor(wanted)
  })
}

/** Names of all Jobs for which the cluster ever said that it created a pod: a hook that ran twice is there twice. */
async function jobsCreated(client: KubeClient): Promise<string[]> {
  const { items } = await client.list({ apiVersion: 'v1', kind: 'Event', namespace: 'demo' })
  return items
    .filter((event) => event['reason'] === 'SuccessfulCreate')
    .flatMap((event) => {
      const involved = event['involvedObject'] as { kind?: string; name?: string } | undefined
      const count = Number(event['count'] ?? 1)
      return involved?.kind === 'Job' ? Array.from({ length: count }, () => involved.name ?? '') : []
    })
}
