import { startCluster } from '@driftless/testkit'
import { describeSteady } from '../steady/describe-steady.ts'

describeSteady('the embedded server', startCluster)
