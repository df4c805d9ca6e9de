import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { buildSync } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { enter, enterWords } from '../../../runtime/limits/in-flight.ts'
import { loadLimits } from '../../../runtime/limits/load-limits.ts'
import { createSlotBook, type SlotPlan } from '../../../runtime/limits/slots.ts'
import { cellsOf, clearThread, createLimitMemory, viewLimits, type LimitMemory } from '../../../runtime/limits/state.ts'
import type { LimitRow } from '../../../schemas/table.ts'
import type { CountingResult, CountingTask } from './counting-thread.ts'

const THREADS = 2
/** Often enough that the threads meet in the middle of each other's steps, also where they share a core with others. */
const TAKING = { rounds: 200, tries: 1000 }
const ENTERING = { rounds: 40, tries: 10_000 }

let folder = ''
let entry = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keysmith-threads-'))
  entry = join(folder, 'counting-thread.mjs')
  const source = join(import.meta.dirname, 'counting-thread.ts')
  buildSync({ entryPoints: [source], outfile: entry, bundle: true, platform: 'node', format: 'esm' })
})
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

interface Shared {
  readonly memory: LimitMemory
  readonly plan: SlotPlan
}

/** Memory with a counter for each round. */
function share(limit: LimitRow): Shared {
  const memory = createLimitMemory(0, THREADS)
  const keys = Array.from({ length: TAKING.rounds }, (_, i) => ({ id: `${i}` }))
  const table = { keys, tenants: [], limits: [limit] }
  const plan = createSlotBook(cellsOf(memory)).plan(table)
  if (plan === null) throw new Error('there is room for one limit')
  return { memory, plan }
}

function rowOf(kind: LimitRow['kind'], per: LimitRow['per'], count: number): LimitRow {
  const periodMs = kind === 'concurrency' ? 0 : kind === 'quota' ? 86_400_000 : 60_000
  return { name: kind, counter: kind, kind, per, count, burst: count, periodMs, weighted: false, shown: true }
}

/** Starts the threads, each of which tries so often in each round, and waits for what they say. */
function countTogether(
  { memory, plan }: Shared,
  limit: LimitRow,
  kind: CountingTask['kind'],
  { rounds, tries }: Pick<CountingTask, 'rounds' | 'tries'>,
): Promise<CountingResult[]> {
  const barrier = new Int32Array(new SharedArrayBuffer((rounds + 1) * 4))
  return Promise.all(
    Array.from({ length: THREADS }, (_, thread) => {
      const task: CountingTask = { memory, plan, thread, threads: THREADS, limit, kind, rounds, tries, barrier }
      return new Promise<CountingResult>((done, fail) => {
        const worker = new Worker(entry, { workerData: task })
        worker.once('message', (result: CountingResult) => done(result))
        worker.once('error', fail)
      })
    }),
  )
}

function sumsOf(results: readonly CountingResult[]): number[] {
  return Array.from({ length: results[0]?.passed.length ?? 0 }, (_, round) =>
    results.reduce((sum, { passed }) => sum + (passed[round] ?? 0), 0),
  )
}

describe('two threads that count in one memory', () => {
  test.each([
    ['a burst', 'rate', 'key', 'take'],
    ['a quota', 'quota', 'key', 'take'],
    ['a burst of an address', 'rate', 'address', 'take-address'],
    ['a quota of an address', 'quota', 'address', 'take-address'],
  ] as const)('let exactly 100 of 2 000 requests through %s of 100', async (_, kind, per, how) => {
    const limit = rowOf(kind, per, 100)
    const results = await countTogether(share(limit), limit, how, TAKING)
    expect(sumsOf(results)).toEqual(Array<number>(TAKING.rounds).fill(100))
    // Each had a part in some round: they did run side by side.
    expect(results.every(({ passed }) => passed.some((count) => count > 0))).toBe(true)
  })

  test.each([
    ['key', 1, 'enter'],
    ['key', 2, 'enter'],
    ['address', 1, 'enter-address'],
  ] as const)('never let more in flight than may be: per %s, %i', async (per, count, how) => {
    const limit = rowOf('concurrency', per, count)
    const results = await countTogether(share(limit), limit, how, ENTERING)
    expect(Math.max(...results.map(({ insideMax }) => insideMax))).toBeLessThanOrEqual(count)
    // Nothing was left behind: in every round some came through.
    expect(Math.min(...sumsOf(results))).toBeGreaterThan(0)
  })

  test.each([
    ['a key', 'key', 'keep'],
    ['an address', 'address', 'keep-address'],
  ] as const)('hold exactly as many in flight as may be, of %s', async (_, per, how) => {
    const limit = rowOf('concurrency', per, 100)
    const results = await countTogether(share(limit), limit, how, TAKING)
    expect(sumsOf(results)).toEqual(Array<number>(TAKING.rounds).fill(100))
  })
})

describe('a thread that died', () => {
  test.each([
    ['a key', 'key', 'keep'],
    ['an address', 'address', 'keep-address'],
  ] as const)('has nothing in flight any more of %s, and the others have what they had', async (_, per, how) => {
    const limit = rowOf('concurrency', per, 100)
    const shared = share(limit)
    const [first, second] = await countTogether(shared, limit, how, { ...TAKING, rounds: 40 })
    const state = viewLimits(shared.memory, shared.plan, 0, THREADS)
    const [loaded] = loadLimits({ limits: [limit] }, state)
    if (loaded === undefined || first === undefined || second === undefined) throw new Error('nothing was counted')
    const enterOnce = (round: number): boolean =>
      per === 'key' ? enter(loaded, round) : enterWords(loaded, Int32Array.of(0, 0, 0xffff, round), 1)

    for (let round = 0; round < 40; round++) expect(enterOnce(round)).toBe(false)
    clearThread(shared.memory, 1, THREADS)
    for (let round = 0; round < 40; round++) {
      let more = 0
      while (enterOnce(round)) more++
      expect([round, more]).toEqual([round, second.passed[round]])
      expect((first.passed[round] ?? 0) + more).toBe(100)
    }
  })
})
