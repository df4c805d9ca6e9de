import { parentPort, workerData } from 'node:worker_threads'
import { takeQuota, takeRate } from '../../../runtime/limits/counters.ts'
import { enter, enterWords, leave, leaveWords } from '../../../runtime/limits/in-flight.ts'
import { loadLimits, type LoadedLimit } from '../../../runtime/limits/load-limits.ts'
import type { SlotPlan } from '../../../runtime/limits/slots.ts'
import { viewLimits, type LimitMemory } from '../../../runtime/limits/state.ts'
import type { LimitRow } from '../../../schemas/table.ts'

/** What one thread is to do, and the memory that all of them do it in. */
export interface CountingTask {
  readonly memory: LimitMemory
  readonly plan: SlotPlan
  readonly thread: number
  readonly threads: number
  readonly limit: LimitRow
  readonly kind: 'take' | 'take-address' | 'enter' | 'enter-address' | 'keep' | 'keep-address'
  readonly rounds: number
  readonly tries: number
  /** A number for each round, of the threads that are ready for it; then those inside, and the most there ever were. */
  readonly barrier: Int32Array
}

/** For each round how many tries passed, and how many were inside with this one at most. */
export interface CountingResult {
  readonly passed: number[]
  readonly insideMax: number
}

const NOW_MS = 1_000_000
/** So that the threads do not go in step. */
const SPINS_MAX = 64

// Safe: the test that starts the thread passes this.
const task = workerData as CountingTask
const { memory, plan, thread, threads, barrier, rounds } = task
const state = viewLimits(memory, plan, thread, threads)
const [limit] = loadLimits({ limits: [task.limit] }, state)
let insideMax = 0
let spins = thread

function run(loaded: LoadedLimit): CountingResult {
  const passed: number[] = []
  for (let round = 0; round < rounds; round++) {
    meet(round)
    let count = 0
    for (let i = 0; i < task.tries; i++) if (tryOnce(loaded, round)) count++
    passed.push(count)
  }
  return { passed, insideMax }
}

/** All threads begin a round at one moment. */
function meet(round: number): void {
  Atomics.add(barrier, round, 1)
  while (Atomics.load(barrier, round) < threads);
}

function tryOnce(loaded: LoadedLimit, round: number): boolean {
  const words = Int32Array.of(0, 0, 0xffff, round)
  switch (task.kind) {
    case 'take':
      return take(loaded, state.cells, round)
    case 'take-address':
      return take(loaded, state.addresses.cells, state.addresses.find(words, -loaded.number, NOW_MS))
    case 'enter':
      if (!enter(loaded, round)) return false
      stayInside()
      leave(loaded, round)
      spin()
      return true
    case 'enter-address':
      if (!enterWords(loaded, words, NOW_MS)) return false
      stayInside()
      leaveWords(loaded, words, NOW_MS)
      spin()
      return true
    case 'keep':
      return enter(loaded, round)
    case 'keep-address':
      return enterWords(loaded, words, NOW_MS)
  }
}

function take(loaded: LoadedLimit, cells: BigInt64Array, at: number): boolean {
  const takeOne = loaded.row.kind === 'rate' ? takeRate : takeQuota
  return takeOne(loaded, cells, at, 1, NOW_MS) === 0
}

function stayInside(): void {
  insideMax = Math.max(insideMax, Atomics.add(barrier, rounds, 1) + 1)
  spin()
  Atomics.sub(barrier, rounds, 1)
}

function spin(): void {
  spins = (spins * 5 + 3) % SPINS_MAX
  for (let i = 0; i < spins; i++) Atomics.load(barrier, rounds)
}

if (limit === undefined) throw new Error('there is a row, so there is a limit')
parentPort?.postMessage(run(limit))
