import type { ApiClient } from '../faults/api-client.ts'
import { benchConfigMap, benchDeployment, configMaps, deployments } from './api-objects.ts'
import { fanOut } from './fan-out.ts'
import { inParallel } from './measure-row.ts'

/** One line of the table. */
export interface Row {
  name: string
  /** What one operation is. */
  unit: 'request' | 'object' | 'event'
  /** The embedded server must be ahead here. */
  required: boolean
  /**
   * Does the work and answers how much it was. `set` names the objects: each set goes through the rows in order, first a
   * small one to warm up. `share` of the full work is done, 1 being all of it.
   */
  run(input: {
    client: ApiClient
    set: string
    share: number
  }): Promise<{ operations: number; requests: number }>
}

interface Sent {
  method: 'POST' | 'PATCH' | 'GET' | 'DELETE'
  path: string
  body?: object
  type?: string
}

/** Asked for at once; the client has fewer connections. */
const inFlight = 32
const counts = { maps: 10_000, applied: 5000, deployments: 3000 }

function requestRow(input: {
  name: string
  count: number
  code: number
  required?: boolean
  request(name: string): Sent
}): Row {
  return {
    name: input.name,
    unit: 'request',
    required: input.required ?? true,
    async run({ client, set, share }) {
      const count = Math.ceil(input.count * share)
      await inParallel({ count, inFlight }, async (at) => {
        const { method, path, body, type } = input.request(`${set}-${at}`)
        const { code, text } = await client.send(method, path, {
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          ...(type === undefined ? {} : { type }),
        })
        if (code !== input.code) throw new Error(`${method} ${path}: ${code} ${text.slice(0, 500)}`)
      })
      return { operations: count, requests: count }
    },
  }
}

function apply(path: string, body: { metadata: { name: string } }): Sent {
  const query = 'fieldManager=bench&force=true'
  return {
    method: 'PATCH',
    path: `${path}/${body.metadata.name}?${query}`,
    body,
    type: 'application/apply-patch+yaml',
  }
}

/** Lists the ConfigMaps that the creates made, whole or in pages. */
function listRow(name: string, rounds: number, input: { limit?: number; gzip?: boolean }): Row {
  const headers = input.gzip === true ? { 'accept-encoding': 'gzip' } : undefined
  return {
    name,
    unit: 'object',
    required: true,
    async run({ client, set, share }) {
      const objects = Math.ceil(counts.maps * share)
      let requests = 0
      await inParallel({ count: rounds, inFlight: 2 }, async () => {
        let token = ''
        do {
          const page = input.limit === undefined ? '' : `?limit=${input.limit}&continue=${token}`
          const { code, text } = await client.send('GET', `${configMaps(set)}${page}`, {
            ...(headers && { headers }),
          })
          if (code !== 200) throw new Error(`list: ${code} ${text.slice(0, 500)}`)
          token = /"continue":"([^"]+)"/.exec(text.slice(0, 500))?.[1] ?? ''
          requests += 1
        } while (token !== '')
      })
      return { operations: objects * rounds, requests }
    },
  }
}

/** In the order in which they are measured: each rests on what the ones before it made. */
export const rows: readonly Row[] = [
  requestRow({
    name: 'create ConfigMap',
    count: counts.maps,
    code: 201,
    request: (name) => ({ method: 'POST', path: configMaps(setOf(name)), body: benchConfigMap(name) }),
  }),
  requestRow({
    name: 'create Deployment',
    count: counts.deployments,
    code: 201,
    request: (name) => ({ method: 'POST', path: deployments('created'), body: benchDeployment(name) }),
  }),
  requestRow({
    name: 'apply new ConfigMap',
    count: counts.applied,
    code: 201,
    request: (name) => apply(configMaps('applied'), benchConfigMap(name)),
  }),
  requestRow({
    name: 'apply new Deployment',
    count: counts.deployments,
    code: 201,
    request: (name) => apply(deployments('applied'), benchDeployment(name)),
  }),
  requestRow({
    name: 'apply changed Deployment',
    count: counts.deployments,
    code: 200,
    request: (name) => apply(deployments('applied'), benchDeployment(name, 'registry.example/web:1.1')),
  }),
  requestRow({
    name: 'apply unchanged Deployment',
    count: counts.deployments,
    code: 200,
    request: (name) => apply(deployments('applied'), benchDeployment(name, 'registry.example/web:1.1')),
  }),
  requestRow({
    name: 'get ConfigMap',
    count: counts.maps,
    code: 200,
    request: (name) => ({ method: 'GET', path: `${configMaps(setOf(name))}/${name}` }),
  }),
  requestRow({
    name: 'get Deployment',
    count: counts.deployments,
    code: 200,
    request: (name) => ({ method: 'GET', path: `${deployments('applied')}/${name}` }),
  }),
  listRow('list 10,000, whole', 20, {}),
  listRow('list 10,000, whole, gzip', 10, { gzip: true }),
  listRow('list 10,000, pages of 500', 10, { limit: 500 }),
  { name: 'watch, 50 watchers', unit: 'event', required: true, run: fanOut },
  requestRow({
    name: 'delete ConfigMap',
    count: counts.applied,
    code: 200,
    required: false,
    request: (name) => ({ method: 'DELETE', path: `${configMaps('applied')}/${name}` }),
  }),
]

/** The ConfigMaps of a set are in a namespace of that name, so that it can be listed alone. */
function setOf(name: string): string {
  return name.slice(0, name.indexOf('-'))
}
