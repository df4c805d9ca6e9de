import type { BlockMode, BlockRule } from '../../schemas/protect-row.ts'
import type { UpstreamFault } from '../upstream/types.ts'
import {
  ACTIVE,
  BLOCK_LABELS,
  BLOCKED_AT,
  BUCKET_SECONDS,
  BUGS,
  BYTES_IN,
  BYTES_OUT,
  countersOf,
  FAULT_LABELS,
  FAULTS,
  KEYS_AT,
  LIMITS_AT,
  METHOD_LABELS,
  OTHER_SERIES,
  OVERFLOWS,
  REFUSAL_LABELS,
  REFUSALS_AT,
  SERIES_AT,
  SERIES_CELLS,
  SERIES_MAX,
  seriesKey,
  SUM_MS,
  UPSTREAM_CELLS,
  UPSTREAMS_AT,
  USED,
  type CountedRefusal,
} from './metric-memory.ts'

/** What a thread counts. Slots are those of the plan that came with its table. */
export interface Metrics {
  /** A request is under way. */
  readonly begin: () => void
  /** It no longer is: once for each `begin`. */
  readonly end: () => void
  /**
   * What became of a request.
   *
   * @param routeSlot   `NO_ROUTE_SLOT` where none was found.
   * @param methodIndex From `methodIndexOf`.
   */
  readonly record: (
    routeSlot: number,
    methodIndex: number,
    status: number,
    durationMs: number,
    bytesIn: number,
    bytesOut: number,
  ) => void
  readonly refused: (code: CountedRefusal) => void
  readonly limited: (limitSlot: number) => void
  readonly blocked: (rule: BlockRule, mode: BlockMode) => void
  /** An upstream answered, or was waited for so long in vain. */
  readonly upstream: (upstreamSlot: number, durationMs: number) => void
  readonly upstreamFault: (upstreamSlot: number, fault: UpstreamFault) => void
  readonly bug: () => void
}

const METHODS: ReadonlyMap<string, number> = new Map(METHOD_LABELS.map((label, index) => [label, index]))
const BOUNDS_MS: readonly number[] = BUCKET_SECONDS.map((seconds) => seconds * 1000)

/** 0 for a method that has no label of its own. */
export function methodIndexOf(method: string): number {
  return METHODS.get(method) ?? 0
}

/**
 * Opens one thread's counters. A thread that takes the place of one that died counts on.
 *
 * @param memory Of all threads.
 */
export function openMetrics(memory: SharedArrayBuffer, thread: number): Metrics {
  const { cells, words } = countersOf(memory, thread)
  const rows = new Map<number, number>()
  const used = Math.max(OTHER_SERIES + 1, Atomics.load(words, USED))
  for (let row = OTHER_SERIES + 1; row < used; row++) rows.set(words[KEYS_AT + row] ?? 0, row)
  Atomics.store(words, USED, used)

  const add = (cell: number, amount: number): void => {
    cells[cell] = (cells[cell] ?? 0) + amount
  }
  const observe = (at: number, durationMs: number): void => {
    let bucket = 0
    while (bucket < BOUNDS_MS.length && durationMs > (BOUNDS_MS[bucket] ?? 0)) bucket++
    add(at + bucket, 1)
    add(at + SUM_MS, durationMs)
  }
  const addRow = (key: number): number => {
    const row = Atomics.load(words, USED)
    if (row >= SERIES_MAX) {
      add(OVERFLOWS, 1)
      return OTHER_SERIES
    }
    rows.set(key, row)
    words[KEYS_AT + row] = key
    // The main thread reads no row before it is counted here.
    Atomics.store(words, USED, row + 1)
    return row
  }

  return {
    begin: () => add(ACTIVE, 1),
    end: () => add(ACTIVE, -1),
    record: (routeSlot, methodIndex, status, durationMs, bytesIn, bytesOut) => {
      const key = seriesKey(routeSlot, methodIndex, status)
      const at = SERIES_AT + (rows.get(key) ?? addRow(key)) * SERIES_CELLS
      observe(at, durationMs)
      add(at + BYTES_IN, bytesIn)
      add(at + BYTES_OUT, bytesOut)
    },
    refused: (code) => add(REFUSALS_AT + REFUSAL_LABELS.indexOf(code), 1),
    limited: (limitSlot) => add(LIMITS_AT + limitSlot, 1),
    blocked: (rule, mode) =>
      add(BLOCKED_AT + BLOCK_LABELS.findIndex((label) => label.rule === rule && label.mode === mode), 1),
    upstream: (upstreamSlot, durationMs) => observe(UPSTREAMS_AT + upstreamSlot * UPSTREAM_CELLS, durationMs),
    upstreamFault: (upstreamSlot, fault) => {
      add(UPSTREAMS_AT + upstreamSlot * UPSTREAM_CELLS + FAULTS + FAULT_LABELS.indexOf(fault), 1)
    },
    bug: () => add(BUGS, 1),
  }
}
