import { isJsonObject, type JsonObject } from '@driftless/apimachinery'
import fieldsOfStructs from '../../data/protobuf.json' with { type: 'json' }

type GoField = readonly [number: number, name: string, kind: string, omitted: number]

const microTime = 'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime'
/** The format of times with six digits of a second, which OpenAPI does not tell from others. */
export const microTimeFormat = 'micro-time'

/**
 * The OpenAPI components, each with the fields that are not written when they are zero, and those that are written as null
 * when they are not there: lists without `omitempty`, and times that are no pointers.
 */
export function withGoShapes(components: JsonObject): JsonObject {
  const shaped: JsonObject = { ...components }
  for (const [struct, fields] of Object.entries(fieldsOfStructs as unknown as Record<string, GoField[]>)) {
    const name = componentName(struct)
    const component = shaped[name]
    if (!isJsonObject(component)) continue
    shaped[name] = {
      ...component,
      'x-driftless-left-out': fields
        .filter(isLeftOut)
        .map(([, field]) => field)
        .filter(isNoName(struct)),
      'x-driftless-nulls': fields.filter(isNull).map(([, field]) => field),
    }
  }
  const component = shaped[microTime]
  if (isJsonObject(component)) shaped[microTime] = { ...component, format: microTimeFormat }
  return shaped
}

/** `k8s.io/api/apps/v1.DeploymentSpec` is `io.k8s.api.apps.v1.DeploymentSpec` in OpenAPI. */
function componentName(struct: string): string {
  return `io.k8s${struct.slice('k8s.io'.length).replaceAll('/', '.')}`
}

function isLeftOut([, , kind, omitted]: GoField): boolean {
  return omitted === 1 && ['s', 'i', 'b', 'd'].includes(kind)
}

/** The name of an object that has none yet is asked for again and again, and is text all the while. */
function isNoName(struct: string): (field: string) => boolean {
  return (field) => field !== 'name' || !struct.endsWith('/meta/v1.ObjectMeta')
}

function isNull([, name, kind, omitted]: GoField): boolean {
  if (name === 'creationTimestamp') return false
  if (kind === 'k8s.io/apimachinery/pkg/apis/meta/v1.Time') return omitted === 1
  return omitted === 0 && kind.startsWith('[')
}
