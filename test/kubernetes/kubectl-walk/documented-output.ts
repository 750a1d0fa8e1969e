/** An output of kubectl that stays different, and why. */
export interface DocumentedOutput {
  commands: RegExp
  /** Every line in which the outputs differ is of this form; without it, any line may be. */
  lines?: RegExp
  reason: string
}

/** The reference page of the embedded API says the same, one line for each reason. */
export const documentedOutputs: readonly DocumentedOutput[] = [
  {
    commands: /^(version|get --raw \/version)$/,
    reason: 'The version says that it is the embedded server, and tells nothing of a Go build.',
  },
  {
    commands: /^explain (widgets|deployment|pod)/,
    reason:
      '`kubectl explain` shows the fields and types of built-in kinds without their descriptions, which the recorded schemas leave out.',
  },
  {
    commands: /^get endpointslices/,
    lines: /^web-(pods|RANDOM) /,
    reason: 'The EndpointSlice of a Service has a fixed name, where the real controller makes one up.',
  },
  {
    commands: /^describe pod /,
    lines: /^(Node:| {4}(Container|Image) ID:| {2}PodReadyToStartContainers| {2}Normal )/,
    reason:
      'A simulated pod tells of a container with an id, an image and events of its start; kwok, which stands for the kubelet, tells nothing of them.',
  },
  {
    commands: /^(logs|exec) single/,
    reason:
      'The log of a simulated container says that it has no output, and nothing can be executed in it; kwok serves neither in the tests.',
  },
  {
    commands: /^describe quota /,
    lines: /^count\/secrets/,
    reason: 'Quotas are stored, but nothing is counted or refused by them.',
  },
  {
    commands: /^(get|describe) ingress /,
    lines: /^(web |Address:)/,
    reason:
      'An Ingress gets the address 127.0.0.1 in the simulation; the real cluster of the tests has no controller for it.',
  },
]

/** Why the outputs of a command differ in those lines; undefined when nothing documents it. */
export function reasonOf(line: string, different: readonly string[]): string | undefined {
  return documentedOutputs.find(
    ({ commands, lines }) => commands.test(line) && different.every((text) => lines?.test(text) !== false),
  )?.reason
}
