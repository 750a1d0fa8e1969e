import { availableParallelism } from 'node:os'
import type { RenderLimits } from './contract.ts'

const mebibyte = 1024 * 1024

export const defaultLimits: RenderLimits = {
  maxFileBytes: 10 * mebibyte,
  maxTotalBytes: 64 * mebibyte,
  maxFiles: 20_000,
  maxObjects: 20_000,
  maxNodes: 200_000,
  maxOutputBytes: 64 * mebibyte,
  maxDownloadBytes: 64 * mebibyte,
  renderTimeoutMs: 90_000,
  remoteTimeoutMs: 30_000,
  fetchTimeoutMs: 600_000,
  concurrency: availableParallelism(),
  cachedObjects: 20_000,
}
