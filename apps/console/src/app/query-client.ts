import { isAppError } from '@driftless/api'
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'

/** Set by the router: what to do when the server no longer knows who is asking. */
let onSessionLost: () => void = () => undefined

export function whenSessionIsLost(handler: () => void): void {
  onSessionLost = handler
}

function watch(error: Error): void {
  if (isAppError(error, 'Unauthorized')) onSessionLost()
}

/** Only a server that cannot be reached is asked again; any other refusal is an answer. */
function shouldRetry(failures: number, error: Error): boolean {
  return failures < 2 && isAppError(error, 'ServiceUnavailable')
}

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: watch }),
  mutationCache: new MutationCache({
    onError: (error, _variables, _result, mutation) => {
      if (mutation.meta?.['login'] !== true) watch(error)
    },
  }),
  defaultOptions: {
    queries: {
      // A page that could not reach the server repairs itself.
      refetchInterval: (query) => (isAppError(query.state.error, 'ServiceUnavailable') ? 5_000 : false),
      staleTime: 15_000,
      retry: shouldRetry,
      refetchOnWindowFocus: true,
    },
  },
})
