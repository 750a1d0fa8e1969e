import { dump } from 'js-yaml'

/** A kubeconfig with one cluster, one user and one context. */
export function kubeconfigOf(input: {
  clusterName: string
  url: string
  caCert: string
  token: string
}): string {
  const { clusterName, url, caCert, token } = input
  const user = `${clusterName}-admin`
  return dump({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: clusterName,
        cluster: { server: url, 'certificate-authority-data': Buffer.from(caCert).toString('base64') },
      },
    ],
    users: [{ name: user, user: { token } }],
    contexts: [{ name: clusterName, context: { cluster: clusterName, user, namespace: 'default' } }],
    'current-context': clusterName,
  })
}
