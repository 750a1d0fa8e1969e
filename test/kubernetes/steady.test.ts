import { describeSteady } from '../steady/describe-steady.ts'
import { startReal } from './drift/servers.ts'

describeSteady('kube-apiserver', startReal)
