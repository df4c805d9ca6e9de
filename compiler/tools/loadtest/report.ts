import type { Undriven } from './choose-callers.ts'
import type { Expected } from './expect-limit.ts'

/** What a load test found: the shape of `--format json`, which only grows. */
export interface LoadReport {
  readonly format: 1
  readonly routes: readonly RouteResult[]
  readonly limits: readonly LimitResult[]
  readonly gateway: {
    /** Of all routes together, user and system time; null where the system does not say. */
    readonly cpuMicrosPerRequest: number | null
    /** The most that there ever was. */
    readonly rssMiB: number | null
    readonly startMs: number
  }
  readonly thresholds: readonly ThresholdResult[]
  /** What no request was made for, and why. */
  readonly notDriven: { readonly routes: readonly Undriven[]; readonly keys: readonly Undriven[] }
  /** What of the config does not hold in a load test. */
  readonly notes: readonly string[]
  readonly settings: { readonly durationMs: number; readonly connections: number; readonly latencyMs: number }
  /** Against a report of before. */
  readonly compared?: Comparison
}

export interface RouteResult {
  readonly route: string
  readonly requests: number
  /** Answers in a second. */
  readonly rate: number
  readonly latencyMs: {
    readonly p50: number
    readonly p90: number
    readonly p99: number
    readonly p999: number
    readonly max: number
  }
  readonly statuses: Readonly<Record<string, number>>
  readonly bytes: number
  readonly errors: number
  readonly cpuMicrosPerRequest: number | null
  /** How far apart the rounds were in that: (most - least) / median. */
  readonly cpuSpread: number | null
}

export interface LimitResult {
  /** As callers see it: "rate", "tenant-rate", "route-quota". */
  readonly policy: string
  /** Whose: a key, a tenant, an address, or everyone. */
  readonly key: string
  /** The routes that it was tried on. */
  readonly routes: readonly string[]
  readonly offered: number
  readonly allowed: number
  readonly expected: Expected
  /** False where nothing was refused, because more would have had to be offered than there was time for. */
  readonly reached: boolean
  /** While all limits hold and all callers ask at once: the units that passed of one counter, and the most that may. */
  readonly together: { readonly allowed: number; readonly most: number; readonly holds: boolean } | null
  /** Null where it was not tried. */
  readonly holds: boolean | null
  readonly note?: string
}

export interface ThresholdResult {
  readonly name: string
  readonly route: string | null
  readonly wanted: number
  readonly got: number | null
  readonly holds: boolean
}

export interface Comparison {
  readonly routes: readonly ComparedRoute[]
  /** Routes that only one of the two reports has. */
  readonly added: readonly string[]
  readonly removed: readonly string[]
}

export interface ComparedRoute {
  readonly route: string
  /** Of now over before; null where one of them is not known. */
  readonly cpu: number | null
  readonly p50: number | null
  readonly p99: number | null
  readonly rate: number | null
  /** A ratio of `cpu` nearer to 1 than this says nothing: rounds of one run differ as much. */
  readonly noise: number
  readonly verdict: 'slower' | 'faster' | 'same'
}
