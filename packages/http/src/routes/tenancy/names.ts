import { z } from 'zod'

/** Name of a namespace, and of what becomes one. */
export const namespaceName = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'must be lower-case letters, digits and "-"')
  .refine((name) => !name.startsWith('kube-') && name !== 'default' && name !== 'driftless-system', {
    message: 'is a name that the cluster itself uses',
  })
