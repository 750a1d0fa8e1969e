import yaml from 'js-yaml'

/** YAML in the form that people know from kubectl. */
export function formatYaml(value: unknown): string {
  return yaml.dump(value, { noRefs: true, lineWidth: -1, skipInvalid: true })
}
