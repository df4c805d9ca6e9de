import type { WorkloadName } from './workloads.ts'

/** What a run found out, as it is written to a file. Grows only. */
export interface BenchResult {
  readonly format: 1
  /** What was typed. */
  readonly command: string
  /** RFC 3339. */
  readonly date: string
  readonly machine: Machine
  readonly clients: number
  readonly seconds: number
  readonly workloads: readonly WorkloadResult[]
  readonly micro: readonly MicroResult[]
  /** Left out by runs that did not look at them. */
  readonly deployables?: readonly DeployableResult[]
  /** Where the steps in process were measured by themselves, later than the rest: how. */
  readonly microRun?: MicroRun
}

export interface MicroRun {
  readonly command: string
  /** RFC 3339. */
  readonly date: string
  readonly machine: Machine
  /** Processes that wanted a core besides, on the average of the last minute. */
  readonly loadAverage: number
}

export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly kernel: string
  readonly node: string
  readonly nginx: string
  /** Name and version of what made the load. */
  readonly load: string
}

export interface WorkloadResult {
  readonly workload: WorkloadName
  readonly title: string
  /** What CPU is counted for. */
  readonly unit: 'request' | 'chunk'
  readonly candidates: readonly CandidateResult[]
}

export interface CandidateResult {
  readonly name: string
  readonly rounds: readonly Round[]
  /** Medians over the rounds. */
  readonly cpuMicros: number
  readonly kernelShare: number
  readonly perSecond: number
  readonly p50Micros: number
  readonly p90Micros: number
  /** Median of the ratios within a round to nginx's CPU. */
  readonly ratioToNginx: number
  readonly startMs: number
  readonly idleMiB: number
  /** The most that was seen under load. */
  readonly loadMiB: number
}

export interface Round {
  /** Requests that were answered, as the load generator counts them. */
  readonly requests: number
  /** Requests or chunks. */
  readonly units: number
  /** User and system time of the candidate for a unit. */
  readonly cpuMicros: number
  /** The part of it that was spent in the kernel, 0 to 1. */
  readonly kernelShare: number
  readonly perSecond: number
  readonly p50Micros: number
  readonly p90Micros: number
  /** Answers that were not 2xx, and connections that broke. */
  readonly bad: number
  readonly loadMiB: number
  /** How busy the load generator's core was, 0 to 1: near 1 the rate is its, not the candidate's. */
  readonly loadCoreShare: number
  /** Requests that the upstream got in the round. */
  readonly forwarded: number
  /** Requests in the access log after the round. */
  readonly logged: number
  /** Log lines that were given up and counted. */
  readonly dropped: number
  /** Requests that the metrics counted in the round; null where a candidate has none. */
  readonly measured: number | null
  /** What is missing or was wrong, a sentence each. */
  readonly losses: readonly string[]
}

/** Steps of the gateway run in process. */
export interface MicroResult {
  readonly name: string
  readonly nanosPerRequest: number
  /** Null where none was set. */
  readonly budgetNanos: number | null
}

/** What is deployed of a gateway, in one of its forms. */
export interface DeployableResult {
  readonly name: string
  readonly files: readonly { readonly name: string; readonly mebibytes: number }[]
  /** Medians: from the start of the process to the first answer of an upstream, and memory half a second later. */
  readonly startMs: number
  readonly idleMiB: number
}
