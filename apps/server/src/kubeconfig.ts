interface KubeconfigEntry {
  /** Of the cluster and its context. */
  name: string
  server: string
  caCert: string
  token: string
}

/** An administrator's kubeconfig: a context for each embedded cluster, the first one current. */
export function adminKubeconfig(entries: readonly KubeconfigEntry[]): string {
  return kubeconfigText(
    entries.map((entry) => ({ ...entry, user: `${entry.name}-admin`, namespace: 'default' })),
  )
}

/** A kubeconfig for one person: their short-lived token and the server's CA, nothing of an administrator. */
export function userKubeconfig(input: {
  server: string
  caCert: string
  user: string
  token: string
}): string {
  return kubeconfigText([{ ...input, name: 'driftless' }])
}

function kubeconfigText(
  entries: readonly (KubeconfigEntry & { user: string; namespace?: string })[],
): string {
  return [
    'apiVersion: v1',
    'kind: Config',
    `current-context: ${entries[0]?.name ?? ''}`,
    'clusters:',
    ...entries.flatMap(({ name, server, caCert }) => [
      `  - name: ${name}`,
      '    cluster:',
      `      server: ${server}`,
      `      certificate-authority-data: ${Buffer.from(caCert).toString('base64')}`,
    ]),
    'users:',
    ...entries.flatMap(({ user, token }) => [
      `  - name: ${JSON.stringify(user)}`,
      '    user:',
      `      token: ${JSON.stringify(token)}`,
    ]),
    'contexts:',
    ...entries.flatMap(({ name, user, namespace }) => [
      `  - name: ${name}`,
      '    context:',
      `      cluster: ${name}`,
      `      user: ${JSON.stringify(user)}`,
      ...(namespace === undefined ? [] : [`      namespace: ${namespace}`]),
    ]),
    '',
  ].join('\n')
}
