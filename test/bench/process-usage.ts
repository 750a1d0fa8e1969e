import { readdir, readFile } from 'node:fs/promises'

/** What a process has used since it began. Linux only: read from `/proc`. */
export interface ProcessUsage {
  /** Seconds of CPU of all its threads. */
  cpuSeconds: number
  /** Seconds of CPU of children that have ended, e.g. git. */
  childCpuSeconds: number
  /** Highest resident memory so far. */
  peakMiB: number
  residentMiB: number
  /** Threads that used the most, first. */
  threads: { name: string; id: number; cpuSeconds: number }[]
}

// USER_HZ is 100 on every Linux that Node runs on.
const ticksPerSecond = 100

export async function processUsage(pid: number): Promise<ProcessUsage> {
  const [stat, status, tasks] = await Promise.all([
    readStat(`/proc/${pid}`),
    readFile(`/proc/${pid}/status`, 'utf8'),
    readdir(`/proc/${pid}/task`),
  ])
  const found = await Promise.all(tasks.map((id) => readThread(pid, Number(id))))
  const threads = found.filter((thread) => thread !== undefined)
  return {
    cpuSeconds: (stat.user + stat.system) / ticksPerSecond,
    childCpuSeconds: stat.children / ticksPerSecond,
    peakMiB: kibOf(status, 'VmHWM') / 1024,
    residentMiB: kibOf(status, 'VmRSS') / 1024,
    threads: threads.sort((left, right) => right.cpuSeconds - left.cpuSeconds).slice(0, 8),
  }
}

async function readThread(pid: number, id: number): Promise<ProcessUsage['threads'][number] | undefined> {
  try {
    const stat = await readStat(`/proc/${pid}/task/${id}`)
    return { name: stat.name, id, cpuSeconds: (stat.user + stat.system) / ticksPerSecond }
  } catch (error) {
    // Threads end while they are being read.
    if (error instanceof Error && 'code' in error && ['ENOENT', 'ESRCH'].includes(String(error.code)))
      return undefined
    throw error
  }
}

async function readStat(
  folder: string,
): Promise<{ name: string; user: number; system: number; children: number }> {
  const text = await readFile(`${folder}/stat`, 'utf8')
  // The name stands in parentheses and may hold anything, so the fields begin after the last one.
  const end = text.lastIndexOf(')')
  const fields = text.slice(end + 2).split(' ')
  const field = (number: number) => Number(fields[number - 3] ?? 0)
  return {
    name: text.slice(text.indexOf('(') + 1, end),
    user: field(14),
    system: field(15),
    children: field(16) + field(17),
  }
}

function kibOf(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0)
}
