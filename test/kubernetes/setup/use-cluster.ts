/** In every test file of the tier `kubernetes`: `openCluster` gives the cluster that the tier shares. */
import { realClusterVariables } from '@driftless/testkit'
import { inject } from 'vitest'

const { kubeconfig, context, run } = inject('cluster')
process.env[realClusterVariables.kubeconfig] = kubeconfig
process.env[realClusterVariables.context] = context
process.env[realClusterVariables.run] = run
