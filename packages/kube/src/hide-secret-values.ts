import type { KubeObject, KubeStatus } from '@driftless/apimachinery'
import { KubeApiError } from './kube-api-error.ts'

const mask = '***'
/** Shorter values would take words of the sentence with them; the places where servers quote values are cut anyway. */
const minimumLength = 4

/** Where kube-apiserver quotes the value that it refuses: typed objects of server-side apply, decoders, validation. */
const quotations: readonly RegExp[] = [
  /(got &?value\.\w+)\{.*/gs,
  /(Invalid value: )(?:"(?:[^"\\]|\\.)*"|[^:]+)(?=:|$)/g,
  /(cannot unmarshal \w+ )".*?"/gs,
]

/**
 * Runs a write of `object`. When it is a Secret and the server refuses it, the refusal comes back with the values of
 * the Secret as `***`: servers quote what they refuse, and refusals end in status, events and logs (the class of
 * CVE-2025-23216). Everything else passes as it is.
 */
export async function hidingSecretValues<Result>(
  object: KubeObject,
  write: () => Promise<Result>,
): Promise<Result> {
  try {
    return await write()
  } catch (error) {
    if (object.kind !== 'Secret' || object.apiVersion !== 'v1' || !(error instanceof KubeApiError))
      throw error
    throw new KubeApiError(maskedStatus(error.status, textsOf(object)))
  }
}

function maskedStatus(status: KubeStatus, texts: readonly string[]): KubeStatus {
  const masked = (text: string): string => hideIn(text, texts)
  const { message, details } = status
  return {
    ...status,
    ...(message === undefined ? {} : { message: masked(message) }),
    ...(details?.causes === undefined
      ? {}
      : {
          details: {
            ...details,
            causes: details.causes.map((cause) => ({
              ...cause,
              ...(cause.message === undefined ? {} : { message: masked(cause.message) }),
            })),
          },
        }),
  }
}

function hideIn(message: string, texts: readonly string[]): string {
  let hidden = message
  for (const quotation of quotations) hidden = hidden.replaceAll(quotation, `$1${mask}`)
  for (const text of texts) hidden = hidden.replaceAll(text, mask)
  return hidden
}

/** All ways in which the values may be written, longest first. */
function textsOf(object: KubeObject): string[] {
  const values = ['data', 'stringData'].flatMap((field) => Object.values(object[field] ?? {}))
  const texts = values.flatMap(formsOf).filter((text) => text.length >= minimumLength)
  return [...new Set(texts)].sort((a, b) => b.length - a.length)
}

function formsOf(value: unknown): string[] {
  if (typeof value !== 'string') return [JSON.stringify(value) ?? '']
  return [value, JSON.stringify(value).slice(1, -1), Buffer.from(value, 'base64').toString('utf8')]
}
