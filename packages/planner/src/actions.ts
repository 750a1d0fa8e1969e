import { AppError, fieldManager } from '@driftless/api'
import { createMergePatch, type JsonObject, type KubeObject, parseApiVersion } from '@driftless/apimachinery'
import { type ActionChange, builtInActions, type ResourceAction, runBuiltInAction } from '@driftless/engine'
import { changeManaged, createManaged, type KubeClient } from '@driftless/kube'
import type { PlannerContext } from './planner-context.ts'
import { type ActionScripts, entryFor } from './settings.ts'

export interface ActionRequest {
  client: KubeClient
  /** As it is in the cluster now. */
  object: KubeObject
  name: string
  parameters?: Readonly<Record<string, string>>
  /** RFC 3339. */
  now: string
}

/** What people can do with an object: built in, and by the administrator's Lua scripts, which win over a built-in of their name. */
export interface ResourceActions {
  list(object: KubeObject): Promise<ResourceAction[]>
  /** Does it, and answers one sentence for each object that was written. @throws AppError `NotFound` when it is not offered. */
  run(request: ActionRequest): Promise<string[]>
}

export function createResourceActions(
  context: Pick<PlannerContext, 'settings' | 'scripts'>,
): ResourceActions {
  const scriptsFor = (object: KubeObject): ActionScripts | undefined => {
    const { group } = parseApiVersion(object.apiVersion)
    return entryFor(context.settings().actions, { group, kind: object.kind })?.scripts
  }
  const list = async (object: KubeObject): Promise<ResourceAction[]> => {
    const scripts = scriptsFor(object)
    const own = scripts === undefined ? [] : await discover(context, scripts, object)
    const names = new Set(own.map(({ name }) => name))
    return [...own, ...builtInActions(object).filter(({ name }) => !names.has(name))]
  }
  return {
    list,
    run: async ({ client, object, name, parameters = {}, now }) => {
      const offered = (await list(object)).find((action) => action.name === name)
      if (offered === undefined || offered.disabled) {
        throw new AppError('NotFound', `${object.kind} ${object.metadata.name} has no action "${name}" now`)
      }
      const script = scriptsFor(object)?.actions.get(name)
      const changes =
        script === undefined
          ? (runBuiltInAction(name, { object, parameters, now }) ?? [])
          : await runLua(context, { script, object, parameters })
      const done: string[] = []
      for (const change of changes) done.push(await perform(client, object, change))
      return done
    },
  }
}

async function discover(
  context: Pick<PlannerContext, 'scripts'>,
  scripts: ActionScripts,
  object: KubeObject,
): Promise<ResourceAction[]> {
  const answer = await context.scripts.run({ type: 'lua-discovery', script: scripts.discovery, object })
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return []
  return Object.entries(answer as Record<string, Discovered>)
    .filter(([name]) => scripts.actions.has(name))
    .map(([name, action]) => ({
      name,
      disabled: action.disabled === true,
      displayName: action.displayName ?? name,
      parameters: (Array.isArray(action.params) ? action.params : []).map((parameter) => ({
        name: parameter.name,
        description: '',
        ...(parameter.default === undefined ? {} : { default: String(parameter.default) }),
      })),
    }))
}

interface Discovered {
  disabled?: boolean
  displayName?: string
  params?: { name: string; default?: unknown }[]
}

/** An action answers the object as it should be, or a list of what to create and patch. */
async function runLua(
  context: Pick<PlannerContext, 'scripts'>,
  job: { script: string; object: KubeObject; parameters: Readonly<Record<string, string>> },
): Promise<ActionChange[]> {
  const answer = await context.scripts.run({ type: 'lua-action', ...job, parameters: { ...job.parameters } })
  const list = Array.isArray(answer) ? answer : [{ operation: 'patch', resource: answer }]
  return list.map((entry: { operation?: string; resource?: unknown }) => {
    const { operation, resource } = entry
    if ((operation !== 'patch' && operation !== 'create') || !isObject(resource)) {
      throw new AppError(
        'Invalid',
        'the action answered something that is neither an object nor a list of changes',
      )
    }
    return { operation, object: resource }
  })
}

function isObject(value: unknown): value is KubeObject {
  const { apiVersion, kind, metadata } = (value ?? {}) as Partial<KubeObject>
  return typeof apiVersion === 'string' && typeof kind === 'string' && typeof metadata?.name === 'string'
}

const manager = `${fieldManager}-action`

async function perform(client: KubeClient, live: KubeObject, change: ActionChange): Promise<string> {
  const { kind, metadata } = change.object
  if (change.operation === 'create') {
    if ((metadata.namespace ?? '') !== (live.metadata.namespace ?? '')) {
      throw new AppError('Forbidden', `the action may create only in "${live.metadata.namespace ?? ''}"`)
    }
    const created = await createManaged(client, change.object, { manager })
    return `${created.kind} ${created.metadata.name} created`
  }
  if (
    kind !== live.kind ||
    metadata.name !== live.metadata.name ||
    metadata.namespace !== live.metadata.namespace
  ) {
    throw new AppError('Forbidden', `the action may change only ${live.kind} ${live.metadata.name}`)
  }
  const { managedFields: _owners, ...own } = live.metadata
  const before = { ...live, metadata: own } as unknown as JsonObject
  const after = keepEmptyLists(before, change.object as unknown as JsonObject)
  const body = createMergePatch(before, after)
  // Nothing that was written since the object was read is overwritten.
  const bound = {
    ...body,
    metadata: { ...(body['metadata'] as JsonObject | undefined), resourceVersion: own.resourceVersion },
  }
  await changeManaged(client, live, bound, { manager })
  return `${live.kind} ${live.metadata.name} changed`
}

/** Lua has one empty table for lists and maps: what was an empty list or nothing before, and is empty now, did not change. */
function keepEmptyLists(before: unknown, after: JsonObject): JsonObject {
  const known = (before ?? {}) as JsonObject
  const entries = Object.entries(after).map(([name, value]) => {
    const old = known[name]
    if (isEmpty(value) && (old === undefined || isEmpty(old))) return [name, old] as const
    const nested = typeof value === 'object' && value !== null && !Array.isArray(value)
    return [name, nested ? keepEmptyLists(old, value) : value] as const
  })
  return Object.fromEntries(entries)
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}
