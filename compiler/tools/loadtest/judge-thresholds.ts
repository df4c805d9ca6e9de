import type { RouteResult, ThresholdResult } from './report.ts'
import type { RouteThresholds, Thresholds } from './read-load-file.ts'

const BYTES_PER_MIB = 2 ** 20

/** What the caller wants of a run. */
export interface WantedThresholds {
  readonly all: Thresholds
  readonly routes: ReadonlyMap<string, RouteThresholds>
}

/**
 * Holds what was measured against what is wanted. Of what holds for every route the worst is told. A route that was not driven
 * has reached nothing.
 */
export function judgeThresholds(
  { all, routes: wanted }: WantedThresholds,
  routes: readonly RouteResult[],
  peakMiB: number | null,
): ThresholdResult[] {
  const others = (name: keyof RouteThresholds): readonly RouteResult[] =>
    routes.filter(({ route }) => wanted.get(route)?.[name] === undefined)
  const slowest = others('minRate').toSorted((a, b) => a.rate - b.rate)[0]
  const latest = others('p99Ms').toSorted((a, b) => b.latencyMs.p99 - a.latencyMs.p99)[0]
  return [
    ...(all.minRate === undefined ? [] : [atLeast(slowest?.route ?? null, all.minRate, slowest)]),
    ...(all.p99Ms === undefined ? [] : [atMost(latest?.route ?? null, all.p99Ms, latest)]),
    ...[...wanted].flatMap(([name, { minRate, p99Ms }]) => {
      const route = routes.find((one) => one.route === name)
      return [
        ...(minRate === undefined ? [] : [atLeast(name, minRate, route)]),
        ...(p99Ms === undefined ? [] : [atMost(name, p99Ms, route)]),
      ]
    }),
    ...(all.maxMemoryBytes === undefined ? [] : [memory(all.maxMemoryBytes / BYTES_PER_MIB, peakMiB)]),
  ]
}

function atLeast(route: string | null, wanted: number, result: RouteResult | undefined): ThresholdResult {
  const got = result?.rate ?? null
  return { name: 'min-rate', route, wanted, got, holds: got !== null && got >= wanted }
}

function atMost(route: string | null, wanted: number, result: RouteResult | undefined): ThresholdResult {
  const got = result?.latencyMs.p99 ?? null
  return { name: 'p99', route, wanted, got, holds: got !== null && got <= wanted }
}

function memory(wanted: number, got: number | null): ThresholdResult {
  return { name: 'max-memory', route: null, wanted, got, holds: got !== null && got <= wanted }
}
