import { z } from 'zod'
import { appProject } from './app-project.ts'
import { application } from './application.ts'
import { cluster, devOpsProject, gitRepository, user, workspace } from './driftless.ts'
import { structuralSchema } from './structural-schema.ts'

interface PrinterColumn {
  name: string
  type: 'string' | 'date' | 'integer'
  jsonPath: string
  priority?: number
}

interface CustomKind {
  group: string
  version: string
  kind: string
  plural: string
  shortNames: string[]
  categories?: string[]
  scope: 'Namespaced' | 'Cluster'
  /** Argo CD's kinds have none: `status` and `operation` live in the main object. */
  statusSubresource: boolean
  columns: PrinterColumn[]
  schema: z.ZodObject
}

const age: PrinterColumn = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' }

function column(name: string, jsonPath: string, priority = 0): PrinterColumn {
  return { name, type: 'string', jsonPath, ...(priority === 0 ? {} : { priority }) }
}

/** ApplicationSets are stored and not acted on (`spec` is kept as it is). */
const applicationSet = z
  .looseObject({
    spec: z.looseObject({}).describe('Generators and template.'),
    status: z.looseObject({}).optional(),
  })
  .describe('A template for many Applications; kept, not acted on yet.')

const kinds: CustomKind[] = [
  {
    group: 'argoproj.io',
    version: 'v1alpha1',
    kind: 'Application',
    plural: 'applications',
    shortNames: ['app', 'apps'],
    scope: 'Namespaced',
    statusSubresource: false,
    columns: [
      column('Sync Status', '.status.sync.status'),
      column('Health Status', '.status.health.status'),
      column('Revision', '.status.sync.revision', 10),
      column('Project', '.spec.project', 10),
      age,
    ],
    schema: application,
  },
  {
    group: 'argoproj.io',
    version: 'v1alpha1',
    kind: 'AppProject',
    plural: 'appprojects',
    shortNames: ['appproj', 'appprojs'],
    scope: 'Namespaced',
    statusSubresource: false,
    columns: [age],
    schema: appProject,
  },
  {
    group: 'argoproj.io',
    version: 'v1alpha1',
    kind: 'ApplicationSet',
    plural: 'applicationsets',
    shortNames: ['appset', 'appsets'],
    scope: 'Namespaced',
    statusSubresource: true,
    columns: [age],
    schema: applicationSet,
  },
  {
    group: 'driftless.dev',
    version: 'v1alpha1',
    kind: 'Workspace',
    plural: 'workspaces',
    shortNames: ['ws'],
    scope: 'Cluster',
    statusSubresource: true,
    columns: [column('Alias', '.spec.alias'), age],
    schema: workspace,
  },
  {
    group: 'driftless.dev',
    version: 'v1alpha1',
    kind: 'DevOpsProject',
    plural: 'devopsprojects',
    shortNames: ['devops'],
    scope: 'Cluster',
    statusSubresource: true,
    columns: [column('Workspace', '.spec.workspace'), column('Alias', '.spec.alias'), age],
    schema: devOpsProject,
  },
  {
    group: 'driftless.dev',
    version: 'v1alpha1',
    kind: 'GitRepository',
    plural: 'gitrepositories',
    shortNames: ['gitrepo'],
    scope: 'Namespaced',
    statusSubresource: true,
    columns: [column('URL', '.spec.url'), column('Connection', '.status.connection.state'), age],
    schema: gitRepository,
  },
  {
    group: 'driftless.dev',
    version: 'v1alpha1',
    kind: 'Cluster',
    plural: 'clusters',
    shortNames: [],
    scope: 'Cluster',
    statusSubresource: true,
    columns: [
      column('Server', '.spec.server'),
      column('State', '.status.state'),
      column('Version', '.status.version'),
      age,
    ],
    schema: cluster,
  },
  {
    group: 'driftless.dev',
    version: 'v1alpha1',
    kind: 'User',
    plural: 'users',
    shortNames: [],
    scope: 'Cluster',
    statusSubresource: true,
    columns: [column('Display Name', '.spec.displayName'), age],
    schema: user,
  },
]

/** The CRD manifests of all our kinds, as `deploy/crds` holds them. */
export function customResourceDefinitions() {
  return kinds.map(customResourceDefinition)
}

function customResourceDefinition(kind: CustomKind) {
  const { metadata: _metadata, apiVersion: _apiVersion, kind: _kind, ...shape } = kind.schema.shape
  const body = structuralSchema(z.looseObject(shape))
  const properties = body['properties'] as Record<string, Record<string, unknown>>
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${kind.plural}.${kind.group}`,
      labels: { 'app.kubernetes.io/part-of': 'driftless' },
    },
    spec: {
      group: kind.group,
      names: {
        kind: kind.kind,
        listKind: `${kind.kind}List`,
        plural: kind.plural,
        singular: kind.kind.toLowerCase(),
        ...(kind.shortNames.length > 0 ? { shortNames: kind.shortNames } : {}),
      },
      scope: kind.scope,
      versions: [
        {
          name: kind.version,
          served: true,
          storage: true,
          additionalPrinterColumns: kind.columns,
          schema: {
            openAPIV3Schema: {
              description: kind.schema.description ?? '',
              type: 'object',
              properties: {
                apiVersion: { type: 'string' },
                kind: { type: 'string' },
                metadata: { type: 'object' },
                ...properties,
              },
              ...(body['required'] === undefined ? {} : { required: body['required'] }),
            },
          },
          ...(kind.statusSubresource ? { subresources: { status: {} } } : {}),
        },
      ],
    },
  }
}
