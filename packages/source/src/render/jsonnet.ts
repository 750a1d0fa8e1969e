import { type KubeObject, parseJson, stringifyJson } from '@driftless/apimachinery'
import { AppError, isAppError } from '@driftless/api'
import type { JsonnetVariable } from '../contract.ts'
import { isRecord, parseManifests } from '../manifest/parse.ts'
import { checkRelativePath } from './effective-source.ts'
import type { RenderInput } from './prepared.ts'
import { buildVariables, substitute } from './variables.ts'
import { toolFailure, Workspace } from './workspace.ts'

export interface PreparedJsonnet {
  parameters: unknown
}

/** Fails early with the sentence about the missing tool; imports may reach anywhere in the repository. */
export async function prepareJsonnet(input: RenderInput, path: string): Promise<PreparedJsonnet> {
  const tool = await input.toolbox.get('jsonnet').catch((error: unknown) => {
    throw isAppError(error) ? neededBy(path, error) : error
  })
  return { parameters: { version: tool.version, arguments: jsonnetArguments(input) } }
}

function neededBy(path: string, error: AppError): AppError {
  const message = `${path} needs jsonnet. ${error.message}`
  return new AppError(error.code, message, {
    cause: error,
    fields: [{ field: 'spec.source.path', message }],
    ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
  })
}

export async function runJsonnet(input: RenderInput, path: string): Promise<KubeObject[]> {
  const tool = await input.toolbox.get('jsonnet')
  return input.limited(() =>
    Workspace.use(input, async (workspace) => {
      await workspace.copy({ kind: 'tree', oid: input.snapshot.root, path: '' })
      const args = [...jsonnetArguments(input), '--', workspace.pathOf(path)]
      const result = await workspace.run(tool, args, { what: 'jsonnet' })
      if (result.exitCode !== 0) throw toolFailure(workspace, `jsonnet ${path}`, result)
      return objectsOf(input, path, result.stdout.toString('utf8'))
    }),
  )
}

/** A program gives one object, a list of objects, or an object whose values are objects. */
function objectsOf(input: RenderInput, path: string, text: string): KubeObject[] {
  const value: unknown = parseJson(text)
  const items = Array.isArray(value)
    ? value
    : isRecord(value) && value.kind === undefined
      ? Object.values(value)
      : [value]
  const list = stringifyJson({ apiVersion: 'v1', kind: 'List', items })
  const parsed = parseManifests({ name: `${path}.json`, text: list }, input.limits)
  if (!parsed.isManifest) throw new AppError('BadRequest', `${path} gives no Kubernetes objects.`)
  return parsed.objects
}

function jsonnetArguments(input: RenderInput): string[] {
  const { jsonnet = {} } = input.source.directory ?? {}
  const variables = buildVariables(input.request, input.source)
  const words = (list: JsonnetVariable[] | undefined, flag: string): string[] =>
    (list ?? []).flatMap((item) => [
      `--${flag}-${item.code === true ? 'code' : 'str'}`,
      `${item.name}=${substitute(item.value, variables)}`,
    ])
  // The folder of the application is a library too (Argo CD behaviour); those named later are looked at first.
  const libraries = [
    input.folder.path,
    ...(jsonnet.libs ?? []).map((path) => checkRelativePath(path, 'directory.jsonnet.libs')),
  ].flatMap((path) => ['-J', `./${path}`])
  return [...libraries, ...words(jsonnet.extVars, 'ext'), ...words(jsonnet.tlas, 'tla')]
}
