import { type KubeObject, parseJson, stringifyJson } from '@driftless/apimachinery'
import { AppError, isAppError } from '@driftless/api'
import type { JsonnetVariable } from '../contract.ts'
import type { Found } from '../file-tree.ts'
import { isRecord, parseManifests } from '../manifest/parse.ts'
import { checkRelativePath } from './effective-source.ts'
import { codeReadSet, jsonnetReadSet, type JsonnetSearch } from './jsonnet-imports.ts'
import type { RenderInput } from './prepared.ts'
import { buildVariables, substitute } from './variables.ts'
import { toolFailure, Workspace } from './workspace.ts'

export interface PreparedJsonnet {
  parameters: unknown
  /** What each program reads, by its path. */
  readSets: ReadonlyMap<string, Found[]>
}

/** Fails early with the sentence about the missing tool, and with that about an import that may not be. */
export async function prepareJsonnet(
  input: RenderInput,
  programs: readonly Found[],
): Promise<PreparedJsonnet | undefined> {
  const [first] = programs
  if (first === undefined) return undefined
  const tool = await input.toolbox.get('jsonnet').catch((error: unknown) => {
    throw isAppError(error) ? neededBy(first.path, error) : error
  })
  const search: JsonnetSearch = {
    tree: input.snapshot,
    libraries: librariesOf(input),
    maxFileBytes: input.limits.maxFileBytes,
  }
  const ofCode = await Promise.all(codeOf(input).map((code) => codeReadSet(search, code)))
  const readSets = new Map<string, Found[]>()
  for (const program of programs)
    readSets.set(program.path, [...(await jsonnetReadSet(search, program)), ...ofCode.flat()])
  return { parameters: { version: tool.version, arguments: jsonnetArguments(input) }, readSets }
}

function neededBy(path: string, error: AppError): AppError {
  const message = `${path} needs jsonnet. ${error.message}`
  return new AppError(error.code, message, {
    cause: error,
    fields: [{ field: 'spec.source.path', message }],
    ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
  })
}

export async function runJsonnet(
  input: RenderInput,
  path: string,
  readSet: readonly Found[],
): Promise<KubeObject[]> {
  const tool = await input.toolbox.get('jsonnet')
  return input.limited(() =>
    Workspace.use(input, async (workspace) => {
      for (const file of readSet) await workspace.copy(file)
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

/** The folder of the application is a library too (Argo CD behaviour); those named later are looked at first. */
function librariesOf(input: RenderInput): string[] {
  const { libs = [] } = input.source.directory?.jsonnet ?? {}
  return [input.folder.path, ...libs.map((path) => checkRelativePath(path, 'directory.jsonnet.libs'))]
}

function codeOf(input: RenderInput): string[] {
  const { extVars = [], tlas = [] } = input.source.directory?.jsonnet ?? {}
  const variables = buildVariables(input.request, input.source)
  return [...extVars, ...tlas]
    .filter(({ code }) => code === true)
    .map(({ value }) => substitute(value, variables))
}

function jsonnetArguments(input: RenderInput): string[] {
  const { jsonnet = {} } = input.source.directory ?? {}
  const variables = buildVariables(input.request, input.source)
  const words = (list: JsonnetVariable[] | undefined, flag: string): string[] =>
    (list ?? []).flatMap((item) => [
      `--${flag}-${item.code === true ? 'code' : 'str'}`,
      `${variableName(item.name)}=${substitute(item.value, variables)}`,
    ])
  const libraries = librariesOf(input).flatMap((path) => ['-J', `./${path}`])
  return [...libraries, ...words(jsonnet.extVars, 'ext'), ...words(jsonnet.tlas, 'tla')]
}

/** A name with an equals sign would be another variable, one without a value the environment's. */
function variableName(name: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return name
  const message = `"${name}" is not the name of a Jsonnet variable.`
  throw new AppError('BadRequest', message, {
    fields: [{ field: 'spec.source.directory.jsonnet', message }],
  })
}
