import { readdirSync, readFileSync } from 'node:fs'

const NANOS_PER_MICRO = 1000
const KIB_PER_MIB = 1024

/**
 * What the processor spent on a process, all its threads, user and system time together, in microseconds. Linux keeps it to
 * the nanosecond for each thread. Null where there is no such file.
 *
 * @see Documentation/scheduler/sched-stats.rst of Linux.
 */
export function processorMicros(pid: number): number | null {
  const threads = listOf(`/proc/${pid}/task`)
  if (threads === null) return null
  const nanos = threads.map((thread) => Number(textOf(`/proc/${pid}/task/${thread}/schedstat`)?.split(' ')[0] ?? 0))
  return nanos.reduce((sum, one) => sum + one, 0) / NANOS_PER_MICRO
}

/** The most memory of a process that was ever really there, in MiB. @see proc(5), VmHWM. */
export function peakMiB(pid: number): number | null {
  const kib = /^VmHWM:\s+(\d+) kB$/m.exec(textOf(`/proc/${pid}/status`) ?? '')?.[1]
  return kib === undefined ? null : Number(kib) / KIB_PER_MIB
}

function listOf(folder: string): string[] | null {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (isAbsent(error)) return null
    throw error
  }
}

/** Null for a thread that has ended meanwhile. */
function textOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (isAbsent(error)) return null
    throw error
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH')
}
