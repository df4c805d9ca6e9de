import { readFileSync } from 'node:fs'
import { CommandFault, fileFault } from '../../command-fault.ts'
import { EXIT } from '../../exit-codes.ts'
import type { ComparedRoute, Comparison, RouteResult } from './report.ts'

/** What comparing needs of a report; one of a later version may say more. */
export interface PreviousReport {
  readonly routes: readonly Pick<RouteResult, 'route' | 'rate' | 'latencyMs' | 'cpuMicrosPerRequest' | 'cpuSpread'>[]
}

/** Two runs on one machine differ by this, whatever their rounds say. */
const NOISE_MIN = 0.05

/** @throws A `CommandFault` when it is not a report of a load test. */
export function readReport(path: string): PreviousReport {
  const text = readText(path)
  try {
    // Safe: what is used of it is looked at next.
    const report = JSON.parse(text) as PreviousReport & { readonly format?: unknown }
    const isReport =
      report.format === 1 &&
      report.routes.every(({ route, latencyMs: { p50 } }) => typeof route + typeof p50 === 'stringnumber')
    if (isReport) return report
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error
  }
  throw new CommandFault(EXIT.wrong, `${path} is no report of "loadtest --format json".`)
}

/**
 * Says which routes became slower. CPU per request decides: it is the figure that a busy machine changes least. What rounds of
 * one run differ by is no change.
 */
export function compareReports(before: PreviousReport, after: PreviousReport): Comparison {
  const known = new Map(before.routes.map((result) => [result.route, result]))
  const names = new Set(after.routes.map(({ route }) => route))
  return {
    routes: after.routes.flatMap((now) => {
      const then = known.get(now.route)
      return then === undefined ? [] : [compareRoute(then, now)]
    }),
    added: [...names].filter((name) => !known.has(name)),
    removed: [...known.keys()].filter((name) => !names.has(name)),
  }
}

function compareRoute(then: PreviousReport['routes'][number], now: PreviousReport['routes'][number]): ComparedRoute {
  const cpu = ratio(now.cpuMicrosPerRequest, then.cpuMicrosPerRequest)
  const noise = Math.max(NOISE_MIN, then.cpuSpread ?? 0, now.cpuSpread ?? 0)
  const isBeyond = cpu !== null && Math.abs(cpu - 1) > noise
  return {
    route: now.route,
    cpu,
    p50: ratio(now.latencyMs.p50, then.latencyMs.p50),
    p99: ratio(now.latencyMs.p99, then.latencyMs.p99),
    rate: ratio(now.rate, then.rate),
    noise,
    verdict: !isBeyond ? 'same' : cpu > 1 ? 'slower' : 'faster',
  }
}

function ratio(now: number | null, then: number | null): number | null {
  return now === null || then === null || then === 0 ? null : Number((now / then).toFixed(3))
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw fileFault(`read ${path}`, error)
  }
}
