import { relative } from 'node:path'
import type { KustomizeSource } from '../contract.ts'
import { childPath, type Found } from '../file-tree.ts'
import { parseManifests } from '../manifest/parse.ts'
import { checkRelativePath, sourceError } from './effective-source.ts'
import { kustomizeReadSet, readKustomization } from './kustomization.ts'
import { editKustomization, isUntouched } from './kustomize-edit.ts'
import type { PreparedRender, RenderInput, Rendered } from './prepared.ts'
import { buildVariables, substitute } from './variables.ts'
import { toolFailure, Workspace } from './workspace.ts'

/** A kustomization; the overrides of the application are written into its copy before it is built (ADR 6). */
export async function prepareKustomize(input: RenderInput): Promise<PreparedRender> {
  const tool = await input.toolbox.get('kustomize')
  const { options, components } = await overridesOf(input)
  const readSet = await wholeReadSet(input, components)
  const edited = isUntouched(options) ? undefined : await edit(input, options)
  return {
    type: 'Kustomize',
    reads: readSet.map((found) => [found.path, found.oid]),
    parameters: { tool: tool.version, path: input.folder.path, edited: edited ?? null },
    run: () =>
      input.limited(() =>
        Workspace.use(input, async (workspace) => {
          for (const found of readSet) await workspace.copy(found)
          if (edited !== undefined) {
            const file = relative(workspace.folder, workspace.pathOf(edited.path))
            await workspace.add(file, JSON.stringify(edited.content))
          }
          const target = workspace.pathOf(input.folder.path)
          const result = await workspace.run(tool, [target], { what: 'kustomize build' })
          if (result.exitCode !== 0) throw toolFailure(workspace, 'kustomize build', result)
          return renderedOf(input, { stdout: result.stdout.toString('utf8'), stderr: result.stderr })
        }),
      ),
  }
}

async function edit(
  input: RenderInput,
  options: KustomizeSource,
): Promise<{ path: string; content: Record<string, unknown> }> {
  const { place, content } = await readKustomization(input.snapshot, input.folder)
  return { path: place, content: editKustomization(content, options) }
}

async function wholeReadSet(input: RenderInput, components: Found[]): Promise<Found[]> {
  const sets = await Promise.all(
    [input.folder, ...components].map((folder) => kustomizeReadSet(input.snapshot, folder)),
  )
  const all = new Map(sets.flat().map((found) => [found.path, found]))
  return [...all.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** The overrides with variables filled in, components that may be missing left out, and paths checked. */
async function overridesOf(input: RenderInput): Promise<{ options: KustomizeSource; components: Found[] }> {
  const given = input.source.kustomize ?? {}
  const components = await findComponents(input)
  for (const { path } of given.patches ?? []) {
    if (!path) continue
    const place = childPath(input.folder.path, checkRelativePath(path, 'kustomize.patches'))
    await input.snapshot.require(place, 'spec.source.kustomize.patches')
  }
  return {
    components: components.map(({ found }) => found),
    options: {
      ...given,
      components: components.map(({ path }) => path),
      ...(given.commonAnnotations === undefined || given.commonAnnotationsEnvsubst !== true
        ? {}
        : { commonAnnotations: substituteAll(input, given.commonAnnotations) }),
    },
  }
}

async function findComponents(input: RenderInput): Promise<{ path: string; found: Found }[]> {
  const { components = [], ignoreMissingComponents } = input.source.kustomize ?? {}
  const existing: { path: string; found: Found }[] = []
  for (const path of components) {
    if (path.startsWith('/') || path.includes('://'))
      throw sourceError('kustomize.components', `Component "${path}" is not a path in the repository.`)
    const place = childPath(input.folder.path, path)
    const found = await input.snapshot.find(place)
    if (found?.kind === 'tree') existing.push({ path, found })
    else if (ignoreMissingComponents !== true) throw await missingComponent(input, place)
  }
  return existing
}

async function missingComponent(input: RenderInput, path: string): Promise<Error> {
  await input.snapshot.require(path, 'spec.source.kustomize.components')
  return sourceError('kustomize.components', `Component "${path}" is not a folder.`)
}

function substituteAll(input: RenderInput, texts: Record<string, string>): Record<string, string> {
  const variables = buildVariables(input.request, input.source)
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, substitute(text, variables)]))
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
