/** The switches of the seed's wizard and what each writes into `spec.syncPolicy.syncOptions`. */

export const propagationPolicies = ['foreground', 'background', 'orphan'] as const
export type PropagationPolicy = (typeof propagationPolicies)[number]

export interface SyncOptionFlags {
  skipValidation: boolean
  createNamespace: boolean
  pruneLast: boolean
  applyOutOfSyncOnly: boolean
  replace: boolean
  propagation: PropagationPolicy
}

const written = {
  skipValidation: 'Validate=false',
  createNamespace: 'CreateNamespace=true',
  pruneLast: 'PruneLast=true',
  applyOutOfSyncOnly: 'ApplyOutOfSyncOnly=true',
  replace: 'Replace=true',
} as const

export type OptionSwitch = keyof typeof written

const owned = [
  'Validate',
  'CreateNamespace',
  'PruneLast',
  'ApplyOutOfSyncOnly',
  'Replace',
  'PrunePropagationPolicy',
]

export const defaultOptions: SyncOptionFlags = {
  skipValidation: false,
  createNamespace: false,
  pruneLast: false,
  applyOutOfSyncOnly: false,
  replace: false,
  propagation: 'foreground',
}

export function optionsOf(syncOptions: readonly string[]): SyncOptionFlags {
  const policy = syncOptions.find((option) => option.startsWith('PrunePropagationPolicy='))?.split('=')[1]
  return {
    skipValidation: syncOptions.includes(written.skipValidation),
    createNamespace: syncOptions.includes(written.createNamespace),
    pruneLast: syncOptions.includes(written.pruneLast),
    applyOutOfSyncOnly: syncOptions.includes(written.applyOutOfSyncOnly),
    replace: syncOptions.includes(written.replace),
    propagation: propagationPolicies.find((known) => known === policy) ?? 'foreground',
  }
}

/** Only what is switched on is written; options that the form does not know stay as they were. */
export function syncOptionsOf(flags: SyncOptionFlags, before: readonly string[] = []): string[] {
  const others = before.filter((option) => !owned.includes(option.split('=')[0] ?? ''))
  const switches = (Object.keys(written) as OptionSwitch[])
    .filter((key) => flags[key])
    .map((key) => written[key])
  return [...switches, `PrunePropagationPolicy=${flags.propagation}`, ...others]
}
