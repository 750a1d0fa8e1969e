import yaml from 'js-yaml'

/** Integers beyond 2^53 are `bigint`s. */
const bigInteger = new yaml.Type('tag:yaml.org,2002:bigint', {
  kind: 'scalar',
  resolve: () => false,
  predicate: (value) => typeof value === 'bigint',
  represent: (value) => String(value),
})
const schema = yaml.DEFAULT_SCHEMA.extend({ implicit: [bigInteger] })

/** YAML in the form that people know from kubectl. */
export function formatYaml(value: unknown): string {
  return yaml.dump(value, { noRefs: true, lineWidth: -1, skipInvalid: true, schema })
}
