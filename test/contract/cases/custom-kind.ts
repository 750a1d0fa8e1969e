import type { JsonObject } from '@driftless/apimachinery'
import { get, post, quietly, type Step } from '../contract-case.ts'

/** A definition of `Thing` in a group of the case's own: `things.{ns}.example.com`. */
export const customGroup = '{ns}.example.com'
export const customCollection = `/apis/${customGroup}/v1/namespaces/{ns}/things`
export const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
export const definitionPath = `${definitions}/things.${customGroup}`

export interface CustomVersion {
  name?: string
  schema?: JsonObject
  served?: boolean
  storage?: boolean
  more?: JsonObject
}

export function versionOf({
  name = 'v1',
  schema,
  served = true,
  storage = true,
  more = {},
}: CustomVersion): JsonObject {
  return {
    name,
    served,
    storage,
    ...(schema === undefined ? {} : { schema: { openAPIV3Schema: schema } }),
    ...more,
  }
}

export function definitionOf(versions: readonly JsonObject[], spec: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `things.${customGroup}` },
    spec: {
      group: customGroup,
      scope: 'Namespaced',
      names: { plural: 'things', kind: 'Thing' },
      versions: [...versions],
      ...spec,
    },
  }
}

/** A schema with only a `spec`, and in it these fields. */
export function specSchema(properties: JsonObject, spec: JsonObject = {}): JsonObject {
  return { type: 'object', properties: { spec: { type: 'object', properties, ...spec } } }
}

export function thing(fields: JsonObject, metadata: JsonObject = {}, version = 'v1'): JsonObject {
  return {
    apiVersion: `${customGroup}/${version}`,
    kind: 'Thing',
    metadata: { name: 'one', ...metadata },
    ...fields,
  }
}

/** Steps that define the kind and wait until it is served; the number of them is `definedSteps`. */
export function define(versions: readonly JsonObject[], spec: JsonObject = {}): Step[] {
  return [
    quietly(post(definitions, definitionOf(versions, spec))),
    quietly({ ...get(definitionPath), until: { code: 200, text: '"Established","status":"True"' } }),
    // A collection of the real server answers 404 for a moment after its definition is established.
    quietly({ ...get(`${customPlace(versions)}?limit=1`), until: { code: 200 } }),
  ]
}

export const definedSteps = 3

function customPlace(versions: readonly JsonObject[]): string {
  const served = versions.find((version) => version['served'] === true)
  return `/apis/${customGroup}/${String(served?.['name'] ?? 'v1')}/things`
}

export function defineSchema(schema: JsonObject, more: JsonObject = {}): Step[] {
  return define([versionOf({ schema, more })])
}
