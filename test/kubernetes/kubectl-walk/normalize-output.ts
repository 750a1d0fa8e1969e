/** What no two clusters have in common, by pattern. Names that are made come before what they are made of. */
const replacements: readonly [RegExp, string][] = [
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, 'UID'],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/g, 'TIME'],
  [/\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[.\d]*( [+-]\d{4})?( UTC)?/g, 'TIME'],
  [/\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}/g, 'TIME'],
  [/\/tmp\/(LIVE|MERGED)-\d+/g, '/tmp/$1'],
  [/https:\/\/127\.0\.0\.1:\d+/g, 'SERVER'],
  [/\b127\.0\.0\.1:\d+/g, 'SERVER'],
  [/\b10\.\d+\.\d+\.\d+\b/g, 'IP'],
  [/-[bcdfghjklmnpqrstvwxz2456789]{6,10}-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '-HASH-RANDOM'],
  [/-[bcdfghjklmnpqrstvwxz2456789]{8,10}\b/g, '-HASH'],
  [/(pod-template-hash|controller-revision-hash)([=:]\s*)[\w-]+/g, '$1$2HASH'],
  [/(kube-api-access|web|store|agent|once|by-hand)-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, '$1-RANDOM'],
  [/(resourceVersion: |"resourceVersion": ?)"\d+"/g, '$1VERSION'],
  [/(Resource Version:\s+)\d+/g, '$1VERSION'],
  [/eyJ[\w-]+\.[\w-]+\.[\w-]+/g, 'TOKEN'],
  [/nodePort: \d+/g, 'nodePort: PORT'],
  [/\b(\d+(y|d|h|m|s|ms)){1,2}\b/g, 'AGE'],
  [/x\d+ over AGE/g, 'xN over AGE'],
]

/** Output of kubectl with what differs from cluster to cluster taken out: ages, uids, times, addresses, made names, widths. */
export function normalizeOutput(text: string, { node, sorted }: { node: string; sorted: boolean }): string {
  const plain = replacements.reduce((left, [pattern, by]) => left.replaceAll(pattern, by), text)
  const lines = plain
    .replaceAll(node, 'NODE')
    .split('\n')
    .map((line) => line.replaceAll(/(?<=\S)(\t| {2,})/g, '  ').trimEnd())
    .filter((line) => !isProgress(line))
  return (sorted ? lines.toSorted() : lines).join('\n')
}

/** How often a command that waits says what it waits for is a matter of time. */
function isProgress(line: string): boolean {
  return line.startsWith('Waiting for ')
}
