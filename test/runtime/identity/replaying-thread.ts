import { parentPort, workerData } from 'node:worker_threads'
import { openReplayMemory, type ReplayRoom } from '../../../runtime/identity/replay-memory.ts'

/** What one thread is to do, and the memory that all of them do it in. */
export interface ReplayTask {
  readonly buffer: SharedArrayBuffer
  readonly room: ReplayRoom
  readonly thread: number
  readonly threads: number
  readonly rounds: number
  /** Subjects in each round: every thread shows every one of them. */
  readonly subjects: number
  /** A number for each round, of the threads that are ready for it. */
  readonly barrier: Int32Array
}

/** By round and subject: 1 where this thread was told that it is new. */
export type ReplayResult = readonly (readonly number[])[]

const ROUND_MS = 1_000_000

// Safe: the test that starts the thread passes this.
const task = workerData as ReplayTask
const memory = openReplayMemory(task.buffer, task.thread, task.room)

function run(): ReplayResult {
  return Array.from({ length: task.rounds }, (_, round) => {
    Atomics.add(task.barrier, round, 1)
    while (Atomics.load(task.barrier, round) < task.threads);
    const nowMs = (round + 1) * ROUND_MS
    return Array.from({ length: task.subjects }, (_, i) =>
      memory.remember(`${round}-${i}`, nowMs + 1, nowMs) === 'new' ? 1 : 0,
    )
  })
}

parentPort?.postMessage(run())
