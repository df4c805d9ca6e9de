import type { BlockMode, BlockRule } from '../../schemas/protect-row.ts'
import { REFUSALS, type RefusalCode } from '../refusals.ts'
import type { UpstreamFault } from '../upstream/types.ts'
import { LIMIT_SLOTS_MAX, UPSTREAM_SLOTS_MAX } from './metric-book.ts'

/** The advice of OpenTelemetry's semantic conventions for `http.server.request.duration`. */
export const BUCKET_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] as const

/** Methods that have a label of their own, by their index; all others share the first. */
export const METHOD_LABELS = ['_OTHER', 'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

/** A refusal's code; 499 is that of a caller who went away, which only logs and metrics see. */
export type CountedRefusal = RefusalCode | '499'

// Safe: the names of an object that is declared with them.
export const REFUSAL_LABELS: readonly CountedRefusal[] = [...(Object.keys(REFUSALS) as RefusalCode[]), '499']

export const FAULT_LABELS: readonly UpstreamFault[] = ['unreachable', 'broken', 'timeout', 'overloaded']

/** What `block` may find, and what becomes of it. */
export const BLOCK_LABELS: readonly { readonly rule: BlockRule; readonly mode: BlockMode }[] = [
  { rule: 'sql-injection', mode: 'refuse' },
  { rule: 'sql-injection', mode: 'report-only' },
  { rule: 'script-injection', mode: 'refuse' },
  { rule: 'script-injection', mode: 'report-only' },
]

/** One bucket more, for what is slower than all. */
const BUCKETS = BUCKET_SECONDS.length + 1

/** A series of requests: its buckets, then these. */
export const SUM_MS = BUCKETS
export const BYTES_IN = BUCKETS + 1
export const BYTES_OUT = BUCKETS + 2
export const SERIES_CELLS = BUCKETS + 3

/** An upstream: its buckets and the sum behind them, then a count for each fault. */
export const FAULTS = BUCKETS + 1
export const UPSTREAM_CELLS = FAULTS + FAULT_LABELS.length

/** Series of requests: what is called of routes × methods × statuses. The first takes what there is no room for. */
export const SERIES_MAX = 4096
export const OTHER_SERIES = 0

/** Where the parts of one thread's counters begin. Doubles, which count exactly to 2^53. */
export const ACTIVE = 0
export const BUGS = 1
export const OVERFLOWS = 2
export const REFUSALS_AT = 8
export const BLOCKED_AT = REFUSALS_AT + REFUSAL_LABELS.length
export const LIMITS_AT = BLOCKED_AT + BLOCK_LABELS.length
export const UPSTREAMS_AT = LIMITS_AT + LIMIT_SLOTS_MAX
export const SERIES_AT = UPSTREAMS_AT + UPSTREAM_SLOTS_MAX * UPSTREAM_CELLS
const CELLS = SERIES_AT + SERIES_MAX * SERIES_CELLS
const CELL_BYTES = 8
const WORD_BYTES = 4

/** Words: how many series there are, then the key of each. */
export const USED = 0
export const KEYS_AT = 1
const WORDS = KEYS_AT + SERIES_MAX + 1
const THREAD_BYTES = CELLS * CELL_BYTES + WORDS * WORD_BYTES

/** One thread's counters. Only this thread writes them, so they need no locks. */
export interface ThreadCounters {
  readonly cells: Float64Array
  readonly words: Int32Array
}

export function createMetricMemory(threads: number): SharedArrayBuffer {
  return new SharedArrayBuffer(threads * THREAD_BYTES)
}

export function threadsOf(memory: SharedArrayBuffer): number {
  return memory.byteLength / THREAD_BYTES
}

export function countersOf(memory: SharedArrayBuffer, thread: number): ThreadCounters {
  const at = thread * THREAD_BYTES
  return {
    cells: new Float64Array(memory, at, CELLS),
    words: new Int32Array(memory, at + CELLS * CELL_BYTES, WORDS),
  }
}

/** Forgets what a thread that died had under way. What it counted stays. */
export function clearThreadMetrics(memory: SharedArrayBuffer, thread: number): void {
  countersOf(memory, thread).cells[ACTIVE] = 0
}

const METHOD_BITS = 3
const STATUS_BITS = 9
const STATUS_MIN = 100

/** What names a series, in 28 bits. */
export function seriesKey(routeSlot: number, methodIndex: number, status: number): number {
  return (((routeSlot << METHOD_BITS) | methodIndex) << STATUS_BITS) | (status - STATUS_MIN)
}

export function readSeriesKey(key: number) {
  return {
    routeSlot: key >>> (METHOD_BITS + STATUS_BITS),
    methodIndex: (key >>> STATUS_BITS) & ((1 << METHOD_BITS) - 1),
    status: (key & ((1 << STATUS_BITS) - 1)) + STATUS_MIN,
  }
}
