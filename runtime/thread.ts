import type { Exchange, LoadedUpstream } from './exchange.ts'
import type { RequestId } from './ids.ts'
import type { KnownAddresses } from './known-addresses.ts'
import type { LoadedTable } from './load-table.ts'
import type { LogLineOf } from './observe/log-line.ts'
import type { MetricPlan } from './observe/metric-book.ts'
import type { Answer } from './answer.ts'
import type { TimerWheel } from './timer-wheel.ts'

/** What a thread serves: a table and the upstreams that it names, by position. */
export interface Serving {
  readonly table: LoadedTable
  readonly upstreams: readonly LoadedUpstream[]
  /** Where its counters lie, and how its lines in the access log are made. */
  readonly plan: MetricPlan
  readonly logLine: LogLineOf
}

/** What the steps of a request need of the thread that they run on. */
export interface Thread {
  /** What new requests are served from. */
  readonly serving: () => Serving
  /** True once no new connections are taken: answers then close theirs. */
  readonly isDraining: () => boolean
  readonly wheel: TimerWheel
  readonly addresses: KnownAddresses
  /** The time of day, and a clock that never jumps and is one for all threads. Milliseconds. */
  readonly wallMs: () => number
  readonly monotonicMs: () => number
  readonly newId: () => RequestId
  /** Takes down that a request came: once, before it is recorded. */
  readonly begin: (answer: Answer) => void
  /** Takes down what became of a request. */
  readonly record: (answer: Answer) => void
  /** Takes down a throw that nobody planned, and the request that it belongs to, if that is known. */
  readonly onBug: (error: unknown, exchange: Exchange | null) => void
}
