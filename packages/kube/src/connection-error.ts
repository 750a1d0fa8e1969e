import { AppError, messageOf } from '@driftless/api'

const tlsCodes = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_HAS_EXPIRED',
  'ERR_TLS_CERT_ALTNAME_INVALID',
])

const sentences: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'the host name does not exist',
  EAI_AGAIN: 'the host name could not be looked up',
  EHOSTUNREACH: 'the host is not reachable',
  ENETUNREACH: 'the network is not reachable',
  ETIMEDOUT: 'it did not answer in time',
  UND_ERR_CONNECT_TIMEOUT: 'it did not answer in time',
  UND_ERR_HEADERS_TIMEOUT: 'it did not answer in time',
  UND_ERR_BODY_TIMEOUT: 'it stopped answering',
  ECONNRESET: 'the connection broke',
  EPIPE: 'the connection broke',
  UND_ERR_SOCKET: 'the connection broke',
}

/** True when the connection broke under a request, so that a read may be tried again. */
export function isConnectionReset(error: unknown): boolean {
  return ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_CLOSED'].includes(systemCode(error))
}

/** One sentence for a cluster that could not be reached; credentials are in none of its inputs. */
export function connectionError(error: unknown, origin: string): AppError {
  if (error instanceof AppError) return error
  const code = systemCode(error)
  if (tlsCodes.has(code)) {
    return new AppError(
      'ServiceUnavailable',
      `The certificate of ${origin} is not trusted: ${messageOf(error)}.`,
      {
        cause: error,
        remedy: "Give the cluster's CA certificate, or the name that the certificate is made for.",
      },
    )
  }
  const what = sentences[code] ?? messageOf(error)
  return new AppError('ServiceUnavailable', `Cannot reach the cluster at ${origin}: ${what}.`, {
    cause: error,
    remedy: 'Check the address and that the cluster runs.',
  })
}

function systemCode(error: unknown): string {
  if (typeof error !== 'object' || error === null) return ''
  const { code, cause } = error as { code?: unknown; cause?: unknown }
  if (typeof code === 'string' && code !== '') return code
  return cause === undefined ? '' : systemCode(cause)
}
