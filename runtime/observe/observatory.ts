import type { MetricsText, UpstreamHealth } from '../admin.ts'
import type { RevocationHealth } from '../revocations/keeper.ts'
import type { GatewayRow, GatewayTable } from '../../schemas/table.ts'
import { createLogRing } from './log-ring.ts'
import { startLogWriter } from './log-writer.ts'
import { createMetricBook, type MetricPlan } from './metric-book.ts'
import { clearThreadMetrics, createMetricMemory } from './metric-memory.ts'
import { createMetricText } from './metric-text.ts'
import type { ObserveMemory } from './observer.ts'

/** The main thread's side of what threads tell: it writes their lines and adds up their counters. */
export interface Observatory {
  readonly memory: ObserveMemory
  /** Where the counters of a table lie. */
  readonly plan: (table: GatewayTable) => MetricPlan
  readonly metrics: () => Promise<MetricsText>
  readonly countBug: () => void
  /** A thread died. */
  readonly clearThread: (thread: number) => void
  readonly reopenLog: () => void
  readonly close: () => Promise<void>
}

/** What metrics say of the gateway besides what threads count. */
export interface GatewayFacts {
  readonly version: string
  readonly configHash: () => string
  readonly threads: () => number
  readonly upstreams: () => readonly UpstreamHealth[]
  readonly revocations: () => RevocationHealth | null
  readonly lockouts: () => Readonly<Record<'address' | 'key-prefix', number>>
  readonly tell: (line: string) => void
}

/** @throws A `StartFault` when the access log cannot be opened. */
export function createObservatory(
  threads: number,
  accessLog: GatewayRow['accessLog'],
  facts: GatewayFacts,
): Observatory {
  const rings = Array.from({ length: threads }, () => createLogRing())
  const memory: ObserveMemory = { rings, metrics: createMetricMemory(threads), isLogging: accessLog !== 'off' }
  const writer = startLogWriter(rings, accessLog, { tell: facts.tell })
  const book = createMetricBook()
  let bugs = 0
  const metrics = createMetricText(memory.metrics, {
    labels: book.labels,
    version: facts.version,
    configHash: facts.configHash,
    upstreams: facts.upstreams,
    revocations: facts.revocations,
    lockouts: facts.lockouts,
    threads: facts.threads,
    logDropped: writer.dropped,
    mainBugs: () => bugs,
  })
  return {
    memory,
    plan: book.plan,
    metrics,
    countBug: () => {
      bugs++
    },
    clearThread: (thread) => clearThreadMetrics(memory.metrics, thread),
    reopenLog: writer.reopen,
    close: writer.close,
  }
}
