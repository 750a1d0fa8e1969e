import { z } from 'zod'

const nameValue = z.looseObject({ name: z.string(), value: z.string() })

export const helmSource = z
  .looseObject({
    valueFiles: z.array(z.string()).optional().describe('Value files, relative to the path; later ones win.'),
    values: z.string().optional().describe('Values as one YAML text.'),
    valuesObject: z.looseObject({}).optional().describe('Values as an object; wins over `values`.'),
    parameters: z
      .array(
        z.looseObject({
          name: z.string(),
          value: z.string().optional(),
          forceString: z.boolean().optional(),
        }),
      )
      .optional()
      .describe('Single values, as `--set`; win over everything else.'),
    fileParameters: z
      .array(z.looseObject({ name: z.string(), path: z.string() }))
      .optional()
      .describe('Single values read from files.'),
    releaseName: z.string().optional().describe('Release name; the application name where absent.'),
    namespace: z.string().optional().describe('Namespace for the templates; the destination where absent.'),
    version: z.string().optional().describe('Accepted and ignored.'),
    kubeVersion: z.string().optional().describe('Kubernetes version shown to the templates.'),
    apiVersions: z.array(z.string()).optional().describe('API versions shown to the templates.'),
    passCredentials: z.boolean().optional().describe('Send credentials to all domains.'),
    ignoreMissingValueFiles: z.boolean().optional().describe('Skip value files that do not exist.'),
    skipCrds: z.boolean().optional().describe('Leave out the objects of `crds/`.'),
    skipTests: z.boolean().optional().describe('Leave out test hooks.'),
    skipSchemaValidation: z.boolean().optional().describe('Do not check values against values.schema.json.'),
  })
  .describe('Options of a Helm source.')

const kustomizePatch = z.looseObject({
  path: z.string().optional(),
  patch: z.string().optional(),
  target: z
    .looseObject({
      group: z.string().optional(),
      version: z.string().optional(),
      kind: z.string().optional(),
      name: z.string().optional(),
      namespace: z.string().optional(),
      labelSelector: z.string().optional(),
      annotationSelector: z.string().optional(),
    })
    .optional(),
  options: z.record(z.string(), z.boolean()).optional(),
})

export const kustomizeSource = z
  .looseObject({
    namePrefix: z.string().optional().describe('Prefix of every name.'),
    nameSuffix: z.string().optional().describe('Suffix of every name.'),
    images: z.array(z.string()).optional().describe('Image overrides, `[old=]new[:tag|@digest]`.'),
    replicas: z
      .array(
        z.looseObject({
          name: z.string(),
          count: z.union([z.number().int(), z.string()]).meta({ 'x-kubernetes-int-or-string': true }),
        }),
      )
      .optional()
      .describe('Replica counts by workload name.'),
    commonLabels: z.record(z.string(), z.string()).optional().describe('Labels added everywhere.'),
    commonAnnotations: z.record(z.string(), z.string()).optional().describe('Annotations added everywhere.'),
    commonAnnotationsEnvsubst: z
      .boolean()
      .optional()
      .describe('Substitute build environment variables in annotations.'),
    forceCommonLabels: z.boolean().optional().describe('Overwrite labels that exist.'),
    forceCommonAnnotations: z.boolean().optional().describe('Overwrite annotations that exist.'),
    namespace: z.string().optional().describe('Namespace of every namespaced object.'),
    patches: z.array(kustomizePatch).optional().describe('Patches, as in a kustomization.'),
    components: z.array(z.string()).optional().describe('Components added to the kustomization.'),
    ignoreMissingComponents: z.boolean().optional().describe('Skip components that do not exist.'),
    labelWithoutSelector: z.boolean().optional().describe('Common labels leave selectors alone.'),
    labelIncludeTemplates: z
      .boolean()
      .optional()
      .describe('With labelWithoutSelector, label the templates too.'),
    version: z.string().optional().describe('Kustomize version; must be installed.'),
    kubeVersion: z.string().optional().describe('Kubernetes version for Helm charts in the kustomization.'),
    apiVersions: z
      .array(z.string())
      .optional()
      .describe('API versions for Helm charts in the kustomization.'),
  })
  .describe('Overrides of a Kustomize source.')

const jsonnetVar = nameValue.extend({ code: z.boolean().optional() })

export const directorySource = z
  .looseObject({
    recurse: z.boolean().optional().describe('Read sub-folders too; default false.'),
    include: z.string().optional().describe('Glob of the files to read; default all manifests.'),
    exclude: z.string().optional().describe('Glob of the files to leave out; wins over include.'),
    disableExtensionFilter: z
      .boolean()
      .optional()
      .describe('Read files of any extension that include names.'),
    jsonnet: z
      .looseObject({
        extVars: z.array(jsonnetVar).optional(),
        tlas: z.array(jsonnetVar).optional(),
        libs: z.array(z.string()).optional(),
      })
      .optional()
      .describe('Jsonnet variables and libraries.'),
  })
  .describe('Options of a plain folder of manifests.')

export const pluginSource = z
  .looseObject({
    name: z.string().optional(),
    env: z.array(nameValue).optional(),
    parameters: z
      .array(
        z.looseObject({
          name: z.string(),
          string: z.string().optional(),
          array: z.array(z.string()).optional(),
          map: z.record(z.string(), z.string()).optional(),
        }),
      )
      .optional(),
  })
  .describe('Configuration management plugin.')

export const applicationSource = z
  .looseObject({
    repoURL: z.string().describe('Address of the Git or Helm repository.'),
    path: z.string().optional().describe('Folder inside the repository; `.` is its root.'),
    chart: z.string().optional().describe('Chart name, for Helm repositories.'),
    targetRevision: z.string().optional().describe('Branch, tag, commit or semver range; default HEAD.'),
    ref: z.string().optional().describe('Name under which other sources reach this one, as `$name/path`.'),
    name: z.string().optional().describe('Name of this source among several.'),
    tagPrefix: z.string().optional().describe('Prefix of the tags that a semver range looks at.'),
    helm: helmSource.optional(),
    kustomize: kustomizeSource.optional(),
    directory: directorySource.optional(),
    plugin: pluginSource.optional(),
  })
  .describe('Where the desired state comes from.')
