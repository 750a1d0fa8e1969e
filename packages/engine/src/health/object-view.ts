import type { HealthStatusCode } from '@driftless/api'
import { isJsonObject, type JsonObject, type KubeObject } from '@driftless/apimachinery'

export interface Health {
  status: HealthStatusCode
  /** One sentence; empty when there is nothing to say. */
  message: string
}

export type HealthRule = (object: KubeObject) => Health | undefined

export interface ConditionView {
  type: string
  status: string
  reason: string
  message: string
}

export function healthy(message = ''): Health {
  return { status: 'Healthy', message }
}

export function progressing(message: string): Health {
  return { status: 'Progressing', message }
}

export function degraded(message: string): Health {
  return { status: 'Degraded', message }
}

export function section(object: KubeObject | JsonObject, name: string): JsonObject {
  const value = (object as JsonObject)[name]
  return isJsonObject(value) ? value : {}
}

export function numberOf(object: JsonObject, field: string, fallback = 0): number {
  const value = object[field]
  return typeof value === 'number' ? value : fallback
}

export function textOf(object: JsonObject, field: string): string {
  const value = object[field]
  return typeof value === 'string' ? value : ''
}

export function objectsOf(object: JsonObject, field: string): JsonObject[] {
  const value = object[field]
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}

export function conditionsOf(object: KubeObject): ConditionView[] {
  return objectsOf(section(object, 'status'), 'conditions').map((condition) => ({
    type: textOf(condition, 'type'),
    status: textOf(condition, 'status'),
    reason: textOf(condition, 'reason'),
    message: textOf(condition, 'message'),
  }))
}

export function conditionOf(object: KubeObject, type: string): ConditionView | undefined {
  return conditionsOf(object).find((condition) => condition.type === type)
}

/** Whether the controller has not seen the newest spec yet. */
export function isBehind(object: KubeObject): boolean {
  return numberOf(section(object, 'status'), 'observedGeneration') < (object.metadata.generation ?? 0)
}
