import type { ContractCase } from '../contract-case.ts'
import { discoveryAndErrors } from './discovery-and-errors.ts'
import { verbsByKind } from './verbs-by-kind.ts'
import { workloadFields } from './workload-fields.ts'

export const allCases: readonly ContractCase[] = [...verbsByKind, ...workloadFields, ...discoveryAndErrors]
