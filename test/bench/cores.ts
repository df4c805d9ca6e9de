import { readFileSync } from 'node:fs'

/** Which core does what, so that the candidate has one for itself. */
export interface Cores {
  readonly load: number
  readonly upstream: number
  readonly candidate: number
}

export type Job = keyof Cores

/** Of the cores that this process may use; null when there is but one, so that nothing can be kept apart. */
export function planCores(allowed: readonly number[]): Cores | null {
  const [load, candidate, upstream] = allowed
  if (load === undefined || candidate === undefined) return null
  return { load, candidate, upstream: upstream ?? load }
}

export function allowedCores(): number[] {
  return parseAllowedCores(readFileSync('/proc/self/status', 'utf8'))
}

/** "0-2,5" are four cores. */
export function parseAllowedCores(status: string): number[] {
  const list = /^Cpus_allowed_list:\s+(\S+)$/m.exec(status)?.[1] ?? '0'
  return list.split(',').flatMap((part) => {
    const [first = 0, last = first] = part.split('-').map(Number)
    return Array.from({ length: last - first + 1 }, (_, i) => first + i)
  })
}

/** The command that runs another on its core. */
export function onCore(cores: Cores | null, job: Job, command: readonly string[]): string[] {
  return cores === null ? [...command] : ['taskset', '-c', String(cores[job]), ...command]
}
