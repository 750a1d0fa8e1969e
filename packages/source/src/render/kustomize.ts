import { join } from 'node:path'
import type { KustomizePatch, KustomizeSource } from '../contract.ts'
import { childPath, type Found } from '../git/tree.ts'
import { parseManifests } from '../manifest/parse.ts'
import { checkRelativePath, sourceError } from './effective-source.ts'
import { kustomizeReadSet } from './kustomization.ts'
import type { PreparedRender, RenderInput, Rendered } from './prepared.ts'
import { buildVariables, substitute } from './variables.ts'
import { toolFailure, Workspace } from './workspace.ts'

/** Beside `repository/`, so that no path of the repository can be in its place. */
const overlayFolder = 'overlay'

/** A kustomization, wrapped in a generated one that carries the overrides of the application. */
export async function prepareKustomize(input: RenderInput): Promise<PreparedRender> {
  const tool = await input.toolbox.get('kustomize')
  const components = await findComponents(input)
  const readSet = await wholeReadSet(input, components)
  const overlay = await overlayOf(input, components)
  return {
    type: 'Kustomize',
    reads: readSet.map((found) => [found.path, found.oid]),
    parameters: { tool: tool.version, path: input.folder.path, overlay: overlay ?? null },
    run: () =>
      input.limited(() =>
        Workspace.use(input, async (workspace) => {
          for (const found of readSet) await workspace.copy(found)
          if (overlay !== undefined)
            await workspace.add(`${overlayFolder}/kustomization.yaml`, JSON.stringify(overlay))
          const target =
            overlay === undefined
              ? workspace.pathOf(input.folder.path)
              : join(workspace.folder, overlayFolder)
          const result = await workspace.run(tool, [target], { what: 'kustomize build' })
          if (result.exitCode !== 0) throw toolFailure(workspace, 'kustomize build', result)
          return renderedOf(input, { stdout: result.stdout.toString('utf8'), stderr: result.stderr })
        }),
      ),
  }
}

async function wholeReadSet(input: RenderInput, components: Found[]): Promise<Found[]> {
  const sets = await Promise.all(
    [input.folder, ...components].map((folder) => kustomizeReadSet(input.snapshot, folder)),
  )
  const all = new Map(sets.flat().map((found) => [found.path, found]))
  return [...all.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
}

async function findComponents(input: RenderInput): Promise<Found[]> {
  const { components = [], ignoreMissingComponents } = input.source.kustomize ?? {}
  const found: Found[] = []
  for (const path of components) {
    if (path.startsWith('/') || path.includes('://'))
      throw sourceError('kustomize.components', `Component "${path}" is not a path in the repository.`)
    const place = childPath(input.folder.path, path)
    const component = await input.snapshot.find(place)
    if (component?.kind === 'tree') found.push(component)
    else if (ignoreMissingComponents !== true) throw await missingComponent(input, place)
  }
  return found
}

async function missingComponent(input: RenderInput, path: string): Promise<Error> {
  await input.snapshot.require(path, 'spec.source.kustomize.components')
  return sourceError('kustomize.components', `Component "${path}" is not a folder.`)
}

/** The wrapping kustomization; undefined when the application overrides nothing. */
async function overlayOf(
  input: RenderInput,
  components: Found[],
): Promise<Record<string, unknown> | undefined> {
  const options = input.source.kustomize ?? {}
  const { images = [], replicas = [], patches = [] } = options
  const up = (path: string): string => `../repository/${path}`
  const parts: Record<string, unknown> = {
    ...namesOf(options),
    ...unlessEmpty('images', images.map(imageOverride)),
    ...unlessEmpty('replicas', replicas.map(replicaOverride)),
    ...(isFilled(options.commonLabels) ? { labels: [labelsOf(options, options.commonLabels)] } : {}),
    ...(isFilled(options.commonAnnotations)
      ? { commonAnnotations: annotationsOf(input, options, options.commonAnnotations) }
      : {}),
    ...unlessEmpty('patches', await Promise.all(patches.map((patch) => inlinePatch(input, patch)))),
    ...unlessEmpty(
      'components',
      components.map((component) => up(component.path)),
    ),
  }
  if (Object.keys(parts).length === 0) return undefined
  return {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: [up(input.folder.path)],
    ...parts,
  }
}

function unlessEmpty(field: string, list: unknown[]): Record<string, unknown> {
  return list.length === 0 ? {} : { [field]: list }
}

function namesOf(options: KustomizeSource): Record<string, string> {
  const names: Record<string, string> = {}
  if (options.namePrefix) names.namePrefix = options.namePrefix
  if (options.nameSuffix) names.nameSuffix = options.nameSuffix
  if (options.namespace) names.namespace = options.namespace
  return names
}

function isFilled(record: Record<string, string> | undefined): record is Record<string, string> {
  return record !== undefined && Object.keys(record).length > 0
}

function labelsOf(options: KustomizeSource, pairs: Record<string, string>): Record<string, unknown> {
  const includeSelectors = options.labelWithoutSelector !== true
  return {
    pairs,
    includeSelectors,
    ...(includeSelectors ? {} : { includeTemplates: options.labelIncludeTemplates === true }),
  }
}

function annotationsOf(
  input: RenderInput,
  options: KustomizeSource,
  annotations: Record<string, string>,
): Record<string, string> {
  if (options.commonAnnotationsEnvsubst !== true) return annotations
  const variables = buildVariables(input.request, input.source)
  return Object.fromEntries(
    Object.entries(annotations).map(([key, value]) => [key, substitute(value, variables)]),
  )
}

/** `[name=]image[:tag][@digest]`, as `kustomize edit set image` takes it. */
export function imageOverride(text: string): Record<string, string> {
  const equals = text.indexOf('=')
  const wanted = equals < 0 ? text : text.slice(equals + 1)
  const [named = '', digest] = wanted.split('@', 2)
  const colon = named.lastIndexOf(':')
  const hasTag = colon > named.lastIndexOf('/')
  const image = hasTag ? named.slice(0, colon) : named
  const override: Record<string, string> = { name: equals < 0 ? image : text.slice(0, equals) }
  if (override.name === '' || /[\s]/.test(text))
    throw sourceError(
      'kustomize.images',
      `"${text}" is not an image override.`,
      'Write name=image:tag, image:tag or image@digest.',
    )
  if (equals >= 0 && image !== '') override.newName = image
  if (hasTag) override.newTag = named.slice(colon + 1)
  if (digest !== undefined) override.digest = digest
  return override
}

function replicaOverride(replica: { name: string; count: number | string }): { name: string; count: number } {
  const count = Number(replica.count)
  if (Number.isInteger(count) && count >= 0) return { name: replica.name, count }
  throw sourceError('kustomize.replicas', `"${replica.count}" is not a number of replicas.`)
}

/** Files of patches lie outside of the wrapping kustomization's own folder, so their text is taken in. */
async function inlinePatch(input: RenderInput, patch: KustomizePatch): Promise<Record<string, unknown>> {
  const rest = {
    ...(patch.target === undefined ? {} : { target: patch.target }),
    ...(patch.options === undefined ? {} : { options: patch.options }),
  }
  if (!patch.path) return { patch: patch.patch ?? '', ...rest }
  const path = childPath(input.folder.path, checkRelativePath(patch.path, 'kustomize.patches'))
  const file = await input.snapshot.require(path, 'spec.source.kustomize.patches')
  return { patch: (await input.snapshot.read(file, 1024 * 1024)).toString('utf8'), ...rest }
}

function renderedOf(input: RenderInput, output: { stdout: string; stderr: string }): Rendered {
  const { objects } = parseManifests({ name: 'output of kustomize build', text: output.stdout }, input.limits)
  const warnings = output.stderr
    .split('\n')
    .filter((line) => /^# Warning:/i.test(line))
    .map((line) => line.replace(/^# Warning:\s*/i, 'Kustomize: '))
  if (input.source.kustomize?.version)
    warnings.push('kustomize.version is not used; the kustomize of this installation rendered the manifests.')
  if (objects.length === 0)
    warnings.push(`The kustomization in "${input.source.path ?? '.'}" gives no manifests.`)
  return { manifests: objects, warnings }
}
