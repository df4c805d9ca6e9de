import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createTimer, createTimerWheel, type Timer, type TimerWheel } from '../../runtime/timer-wheel.ts'

const TICK_MS = 20

let nowMs = 1000
let faults: unknown[] = []
let wheel: TimerWheel

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  nowMs = 1000
  faults = []
  wheel = createTimerWheel(
    (error) => faults.push(error),
    () => nowMs,
  )
})

afterEach(() => {
  wheel.close()
  vi.useRealTimers()
})

/** Lets time pass as the wheel's interval sees it. */
function pass(ms: number): void {
  for (const endMs = nowMs + ms; nowMs < endMs;) {
    nowMs = Math.min(nowMs + 7, endMs)
    wheel.turn()
  }
}

function logged(log: string[], name: string): Timer {
  return createTimer(() => log.push(name))
}

describe('a deadline', () => {
  test.each([1, 19, 20, 21, 100, 9_999, 10_240, 10_260, 65_000])(
    'of %i ms is never early and at most a tick late',
    (delayMs) => {
      let firedAtMs = -1
      const timer = createTimer(() => (firedAtMs = nowMs))
      wheel.arm(timer, delayMs)
      const dueMs = nowMs + delayMs
      pass(delayMs + 3 * TICK_MS)
      expect(firedAtMs).toBeGreaterThanOrEqual(dueMs)
      expect(firedAtMs).toBeLessThanOrEqual(dueMs + TICK_MS + 7)
    },
  )

  test('fires once', () => {
    const log: string[] = []
    wheel.arm(logged(log, 'a'), 50)
    pass(30_000)
    expect(log).toEqual(['a'])
  })

  test('that is moved later fires at the later time only', () => {
    const log: string[] = []
    const timer = logged(log, 'a')
    wheel.arm(timer, 50)
    pass(40)
    wheel.arm(timer, 100)
    pass(90)
    expect(log).toEqual([])
    pass(40)
    expect(log).toEqual(['a'])
  })

  test('that is moved earlier fires at the earlier time only', () => {
    const log: string[] = []
    const timer = logged(log, 'a')
    wheel.arm(timer, 5000)
    pass(40)
    wheel.arm(timer, 50)
    pass(80)
    expect(log).toEqual(['a'])
    pass(20_000)
    expect(log).toEqual(['a'])
  })

  test('that is taken away does not fire, and can be set again', () => {
    const log: string[] = []
    const timer = logged(log, 'a')
    wheel.arm(timer, 50)
    wheel.cancel(timer)
    wheel.cancel(timer)
    pass(100)
    wheel.arm(timer, Infinity)
    pass(100)
    expect(log).toEqual([])
    wheel.arm(timer, 50)
    pass(100)
    expect(log).toEqual(['a'])
  })

  test('of no time at all comes at the next tick, not inside the call', () => {
    const log: string[] = []
    wheel.arm(logged(log, 'a'), -5)
    expect(log).toEqual([])
    pass(2 * TICK_MS)
    expect(log).toEqual(['a'])
  })

  test('that passed while the process stood still fires at the next turn', () => {
    const log: string[] = []
    wheel.arm(logged(log, 'short'), 30)
    wheel.arm(logged(log, 'long'), 40_000)
    nowMs += 39_000
    wheel.turn()
    expect(log).toEqual(['short'])
    pass(1100)
    expect(log).toEqual(['short', 'long'])
  })
})

describe('an onDue', () => {
  test('may arm its own timer again', () => {
    let count = 0
    const timer: Timer = createTimer(() => {
      count++
      wheel.arm(timer, 100)
    })
    wheel.arm(timer, 100)
    pass(1000)
    expect(count).toBeGreaterThanOrEqual(7)
    expect(count).toBeLessThanOrEqual(10)
  })

  test('may cancel a timer that is due at the same tick', () => {
    const log: string[] = []
    const second = logged(log, 'second')
    const first = createTimer(() => wheel.cancel(second))
    wheel.arm(first, 50)
    wheel.arm(second, 50)
    wheel.arm(logged(log, 'third'), 50)
    pass(100)
    expect(log).toEqual(['third'])
  })

  test('that throws does not stop the others', () => {
    const log: string[] = []
    const bad = createTimer(() => {
      throw new Error('bad')
    })
    wheel.arm(bad, 50)
    wheel.arm(logged(log, 'good'), 50)
    pass(100)
    expect(log).toEqual(['good'])
    expect(faults).toEqual([new Error('bad')])
  })
})

describe('the interval', () => {
  test('runs only while something is armed', () => {
    expect(vi.getTimerCount()).toBe(0)
    const timer = createTimer(() => {})
    wheel.arm(timer, 100)
    wheel.arm(
      createTimer(() => {}),
      200,
    )
    expect(vi.getTimerCount()).toBe(1)
    pass(150)
    expect(vi.getTimerCount()).toBe(1)
    pass(150)
    expect(vi.getTimerCount()).toBe(0)
    wheel.arm(timer, 100)
    expect(vi.getTimerCount()).toBe(1)
    wheel.cancel(timer)
    wheel.turn()
    expect(vi.getTimerCount()).toBe(0)
  })

  test('drives the wheel by itself', () => {
    const log: string[] = []
    wheel.arm(logged(log, 'a'), 50)
    nowMs += 70
    vi.advanceTimersByTime(TICK_MS)
    expect(log).toEqual(['a'])
  })

  test('stops with close, and nothing fires after it', () => {
    const log: string[] = []
    wheel.arm(logged(log, 'a'), 50)
    wheel.close()
    expect(vi.getTimerCount()).toBe(0)
    pass(100)
    expect(log).toEqual([])
  })
})

test('many timers that are armed, moved and cancelled at random fire as a sorted list would', () => {
  let seed = 12_345
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fff_ffff
    return seed % below
  }
  const due = new Map<number, number>()
  const problems: string[] = []
  const timers = Array.from({ length: 200 }, (_, i) =>
    createTimer(() => {
      const dueMs = due.get(i) ?? Infinity
      if (dueMs > nowMs) problems.push(`${i} fired at ${nowMs}, due at ${dueMs}`)
      due.delete(i)
    }),
  )
  for (let step = 0; step < 5000; step++) {
    const i = random(timers.length)
    const timer = timers[i] as Timer
    if (random(4) === 0) {
      wheel.cancel(timer)
      due.delete(i)
    } else {
      const delayMs = random(random(10) === 0 ? 30_000 : 500)
      wheel.arm(timer, delayMs)
      due.set(i, nowMs + delayMs)
    }
    nowMs += random(15)
    wheel.turn()
    for (const [late, dueMs] of due) if (dueMs < nowMs - 2 * TICK_MS) problems.push(`${late} is late at ${nowMs}`)
  }
  expect(problems).toEqual([])
})
