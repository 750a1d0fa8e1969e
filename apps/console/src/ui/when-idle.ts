/** Acts when the page has nothing else to do; the answer takes it back. Safari has no idle callback: a moment later does there. */
export function whenIdle(act: () => void): () => void {
  if (typeof window.requestIdleCallback === 'function') {
    const id = window.requestIdleCallback(act)
    return () => window.cancelIdleCallback(id)
  }
  const id = setTimeout(act, 1_000)
  return () => clearTimeout(id)
}
