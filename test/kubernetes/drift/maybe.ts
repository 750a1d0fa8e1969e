import type { JsonObject } from '@driftless/apimachinery'
import type { SeededRandom } from './seeded-random.ts'

/** The fields half of the time, to be spread into an object. */
export function maybe(random: SeededRandom, fields: JsonObject): JsonObject {
  return random.chance(0.5) ? fields : {}
}
