import type { WireResponse } from '@driftless/kube'

export type RefusalCode = '409' | '410' | '429' | '500'

const answers: Record<RefusalCode, readonly [reason: string, message: string]> = {
  409: ['Conflict', 'the object has been modified; please apply your changes to the latest version'],
  410: ['Expired', 'too old resource version'],
  429: ['TooManyRequests', 'the server has received too many requests'],
  500: ['InternalError', 'an error on the server has prevented the request from succeeding'],
}

/** The body with which an API server refuses. */
export function refusalText(code: RefusalCode): string {
  const [reason, message] = answers[code]
  return JSON.stringify({
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    reason,
    message,
    code: Number(code),
  })
}

export function refusal(code: RefusalCode): WireResponse {
  return {
    status: Number(code),
    headers: { 'content-type': 'application/json', ...(code === '429' ? { 'retry-after': '0' } : {}) },
    text: refusalText(code),
  }
}

export function brokenConnection(): Error {
  return Object.assign(new Error('the connection broke'), { code: 'ECONNRESET' })
}

export function noAnswer(): Error {
  return Object.assign(new Error('no answer in time'), { code: 'UND_ERR_HEADERS_TIMEOUT' })
}

/** What a killed process waits for. */
export function never<T>(): Promise<T> {
  return new Promise(() => undefined)
}
