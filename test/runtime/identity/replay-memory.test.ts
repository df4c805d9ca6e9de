import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import { createReplayBuffer, openReplayMemory, type ReplayMemory } from '../../../runtime/identity/replay-memory.ts'
import { bundled } from '../../support/bundled.ts'
import type { ReplayResult, ReplayTask } from './replaying-thread.ts'

const GRACE_MS = 60_000
const SMALL = { buckets: 4, ways: 8 }

function small(): ReplayMemory {
  return openReplayMemory(createReplayBuffer(SMALL), 0, SMALL)
}

describe('the memory of what was shown', () => {
  test('takes a subject once', () => {
    const memory = openReplayMemory(createReplayBuffer(), 0)
    expect(memory.remember('a', 1000, 0)).toBe('new')
    expect(memory.remember('a', 1000, 1)).toBe('seen')
    expect(memory.remember('b', 1000, 1)).toBe('new')
    expect(memory.remember('a', 9999, 999)).toBe('seen')
  })

  test('tells many subjects apart', () => {
    const memory = openReplayMemory(createReplayBuffer(), 0)
    const told = Array.from({ length: 20_000 }, (_, i) => memory.remember(`nonce ${i}`, 300_000, i))
    expect(new Set(told)).toEqual(new Set(['new']))
    const again = Array.from({ length: 20_000 }, (_, i) => memory.remember(`nonce ${i}`, 300_000, i))
    expect(new Set(again)).toEqual(new Set(['seen']))
  })

  test('is one for all views of its buffer, such as those of threads and of tables that are swapped', () => {
    const buffer = createReplayBuffer()
    expect(openReplayMemory(buffer, 0).remember('a', 1000, 0)).toBe('new')
    expect(openReplayMemory(buffer, 1).remember('a', 1000, 0)).toBe('seen')
    expect(openReplayMemory(buffer, 0).remember('a', 1000, 0)).toBe('seen')
  })

  test('still knows a subject a while after its time, for requests that have waited', () => {
    const memory = small()
    expect(memory.remember('a', 1000, 0)).toBe('new')
    expect(memory.remember('a', 1000, 1000 + GRACE_MS - 1)).toBe('seen')
    expect(memory.remember('a', 200_000, 1000 + GRACE_MS)).toBe('new')
  })

  test('gives up nothing that counts: when it is full it says so, until time has passed', () => {
    const memory = small()
    const told = Array.from({ length: 500 }, (_, i) => memory.remember(`${i}`, 1000, 0))
    const taken = told.filter((result) => result === 'new').length
    expect(taken).toBe(SMALL.buckets * SMALL.ways)
    expect(told.filter((result) => result === 'full')).toHaveLength(500 - taken)
    const again = told.map((_, i) => memory.remember(`${i}`, 1000, 500))
    expect(again).toEqual(told.map((result) => (result === 'new' ? 'seen' : 'full')))
    expect(memory.remember('500', 99_999, 1000 + GRACE_MS)).toBe('new')
  })

  test('nobody can know beforehand where a subject lies', () => {
    const placesOf = (): string => {
      const memory = small()
      return Array.from({ length: 100 }, (_, i) => memory.remember(`${i}`, 1000, 0)).join()
    }
    expect(new Set(Array.from({ length: 5 }, placesOf)).size).toBeGreaterThan(1)
  })

  test('goes on after a thread has died in the middle of remembering', () => {
    const buffer = createReplayBuffer(SMALL)
    const locks = new Int32Array(buffer, 16 + SMALL.buckets * SMALL.ways * 8, SMALL.buckets)
    locks.fill(3)
    const memory = openReplayMemory(buffer, 0, SMALL)
    memory.forgetThread(2)
    expect(memory.remember('a', 1000, 0)).toBe('new')
  })
})

test('of any number of threads that show one subject, exactly one is told that it is new', async () => {
  const threads = 3
  const room = { buckets: 64, ways: 32 }
  const rounds = 30
  const subjects = 400
  const buffer = createReplayBuffer(room)
  const barrier = new Int32Array(new SharedArrayBuffer(rounds * 4))
  const entry = bundled(join(import.meta.dirname, 'replaying-thread.ts'))
  const results = await Promise.all(
    Array.from({ length: threads }, (_, thread) => {
      const task: ReplayTask = { buffer, room, thread, threads, rounds, subjects, barrier }
      return new Promise<ReplayResult>((done, fail) => {
        const worker = new Worker(entry, { workerData: task })
        worker.once('message', (result: ReplayResult) => done(result))
        worker.once('error', fail)
      })
    }),
  )
  const sums = Array.from({ length: rounds }, (_, round) =>
    Array.from({ length: subjects }, (_, i) => results.reduce((sum, told) => sum + (told[round]?.[i] ?? 0), 0)),
  )
  expect(sums.flat().filter((sum) => sum !== 1)).toEqual([])
  // Each was first with some of them: they did run side by side.
  expect(results.every((told) => told.flat().includes(1))).toBe(true)
})
