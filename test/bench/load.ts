import { autocannon } from './autocannon.ts'
import type { BenchKey } from './keys.ts'
import { hasCommand } from './tools.ts'
import { wrk } from './wrk.ts'
import type { Workload } from './workloads.ts'

/** A program that asks as fast as it gets answers. */
export interface LoadGenerator {
  readonly name: string
  /** True when requests of one run may differ. */
  readonly hasCallersInTurn: boolean
  /** The command that asks one candidate for a while, and the files that it needs. */
  readonly prepare: (plan: LoadPlan) => {
    readonly command: readonly string[]
    readonly files: Readonly<Record<string, string>>
  }
  readonly parse: (output: string) => LoadOutcome
}

export interface LoadPlan {
  readonly workload: Workload
  readonly port: number
  readonly keys: readonly BenchKey[]
  readonly clients: number
  readonly seconds: number
  /** Where the files will lie. Absolute. */
  readonly folder: string
}

export interface LoadOutcome {
  /** Whole answers, bad ones among them. */
  readonly requests: number
  readonly perSecond: number
  readonly p50Micros: number
  readonly p90Micros: number
  /** Answers that were not 2xx or 3xx, and connections that broke. */
  readonly bad: number
}

/** wrk where it is installed: it costs the load's core a fifth of what the one in JavaScript does. */
export function findLoadGenerator(): LoadGenerator {
  return hasCommand('wrk') ? wrk : autocannon
}
