/**
 * Who owns which field: server-side apply and the bookkeeping of `metadata.managedFields` for all other writes.
 * Pure functions over JSON objects and the kind's `TypeSchema`; they run on each write.
 */
export {
  type ApplyInput,
  type ApplyResult,
  type Conflict,
  serverSideApply,
  UntypedPatch,
} from './server-side-apply.ts'
export { type TrackInput, trackUpdate } from './track-update.ts'
