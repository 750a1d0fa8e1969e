import { AppError } from '@driftless/api'
import { gvkOf, isJsonObject, type JsonObject, type KubeObject } from '@driftless/apimachinery'

export interface ResourceAction {
  name: string
  /** Makes no sense now, for example `resume` of what runs. */
  disabled: boolean
  displayName: string
  parameters: { name: string; description: string; default?: string }[]
}

/** `patch`: the object as it should be. `create`: a new object. */
export interface ActionChange {
  operation: 'patch' | 'create'
  object: KubeObject
}

export interface ActionInput {
  object: KubeObject
  parameters: Readonly<Record<string, string>>
  /** RFC 3339. */
  now: string
}

interface BuiltIn extends Omit<ResourceAction, 'disabled' | 'parameters'> {
  kinds: readonly string[]
  parameters?: ResourceAction['parameters']
  disabled?(object: KubeObject): boolean
  run(input: ActionInput): ActionChange
}

const restartedAt = 'kubectl.kubernetes.io/restartedAt'

const builtIns: BuiltIn[] = [
  {
    name: 'restart',
    displayName: 'Restart',
    kinds: ['apps/Deployment', 'apps/StatefulSet', 'apps/DaemonSet'],
    run: ({ object, now }) =>
      patched(object, ['spec', 'template', 'metadata', 'annotations', restartedAt], now),
  },
  {
    name: 'scale',
    displayName: 'Scale',
    kinds: ['apps/Deployment', 'apps/StatefulSet', 'apps/ReplicaSet'],
    parameters: [{ name: 'replicas', description: 'Number of pods.' }],
    run: ({ object, parameters }) => patched(object, ['spec', 'replicas'], replicasOf(parameters)),
  },
  switchAction({
    name: 'pause',
    displayName: 'Pause',
    kinds: ['apps/Deployment'],
    field: 'paused',
    value: true,
  }),
  switchAction({
    name: 'resume',
    displayName: 'Resume',
    kinds: ['apps/Deployment'],
    field: 'paused',
    value: false,
  }),
  switchAction({
    name: 'suspend',
    displayName: 'Suspend',
    kinds: ['batch/CronJob', 'batch/Job'],
    field: 'suspend',
    value: true,
  }),
  switchAction({
    name: 'resume',
    displayName: 'Resume',
    kinds: ['batch/CronJob', 'batch/Job'],
    field: 'suspend',
    value: false,
  }),
  { name: 'create-job', displayName: 'Run now', kinds: ['batch/CronJob'], run: createJob },
]

/** What can be done with an object by hand; nothing for kinds that are not listed above. */
export function builtInActions(object: KubeObject): ResourceAction[] {
  return builtInsOf(object).map(({ name, displayName, parameters = [], disabled }) => ({
    name,
    displayName,
    parameters,
    disabled: disabled?.(object) ?? false,
  }))
}

/** @throws AppError `Invalid` for a parameter that makes no sense; `undefined` when there is no such action. */
export function runBuiltInAction(name: string, input: ActionInput): ActionChange[] | undefined {
  const action = builtInsOf(input.object).find((candidate) => candidate.name === name)
  return action === undefined ? undefined : [action.run(input)]
}

function builtInsOf(object: KubeObject): BuiltIn[] {
  const { group, kind } = gvkOf(object)
  return builtIns.filter(({ kinds }) => kinds.includes(`${group}/${kind}`))
}

function switchAction(
  input: Pick<BuiltIn, 'name' | 'displayName' | 'kinds'> & { field: string; value: boolean },
): BuiltIn {
  const { field, value, ...shown } = input
  return {
    ...shown,
    disabled: (object) => (specOf(object)[field] === true) === value,
    run: ({ object }) => patched(object, ['spec', field], value),
  }
}

function replicasOf(parameters: Readonly<Record<string, string>>): number {
  const text = parameters['replicas'] ?? ''
  if (/^\d{1,6}$/.test(text)) return Number(text)
  throw new AppError('Invalid', 'replicas must be a whole number', {
    fields: [{ field: 'parameters.replicas', message: 'a whole number, 0 or more' }],
  })
}

function specOf(object: KubeObject): JsonObject {
  const spec = object['spec']
  return isJsonObject(spec) ? spec : {}
}

function patched(
  object: KubeObject,
  path: readonly string[],
  value: string | number | boolean,
): ActionChange {
  return {
    operation: 'patch',
    object: withValue(object as unknown as JsonObject, path, value) as unknown as KubeObject,
  }
}

function withValue(
  target: JsonObject,
  path: readonly string[],
  value: string | number | boolean,
): JsonObject {
  const [name = '', ...rest] = path
  const below = target[name]
  return {
    ...target,
    [name]: rest.length === 0 ? value : withValue(isJsonObject(below) ? below : {}, rest, value),
  }
}

/** A Job of the CronJob's template, owned by it, named after the minute as Kubernetes does. */
function createJob({ object, now }: ActionInput): ActionChange {
  const template = specOf(object)['jobTemplate']
  const { metadata = {}, spec = {} } = isJsonObject(template) ? template : {}
  const { name, namespace = '', uid = '' } = object.metadata
  const meta = isJsonObject(metadata) ? metadata : {}
  const suffix = String(Math.floor(Date.parse(now) / 1000))
  return {
    operation: 'create',
    object: {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: {
        name: `${name.slice(0, 52)}-${suffix}`,
        namespace,
        ...(isJsonObject(meta['labels']) ? { labels: meta['labels'] as Record<string, string> } : {}),
        annotations: { 'cronjob.kubernetes.io/instantiate': 'manual' },
        ownerReferences: [{ apiVersion: object.apiVersion, kind: object.kind, name, uid, controller: true }],
      },
      spec,
    },
  }
}
