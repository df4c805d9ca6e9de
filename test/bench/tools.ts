import { existsSync } from 'node:fs'
import { BenchFault } from './bench-fault.ts'

/** Debian keeps nginx in folders that are not in everybody's path. */
export const SYSTEM_PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`

/** What a run cannot do without, and the package that has it. */
const NEEDED = { nginx: 'nginx-light', taskset: 'util-linux' }

export function hasCommand(name: string): boolean {
  return SYSTEM_PATH.split(':').some((folder) => existsSync(`${folder}/${name}`))
}

/** @throws BenchFault that says what to install. */
export function requireTools(): void {
  const missing = Object.entries(NEEDED).filter(([name]) => !hasCommand(name))
  if (missing.length === 0) return
  const names = missing.map(([name]) => name).join(' and ')
  throw new BenchFault(`the benchmark needs ${names}: apt-get install ${missing.map(([, tool]) => tool).join(' ')}`)
}
