/** A kubeconfig for one person: their short-lived token and the server's CA, nothing of an administrator. */
export function userKubeconfig(input: {
  server: string
  caCert: string
  user: string
  token: string
}): string {
  return [
    'apiVersion: v1',
    'kind: Config',
    'current-context: driftless',
    'clusters:',
    '  - name: driftless',
    '    cluster:',
    `      server: ${input.server}`,
    `      certificate-authority-data: ${Buffer.from(input.caCert).toString('base64')}`,
    'users:',
    `  - name: ${JSON.stringify(input.user)}`,
    '    user:',
    `      token: ${JSON.stringify(input.token)}`,
    'contexts:',
    '  - name: driftless',
    '    context:',
    '      cluster: driftless',
    `      user: ${JSON.stringify(input.user)}`,
    '',
  ].join('\n')
}
