import { z } from 'zod'
import { objectMeta } from './meta.ts'

const groupKind = z.looseObject({ group: z.string(), kind: z.string() })

const syncWindow = z.looseObject({
  kind: z.enum(['allow', 'deny']).optional(),
  schedule: z.string().optional(),
  duration: z.string().optional(),
  applications: z.array(z.string()).optional(),
  namespaces: z.array(z.string()).optional(),
  clusters: z.array(z.string()).optional(),
  manualSync: z.boolean().optional(),
  timeZone: z.string().optional(),
  andOperator: z.boolean().optional(),
  description: z.string().optional(),
  syncOverrun: z.boolean().optional(),
})

const jwtToken = z.looseObject({
  iat: z.number().int(),
  exp: z.number().int().optional(),
  id: z.string().optional(),
})

export const appProjectSpec = z
  .looseObject({
    description: z.string().optional(),
    sourceRepos: z.array(z.string()).optional().describe('Allowed repositories, globs; `!` denies.'),
    destinations: z
      .array(
        z.looseObject({
          server: z.string().optional(),
          name: z.string().optional(),
          namespace: z.string().optional(),
        }),
      )
      .optional()
      .describe('Allowed clusters and namespaces, globs; `!` denies.'),
    sourceNamespaces: z
      .array(z.string())
      .optional()
      .describe('Namespaces whose Applications may use this project.'),
    clusterResourceWhitelist: z.array(groupKind.extend({ name: z.string().optional() })).optional(),
    clusterResourceBlacklist: z.array(groupKind.extend({ name: z.string().optional() })).optional(),
    namespaceResourceWhitelist: z.array(groupKind).optional(),
    namespaceResourceBlacklist: z.array(groupKind).optional(),
    orphanedResources: z
      .looseObject({
        warn: z.boolean().optional(),
        ignore: z
          .array(
            z.looseObject({
              group: z.string().optional(),
              kind: z.string().optional(),
              name: z.string().optional(),
            }),
          )
          .optional(),
      })
      .optional(),
    roles: z
      .array(
        z.looseObject({
          name: z.string(),
          description: z.string().optional(),
          policies: z.array(z.string()).optional(),
          groups: z.array(z.string()).optional(),
          jwtTokens: z.array(jwtToken).optional(),
        }),
      )
      .optional(),
    syncWindows: z.array(syncWindow).optional(),
    signatureKeys: z.array(z.looseObject({ keyID: z.string() })).optional(),
    sourceIntegrity: z.looseObject({}).optional(),
    destinationServiceAccounts: z
      .array(
        z.looseObject({
          server: z.string().optional(),
          namespace: z.string().optional(),
          defaultServiceAccount: z.string(),
        }),
      )
      .optional(),
    permitOnlyProjectScopedClusters: z.boolean().optional(),
  })
  .describe('What its applications may do.')

export const appProject = z
  .looseObject({
    apiVersion: z.literal('argoproj.io/v1alpha1'),
    kind: z.literal('AppProject'),
    metadata: objectMeta,
    spec: appProjectSpec,
    status: z.looseObject({}).optional(),
  })
  .describe('Limits for applications: sources, destinations and kinds.')
