import { z } from 'zod'
import { condition, objectMeta } from './meta.ts'

const conditions = z.array(condition).optional()
const alias = z.string().optional().describe('Name for people.')
const description = z.string().optional().describe('What it is for.')

export const workspace = z
  .looseObject({
    apiVersion: z.literal('driftless.dev/v1alpha1'),
    kind: z.literal('Workspace'),
    metadata: objectMeta,
    spec: z
      .looseObject({
        alias,
        description,
        clusters: z.array(z.string()).optional().describe('Clusters that its projects may use; absent: all.'),
      })
      .optional(),
    status: z.looseObject({ conditions }).optional(),
  })
  .describe('A team: its DevOps projects and its namespaces.')

export const devOpsProject = z
  .looseObject({
    apiVersion: z.literal('driftless.dev/v1alpha1'),
    kind: z.literal('DevOpsProject'),
    metadata: objectMeta,
    spec: z.looseObject({
      workspace: z.string().describe('Workspace that it belongs to.'),
      alias,
      description,
      sourceRepos: z
        .array(z.string())
        .optional()
        .describe(
          'Repositories and chart repositories beside those that it imported, globs, `!` denies; default none.',
        ),
    }),
    status: z.looseObject({ namespace: z.string().optional(), conditions }).optional(),
  })
  .describe(
    'Continuous deployments and code repositories of a team. Its name is its namespace and its AppProject.',
  )

export const gitRepository = z
  .looseObject({
    apiVersion: z.literal('driftless.dev/v1alpha1'),
    kind: z.literal('GitRepository'),
    metadata: objectMeta,
    spec: z.looseObject({
      url: z.string().describe('https or ssh address.'),
      alias,
      description,
      secretRef: z
        .looseObject({ name: z.string() })
        .optional()
        .describe(
          'Secret of the same namespace with username, password, bearerToken or sshPrivateKey, sshKnownHosts.',
        ),
      insecure: z.boolean().optional().describe('Allow plain HTTP and certificates that do not verify.'),
      intervalSeconds: z
        .number()
        .int()
        .min(10)
        .optional()
        .describe('How often to ask for new commits. Default 120.'),
    }),
    status: z
      .looseObject({
        connection: z
          .looseObject({
            state: z.string(),
            message: z.string().optional(),
            checkedAt: z.string().optional(),
          })
          .optional(),
        defaultBranch: z.string().optional(),
        conditions,
      })
      .optional(),
  })
  .describe('A code repository that was imported.')

export const cluster = z
  .looseObject({
    apiVersion: z.literal('driftless.dev/v1alpha1'),
    kind: z.literal('Cluster'),
    metadata: objectMeta,
    spec: z.looseObject({
      server: z.string().describe('API address.'),
      alias,
      description,
      secretRef: z
        .looseObject({ name: z.string() })
        .optional()
        .describe(
          'Cluster Secret in the control namespace, in Argo CD format; absent: the control cluster itself.',
        ),
    }),
    status: z
      .looseObject({
        state: z.string().optional(),
        message: z.string().optional(),
        version: z.string().optional(),
        conditions,
      })
      .optional(),
  })
  .describe('A cluster that can be deployed to.')

export const user = z
  .looseObject({
    apiVersion: z.literal('driftless.dev/v1alpha1'),
    kind: z.literal('User'),
    metadata: objectMeta,
    spec: z
      .looseObject({
        displayName: z.string().optional(),
        email: z.string().optional(),
        disabled: z.boolean().optional().describe('May not log in.'),
        passwordSecretRef: z
          .looseObject({ name: z.string() })
          .optional()
          .describe('Secret with the argon2id hash.'),
      })
      .optional(),
    status: z.looseObject({ lastLogin: z.string().optional(), conditions }).optional(),
  })
  .describe('A person who logs in. Kubernetes user `driftless:<name>`.')
