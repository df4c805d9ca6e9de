import type { Exchange } from '../exchange.ts'
import { openLogRing } from './log-ring.ts'
import type { LogFacts } from './log-line.ts'
import { NO_ROUTE_SLOT } from './metric-book.ts'
import { methodIndexOf, openMetrics } from './metrics.ts'

/** The memory in which threads leave what is to be told: a ring for the lines of each, counters for all. */
export interface ObserveMemory {
  readonly rings: readonly SharedArrayBuffer[]
  readonly metrics: SharedArrayBuffer
  /** False when nobody writes the lines. */
  readonly isLogging: boolean
}

/** What a thread tells of its requests. */
export interface Observer {
  readonly begin: () => void
  /** The end of a request: once for each `begin`, whatever is said of it. */
  readonly end: () => void
  readonly record: (exchange: Exchange, facts: LogFacts) => void
  readonly countBug: () => void
}

const CALLER_GONE = 499

export function openObserver(memory: ObserveMemory, thread: number): Observer {
  const metrics = openMetrics(memory.metrics, thread)
  const ring = openLogRing(memory.rings[thread] ?? new SharedArrayBuffer(0))
  const { isLogging } = memory

  return {
    begin: metrics.begin,
    end: metrics.end,
    countBug: metrics.bug,
    record: (exchange, facts) => {
      const { route, serving, upstream, refusal } = exchange
      if (serving === null) return
      const { plan, logLine } = serving
      if (isLogging) ring.put(logLine(facts))
      const slot = route === null ? NO_ROUTE_SLOT : (plan.routes[route.position] ?? NO_ROUTE_SLOT)
      metrics.record(slot, methodIndexOf(facts.method), facts.status, facts.durationMs, facts.bytesIn, facts.bytesOut)
      if (facts.status === CALLER_GONE) metrics.refused('499')
      else if (refusal !== null) metrics.refused(refusal.code)
      if (exchange.limitedBy !== null) metrics.limited(plan.limits[exchange.limitedBy] ?? 0)
      if (exchange.blockedBy !== null) metrics.blocked(exchange.blockedBy, route?.row.block?.mode ?? 'refuse')
      if (upstream === null || facts.upstreamMs === null) return
      const upstreamSlot = plan.upstreams[upstream.position] ?? 0
      metrics.upstream(upstreamSlot, facts.upstreamMs)
      if (exchange.fault !== null) metrics.upstreamFault(upstreamSlot, exchange.fault)
    },
  }
}
