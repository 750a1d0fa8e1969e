import { annotations, AppError, type ClusterView, isAppError, messageOf } from '@driftless/api'
import { type ClusterConfig, createClient, secretFromClusterConfig } from '@driftless/kube'
import { z } from 'zod'
import { clusterApi } from '../../access/resources.ts'
import { explainConflict } from '../../applications/explain-conflict.ts'
import { readBody } from '../read-body.ts'
import type { PersonCall, PersonRoute } from '../route.ts'

const pem = z.string().max(65_536).optional()
const word = z.string().max(4_096).optional()

const addRequest = z.object({
  name: z
    .string()
    .max(63)
    .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'must be lower-case letters, digits and "-"'),
  description: word,
  server: z.url({ protocol: /^https?$/, message: 'must be an https address' }).max(2_048),
  caCert: pem,
  insecureSkipVerify: z.boolean().optional(),
  serverName: word,
  proxyUrl: word,
  token: z.string().max(16_384).optional(),
  clientCert: pem,
  clientKey: pem,
  username: word,
  password: word,
  test: z.boolean().optional(),
})

const answerWithinMs = 10_000

export const addCluster: PersonRoute = {
  method: 'POST',
  path: '/clusters',
  summary: 'Register a cluster that can be deployed to.',
  status: 201,
  access: { verb: 'create', resource: 'clusters', scope: 'cluster' },
  async handle(call): Promise<ClusterView> {
    const { name, description, test, ...given } = readBody(addRequest, call.body)
    const config = Object.fromEntries(
      Object.entries(given).filter(([, value]) => value !== undefined && value !== ''),
    ) as unknown as ClusterConfig
    if (test !== false) await requireAnswer(config)
    const secretName = await storeCredentials(call, name, config)
    const metadata = { name, annotations: { [annotations.creator]: call.door.person.name } }
    const text = description === undefined ? {} : { description }
    const spec = { server: config.server, secretRef: { name: secretName }, ...text }
    try {
      await explainConflict(`cluster "${name}"`, () =>
        call.door.client.create({ ...clusterApi, metadata, spec }),
      )
    } catch (error) {
      await forgetCredentials(call, secretName)
      throw error
    }
    return { name, server: config.server, embedded: false, state: 'Unknown', message: '', version: '' }
  },
}

/** Its API answers, and takes the credentials: nobody may ask that anonymously. */
async function requireAnswer(config: ClusterConfig): Promise<void> {
  const client = createClient(config)
  const review = client.canI({ verb: 'list', group: '', resource: 'namespaces' })
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('it gives no answer')), answerWithinMs)
  })
  try {
    await Promise.race([review, late])
  } catch (error) {
    const refused = isAppError(error, 'Unauthorized') || isAppError(error, 'Forbidden')
    throw new AppError('Invalid', `The cluster at ${config.server} cannot be used: ${messageOf(error)}`, {
      cause: error,
      fields: [
        refused
          ? { field: 'token', message: 'the credentials are refused' }
          : { field: 'server', message: 'does not answer as a Kubernetes API' },
      ],
      remedy: 'Nothing was registered. Mend it, or register it without trying.',
    })
  } finally {
    clearTimeout(timer)
    await client.close()
  }
}

async function storeCredentials(call: PersonCall, name: string, config: ClusterConfig): Promise<string> {
  const namespace = call.services.controlNamespace
  const secret = secretFromClusterConfig({ name, config }, { name: `cluster-${name}`, namespace })
  try {
    await call.door.client.create(secret)
  } catch (error) {
    // An answer about a Secret may quote it: only its code goes on.
    const code = isAppError(error) ? error.code : 'InternalError'
    if (code !== 'AlreadyExists')
      throw new AppError(code, 'The credentials of the cluster could not be stored.')
    throw new AppError(
      'AlreadyExists',
      `There is a cluster "${name}" already, or a Secret that one left behind.`,
      {
        fields: [{ field: 'name', message: 'is taken' }],
        remedy: `Choose another name, or delete the Secret "${secret.metadata.name}" of ${namespace}.`,
      },
    )
  }
  return secret.metadata.name
}

async function forgetCredentials(call: PersonCall, name: string): Promise<void> {
  const namespace = call.services.controlNamespace
  await call.door.client
    .delete({ apiVersion: 'v1', kind: 'Secret', namespace, name })
    .catch((error: unknown) => {
      const code = isAppError(error) ? error.code : 'unknown'
      call.services.options.log.warn('credentials of a cluster that was not registered were left behind', {
        namespace,
        name,
        code,
      })
    })
}
