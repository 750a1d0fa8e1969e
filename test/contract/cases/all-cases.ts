import type { ContractCase } from '../contract-case.ts'
import { verbsByKind } from './verbs-by-kind.ts'

export const allCases: readonly ContractCase[] = verbsByKind
