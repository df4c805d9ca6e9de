import { afterEach, beforeEach, expect } from 'vitest'
import type { Answer } from '../../runtime/answer.ts'
import type { Exchange } from '../../runtime/exchange.ts'
import { openAnswer } from '../../runtime/respond.ts'
import { createTimerWheel, type TimerWheel } from '../../runtime/timer-wheel.ts'
import { createFakeResponse, type FakeResponse } from './fake-response.ts'
import { readAnswer, type ReadAnswer } from './read-answer.ts'

// Safe: the writer hands the exchange on and does not look into it.
const EXCHANGE = {} as Exchange

/** One answer, the engine under it, and what the writer told. */
export interface Run {
  readonly fake: FakeResponse
  readonly answer: Answer
  /** In order: "end", "gone", "room", "slow", or "bug: …". */
  readonly told: string[]
  readonly read: (options?: { readonly hasBody?: boolean }) => ReadAnswer
}

export interface RunOptions {
  readonly socketBytes?: number
  readonly heldBytes?: number
  /** What happens in the engine's handler. */
  readonly inHandler?: (answer: Answer) => void
  readonly onRoom?: (answer: Answer) => void
  readonly onSlowBody?: (answer: Answer) => void
}

export interface Runs {
  readonly run: (options?: RunOptions) => Run
  /** Lets time pass. */
  readonly pass: (ms: number) => void
}

/** Runs answers on a clock of their own. After each test no rule of the engine may have been broken. */
export function answerRuns(): Runs {
  let nowMs = 0
  let wheel: TimerWheel
  let runs: Run[] = []
  beforeEach(() => {
    nowMs = 0
    runs = []
    wheel = createTimerWheel(
      (error) => {
        throw error
      },
      () => nowMs,
    )
  })
  afterEach(() => {
    wheel.close()
    for (const { fake, told } of runs) {
      expect(fake.faults).toEqual([])
      expect(told.filter((event) => event.startsWith('bug'))).toEqual([])
      expect(told.filter((event) => event === 'end' || event === 'gone').length).toBeLessThan(2)
    }
  })

  return {
    run: ({ inHandler, onRoom, onSlowBody, ...socket } = {}) => {
      const fake = createFakeResponse(socket)
      const told: string[] = []
      const events = {
        onEnd: () => void told.push('end'),
        onGone: () => void told.push('gone'),
        onRoom: (one: Answer) => {
          told.push('room')
          onRoom?.(one)
        },
        onSlowBody: (one: Answer) => {
          told.push('slow')
          onSlowBody?.(one)
        },
        onBug: (_: Answer, error: unknown) => void told.push(`bug: ${String(error)}`),
      }
      let answer: Answer | null = null
      fake.handle(() => {
        answer = openAnswer(fake.response, EXCHANGE, wheel, events)
        inHandler?.(answer)
        answer.inHandler = false
      })
      if (answer === null) throw new Error('the handler did not run')
      const opened = { fake, answer, told, read: (options = {}) => readAnswer(fake.sent(), options) }
      runs.push(opened)
      return opened
    },
    pass: (ms) => {
      for (const endMs = nowMs + ms; nowMs < endMs;) {
        nowMs = Math.min(nowMs + 10, endMs)
        wheel.turn()
      }
    },
  }
}

/** What was put off to the loop's next turn. */
export function nextTurn(): Promise<void> {
  return new Promise((done) => setImmediate(done))
}

/** Bytes that differ from their neighbours, so that none can be lost, doubled or swapped unseen. */
export function bytesOf(length: number, start = 0): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, i) => ((start + i) * 7 + ((start + i) >> 8)) & 0xff))
}
