import { expect, test } from 'vitest'
import { expectQuota, expectRate, holds, windowsBetween } from '../../../../compiler/tools/loadtest/expect-limit.ts'
import type { LimitRow } from '../../../../schemas/table.ts'

function row(changes: Partial<LimitRow>): LimitRow {
  return {
    name: 'rate',
    counter: 'key rate',
    kind: 'rate',
    per: 'key',
    count: 600,
    burst: 20,
    periodMs: 60_000,
    weighted: true,
    shown: true,
    ...changes,
  }
}

function window(firstSentMs: number, firstReceivedMs: number, lastRefusedSentMs: number, lastReceivedMs: number) {
  return { firstSentMs, firstReceivedMs, lastRefusedSentMs, lastReceivedMs }
}

test('a rate lets its burst through, and what comes back between the first and the last look at it', () => {
  // 10 a second: 990 ms bring 9 back for sure, 1010 ms may bring 10.
  expect(expectRate(row({}), 1, window(0, 5, 995, 1010))).toEqual([29, 30])
  expect(expectRate(row({}), 1, window(0, 0, 0, 0))).toEqual([20, 20])
})

test('requests that cost more are fewer', () => {
  expect(expectRate(row({}), 3, window(0, 0, 1000, 1000))).toEqual([10, 10])
  expect(expectRate(row({}), 3, window(0, 0, 0, 0))).toEqual([6, 6])
})

test('where nothing was refused, only the burst is sure', () => {
  expect(expectRate(row({}), 1, window(0, 5, -Infinity, 1000))).toEqual([20, 30])
})

test('a quota is its number, once for each calendar window', () => {
  const quota = row({ kind: 'quota', count: 100, burst: 100, periodMs: 86_400_000 })
  expect(expectQuota(quota, 1, 1)).toEqual([100, 100])
  expect(expectQuota(quota, 3, 1)).toEqual([33, 33])
  expect(expectQuota(quota, 1, 2)).toEqual([100, 200])
})

test('windows are days and months in UTC', () => {
  const at = (text: string): number => Date.parse(text)
  const day = row({ periodMs: 86_400_000 })
  const month = row({ periodMs: 0 })
  expect(windowsBetween(day, at('2026-12-31T23:59:58Z'), at('2026-12-31T23:59:59Z'))).toBe(1)
  expect(windowsBetween(day, at('2026-12-31T23:59:59Z'), at('2027-01-01T00:00:01Z'))).toBe(2)
  expect(windowsBetween(month, at('2026-11-30T23:59:59Z'), at('2026-12-01T00:00:01Z'))).toBe(2)
  expect(windowsBetween(month, at('2026-12-31T23:59:59Z'), at('2027-01-01T00:00:01Z'))).toBe(2)
  expect(windowsBetween(month, at('2026-12-01T00:00:00Z'), at('2026-12-31T23:59:59Z'))).toBe(1)
})

test.each([
  { what: 'exactly what may pass', allowed: 20, refused: 5, wanted: true },
  { what: 'one more than may pass', allowed: 22, refused: 5, wanted: false },
  { what: 'one more than may pass, and no refusal', allowed: 22, refused: 0, wanted: false },
  { what: 'one less than must pass', allowed: 19, refused: 5, wanted: false },
  { what: 'less than may pass, because no more was asked', allowed: 19, refused: 0, wanted: true },
])('$what', ({ allowed, refused, wanted }) => {
  expect(holds(allowed, refused, [20, 21])).toBe(wanted)
})
