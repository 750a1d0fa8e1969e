import { dump, load } from 'js-yaml'

export function yamlOf(value: unknown): string {
  return dump(value, { lineWidth: 120, noRefs: true })
}

/** Throws `YAMLException` with line and column when the text is no YAML. */
export function parseYaml(text: string): unknown {
  return load(text)
}
