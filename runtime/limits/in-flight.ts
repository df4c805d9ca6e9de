import { counterOfThread } from './address-table.ts'
import type { LoadedLimit } from './load-limits.ts'
import type { LimitState } from './state.ts'

/** Threads that count at the same moment may each see the other's request: then both step back and look again. */
const TRIES_MAX = 100

/**
 * Counts one more request in flight, unless there are as many as may be. Each thread counts in a row of its own, so that the
 * row can be cleared when the thread dies.
 *
 * @returns True when it was counted.
 */
export function enter(limit: LoadedLimit, cell: number): boolean {
  const { state, row } = limit
  const mine = cell * state.threads + state.thread
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    if (sumOf(state, cell) >= row.count) return false
    Atomics.add(state.inFlight, mine, 1)
    if (sumOf(state, cell) <= row.count) return true
    Atomics.sub(state.inFlight, mine, 1)
  }
  return false
}

export function leave({ state }: LoadedLimit, cell: number): void {
  Atomics.sub(state.inFlight, cell * state.threads + state.thread, 1)
}

function sumOf({ inFlight, threads }: LimitState, cell: number): number {
  let sum = 0
  for (let i = cell * threads; i < (cell + 1) * threads; i++) sum += Atomics.load(inFlight, i)
  return sum
}

/** As `enter`, for a subject of the shared table. */
export function enterWords(limit: LoadedLimit, words: Int32Array, nowMs: number): boolean {
  const { state, row } = limit
  const { addresses } = state
  const mine = addresses.find(words, counterOfThread(limit.number, state.thread), nowMs)
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    if (sumOfWords(limit, words) >= row.count) return false
    Atomics.add(addresses.inFlight, mine, 1)
    // An entry with something in flight must not give way to another subject.
    addresses.fullAtMs[mine] = Infinity
    if (sumOfWords(limit, words) <= row.count) return true
    leaveEntry(limit, mine, nowMs)
  }
  return false
}

export function leaveWords(limit: LoadedLimit, words: Int32Array, nowMs: number): void {
  const { state } = limit
  const entry = state.addresses.look(words, counterOfThread(limit.number, state.thread))
  if (entry >= 0) leaveEntry(limit, entry, nowMs)
}

function leaveEntry({ state }: LoadedLimit, entry: number, nowMs: number): void {
  const { addresses } = state
  if (Atomics.load(addresses.inFlight, entry) === 0) return
  if (Atomics.sub(addresses.inFlight, entry, 1) === 1) addresses.fullAtMs[entry] = nowMs
}

function sumOfWords({ state, number }: LoadedLimit, words: Int32Array): number {
  const { addresses, threads } = state
  let sum = 0
  for (let thread = 0; thread < threads; thread++) {
    const entry = addresses.look(words, counterOfThread(number, thread))
    if (entry >= 0) sum += Atomics.load(addresses.inFlight, entry)
  }
  return sum
}
