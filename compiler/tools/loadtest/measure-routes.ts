import type { LinkedConfig } from '../../3-link/linked.ts'
import type { Undriven } from './choose-callers.ts'
import type { Call } from './find-calls.ts'
import type { LoadOutcome } from './messages.ts'
import { processorMicros } from './process-figures.ts'
import type { RouteResult } from './report.ts'
import type { Rig } from './rig.ts'
import { nameOfRoute } from './route-name.ts'

const MS_PER_SECOND = 1000
const MICROS_PER_MS = 1000
/** Rounds in turn: what changes on a machine meanwhile changes for all routes. */
const ROUNDS = 3
/** In less an answer or two would decide. */
const SLICE_MS_MIN = 50
const WARM_MS_MAX = 600
const WARM_SHARE = 0.1
const WARM_ROUTES_MAX = 100

interface Slice {
  readonly outcome: LoadOutcome
  readonly cpuMicros: number | null
}

export interface MeasuredRoutes {
  readonly routes: readonly RouteResult[]
  readonly undriven: readonly Undriven[]
  readonly cpuMicrosPerRequest: number | null
}

export interface Measure {
  readonly calls: readonly Call[]
  readonly budgetMs: number
  readonly connections: number
  /** Told of each step: how much is done, 0 to 1. */
  readonly onStep: (share: number, what: string) => void
}

/** Drives each route for a while, in rounds, with limits lifted. */
export async function measureRoutes(config: LinkedConfig, rig: Rig, measure: Measure): Promise<MeasuredRoutes> {
  const { budgetMs, connections, onStep } = measure
  const all = group(measure.calls)
  const warmMs = Math.min(WARM_MS_MAX, budgetMs * WARM_SHARE)
  const loadMs = budgetMs - warmMs
  const most = Math.max(1, Math.floor(loadMs / SLICE_MS_MIN))
  const driven = [...all].slice(0, most)
  const rounds = Math.max(1, Math.min(ROUNDS, Math.floor(most / Math.max(1, driven.length))))
  const sliceMs = loadMs / Math.max(1, driven.length * rounds)
  const slices = new Map<number, Slice[]>(driven.map(([route]) => [route, []]))

  if (driven.length > 0) {
    const requests = driven
      .slice(0, WARM_ROUTES_MAX)
      .flatMap(([, [call]]) => (call === undefined ? [] : [call.request]))
    await rig.load({ requests, connections, until: { ms: warmMs } })
  }
  let done = 0
  for (let round = 0; round < rounds; round++) {
    for (const [route, calls] of driven) {
      onStep(done++ / (driven.length * rounds), nameOfRoute(config, route))
      slices.get(route)?.push(await drive(rig, calls, connections, sliceMs))
    }
  }
  return {
    routes: driven.map(([route]) => summarize(nameOfRoute(config, route), slices.get(route) ?? [])),
    undriven: [...all.keys()].slice(most).map((route) => ({
      name: nameOfRoute(config, route),
      reason: 'there was no time left for it: give a longer --duration',
    })),
    cpuMicrosPerRequest: cpuOf([...slices.values()].flat()),
  }
}

function group(calls: readonly Call[]): Map<number, Call[]> {
  const groups = new Map<number, Call[]>()
  for (const call of calls) groups.set(call.route, [...(groups.get(call.route) ?? []), call])
  return groups
}

async function drive(rig: Rig, calls: readonly Call[], connections: number, ms: number): Promise<Slice> {
  const before = processorMicros(rig.gatewayPid)
  const outcome = await rig.load({ requests: calls.map(({ request }) => request), connections, until: { ms } })
  const after = processorMicros(rig.gatewayPid)
  return { outcome, cpuMicros: before === null || after === null ? null : after - before }
}

function summarize(route: string, slices: readonly Slice[]): RouteResult {
  const outcomes = slices.map(({ outcome }) => outcome)
  const latencies = concatenate(outcomes.map(({ latencyMicros }) => latencyMicros)).sort()
  const at = (share: number): number =>
    (latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0) / MICROS_PER_MS
  const requests = latencies.length
  const elapsedMs = outcomes.reduce((sum, { elapsedMs: one }) => sum + Math.max(0, one), 0)
  const each = slices.flatMap((slice) => cpuOf([slice]) ?? [])
  const statuses: Record<string, number> = {}
  for (const outcome of outcomes) {
    for (const [status, count] of Object.entries(outcome.statuses)) statuses[status] = (statuses[status] ?? 0) + count
  }
  return {
    route,
    requests,
    rate: round(elapsedMs === 0 ? 0 : (requests / elapsedMs) * MS_PER_SECOND, 1),
    latencyMs: { p50: at(0.5), p90: at(0.9), p99: at(0.99), p999: at(0.999), max: at(1) },
    statuses,
    bytes: outcomes.reduce((sum, { bytes }) => sum + bytes, 0),
    errors: outcomes.reduce((sum, { errors }) => sum + errors, 0),
    cpuMicrosPerRequest: cpuOf(slices),
    cpuSpread: each.length < 2 ? null : round((Math.max(...each) - Math.min(...each)) / median(each), 3),
  }
}

function cpuOf(slices: readonly Slice[]): number | null {
  let micros = 0
  let requests = 0
  for (const { cpuMicros, outcome } of slices) {
    if (cpuMicros === null) return null
    micros += cpuMicros
    requests += outcome.latencyMicros.length
  }
  return requests === 0 ? null : round(micros / requests, 1)
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? 0
}

function concatenate(parts: readonly Uint32Array[]): Uint32Array {
  const whole = new Uint32Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
