import { spawn } from 'node:child_process'

/** What must not outlive the process that started it. */
export interface DeathGuard {
  watch(pid: number): void
  forget(pid: number): void
  /** Nothing is left to be ended. */
  close(): Promise<void>
}

// Reads `+pid` and `-pid` until the other end of the pipe is closed, by `close` or because that process died, however.
const script = `
pids=' '
while read -r line; do
  pid=\${line#?}
  case $line in
    +*) pids="$pids$pid " ;;
    -*) pids="\${pids%% $pid *} \${pids#* $pid }" ;;
  esac
done
[ "$pids" = ' ' ] || kill -9 $pids
rm -rf "$1"
`

/**
 * A small shell in a session of its own: when this process ends, also by `kill -9`, it kills what is watched and removes
 * the folder.
 */
export function startDeathGuard(folder: string): DeathGuard {
  const shell = spawn('/bin/sh', ['-c', script, 'death-guard', folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  const closed = new Promise<void>((resolve) => shell.once('close', () => resolve()))
  // The shell may be gone when the last line is written; what it watched is then gone too.
  shell.stdin.on('error', () => undefined)
  return {
    watch: (pid) => void shell.stdin.write(`+${pid}\n`),
    forget: (pid) => void shell.stdin.write(`-${pid}\n`),
    async close() {
      shell.stdin.end()
      await closed
    },
  }
}
