/** States inside sentences; the same words as on the marks. */
export const words: Record<string, string> = {
  Degraded: '已降级',
  Failed: '失败',
  Healthy: '健康',
  Missing: '丢失',
  OutOfSync: '未同步',
  Progressing: '进行中',
  Suspended: '暂停',
  Synced: '已同步',
  Unknown: '未知',
}
