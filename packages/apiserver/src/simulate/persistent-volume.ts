import { nodeName, storageClassName, storageProvisioner } from './node.ts'
import type { PersistentVolume, PersistentVolumeClaim } from './objects.ts'
import { isTerminating, kinds } from './objects.ts'
import {
  controllerManager,
  createOnce,
  keyOf,
  type Reconcile,
  type Simulation,
  writeStatus,
} from './simulation.ts'

const provisionedBy = 'pv.kubernetes.io/provisioned-by'

/** Binds a claim: to the volume it names, to a free one of its class, or to a new one of any class. */
export const reconcileClaim: Reconcile = async (simulation, key) => {
  const claim = simulation.api.get(kinds.claim, key.namespace, key.name) as PersistentVolumeClaim | undefined
  if (claim === undefined || isTerminating(claim) || claim.status?.phase === 'Bound') return undefined
  const volume = await volumeFor(simulation, claim)
  if (volume === undefined) {
    await writeStatus(simulation, claim, { ...claim.status, phase: 'Pending' })
    return undefined
  }
  await reserve(simulation, volume, claim)
  const bound = await simulation.api.update(
    kinds.claim,
    key,
    (stored) => {
      const spec = (stored as PersistentVolumeClaim).spec
      return spec.volumeName ? undefined : { ...stored, spec: { ...spec, volumeName: volume.metadata.name } }
    },
    { manager: controllerManager },
  )
  if (bound === undefined) return undefined
  const accessModes = volume.spec.accessModes ?? []
  await writeStatus(simulation, bound, { phase: 'Bound', accessModes, capacity: volume.spec.capacity ?? {} })
  return undefined
}

async function volumeFor(
  simulation: Simulation,
  claim: PersistentVolumeClaim,
): Promise<PersistentVolume | undefined> {
  const wanted = claim.spec.volumeName ?? `pvc-${claim.metadata.uid}`
  const named = simulation.api.get(kinds.volume, '', wanted) as PersistentVolume | undefined
  const taken = named?.spec.claimRef?.uid !== undefined && named.spec.claimRef.uid !== claim.metadata.uid
  if (named !== undefined || claim.spec.volumeName) return taken ? undefined : named
  const free = simulation.view.inNamespace<PersistentVolume>(kinds.volume, '').find((one) => fits(one, claim))
  if (free !== undefined) return free
  // An empty class name asks for a volume that someone has made by hand.
  if (claim.spec.storageClassName === '') return undefined
  const created = await createOnce(simulation, newVolume(claim, wanted))
  const message = `Successfully provisioned volume ${wanted}`
  simulation.api.event({ object: claim, type: 'Normal', reason: 'ProvisioningSucceeded', message })
  return created as PersistentVolume | undefined
}

function fits(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const { accessModes = [], storageClassName: className = '' } = volume.spec
  if (!isFreeFor(volume, claim) || isTerminating(volume)) return false
  if (className !== (claim.spec.storageClassName ?? storageClassName)) return false
  return (claim.spec.accessModes ?? []).every((mode) => accessModes.includes(mode))
}

function isFreeFor(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const { claimRef } = volume.spec
  if (claimRef === undefined) return true
  const { namespace, name, uid } = claim.metadata
  return claimRef.name === name && claimRef.namespace === namespace && (claimRef.uid ?? uid) === uid
}

function newVolume(claim: PersistentVolumeClaim, name: string): PersistentVolume {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name, annotations: { [provisionedBy]: storageProvisioner } },
    spec: {
      accessModes: claim.spec.accessModes ?? ['ReadWriteOnce'],
      capacity: { storage: claim.spec.resources?.requests?.storage ?? '1Gi' },
      storageClassName: claim.spec.storageClassName ?? storageClassName,
      persistentVolumeReclaimPolicy: 'Delete',
      volumeMode: claim.spec.volumeMode ?? 'Filesystem',
      claimRef: referenceTo(claim),
      hostPath: { path: `/var/driftless/${name}`, type: 'DirectoryOrCreate' },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [nodeName] }] },
          ],
        },
      },
    },
  }
}

function referenceTo(claim: PersistentVolumeClaim): Record<string, string> {
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    namespace: claim.metadata.namespace ?? '',
    name: claim.metadata.name,
    uid: claim.metadata.uid ?? '',
  }
}

async function reserve(
  simulation: Simulation,
  volume: PersistentVolume,
  claim: PersistentVolumeClaim,
): Promise<void> {
  if (volume.spec.claimRef?.uid === claim.metadata.uid) return
  await simulation.api.update(
    kinds.volume,
    keyOf(volume),
    (stored) => ({ ...stored, spec: { ...(stored as PersistentVolume).spec, claimRef: referenceTo(claim) } }),
    { manager: controllerManager },
  )
}

/** Bound while its claim exists; afterwards released, or deleted when its policy says so. */
export const reconcileVolume: Reconcile = async (simulation, key) => {
  const volume = simulation.api.get(kinds.volume, '', key.name) as PersistentVolume | undefined
  if (volume === undefined || isTerminating(volume)) return undefined
  const { claimRef, persistentVolumeReclaimPolicy } = volume.spec
  if (claimRef?.uid === undefined) return phase(simulation, volume, 'Available')
  const claim = simulation.api.get(kinds.claim, claimRef.namespace ?? '', claimRef.name ?? '')
  if (claim?.metadata.uid === claimRef.uid) return phase(simulation, volume, 'Bound')
  if (persistentVolumeReclaimPolicy !== 'Delete') return phase(simulation, volume, 'Released')
  await simulation.api.delete(
    kinds.volume,
    { namespace: '', name: key.name },
    { propagationPolicy: 'Background' },
  )
  return undefined
}

async function phase(simulation: Simulation, volume: PersistentVolume, name: string): Promise<undefined> {
  if (volume.status?.phase !== name) await writeStatus(simulation, volume, { ...volume.status, phase: name })
  return undefined
}
