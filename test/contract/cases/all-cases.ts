import type { ContractCase } from '../contract-case.ts'
import { access } from './access.ts'
import { applies } from './applies.ts'
import { customDefinitions } from './custom-definitions.ts'
import { customObjects } from './custom-objects.ts'
import { customRules } from './custom-rules.ts'
import { customSchemas } from './custom-schemas.ts'
import { deletions } from './deletions.ts'
import { discoveryAndErrors } from './discovery-and-errors.ts'
import { endpoints } from './endpoints.ts'
import { identity } from './identity.ts'
import { networkFields } from './network-fields.ts'
import { patches } from './patches.ts'
import { podCases } from './pods.ts'
import { typedApplies } from './typed-applies.ts'
import { verbsByKind } from './verbs-by-kind.ts'
import { watches } from './watches.ts'
import { workloadFields } from './workload-fields.ts'
import { writeOptions } from './write-options.ts'

export const allCases: readonly ContractCase[] = [
  ...verbsByKind,
  ...workloadFields,
  ...networkFields,
  ...discoveryAndErrors,
  ...customSchemas,
  ...customRules,
  ...writeOptions,
  ...customDefinitions,
  ...customObjects,
  ...access,
  ...identity,
  ...watches,
  ...applies,
  ...typedApplies,
  ...patches,
  ...endpoints,
  ...deletions,
  ...podCases,
]
