import { expect, test } from 'vitest'
import { createCalendar } from '../../../runtime/limits/calendar.ts'

test('a day and a month end where the next begins, in UTC, in whatever order they are asked for', () => {
  const calendar = createCalendar()
  let seed = 1
  for (let i = 0; i < 5000; i++) {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fff_ffff
    const date = new Date(Date.UTC(2024, 0, 1) + (seed / 0x7fff_ffff) * 2000 * 86_400_000)
    const wallMs = date.getTime()
    const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()]
    expect(calendar.endOf(wallMs, false)).toBe(Date.UTC(year, month, day + 1))
    expect(calendar.endOf(wallMs, true)).toBe(Date.UTC(year, month + 1))
    expect(calendar.windowOf(wallMs, true)).toBe((year - 1970) * 12 + month)
    expect(calendar.windowOf(wallMs, false)).toBe(Math.floor(Date.UTC(year, month, day) / 86_400_000))
  }
})

test.each([
  ['2026-12-31T23:59:59.999Z', '2027-01-01'],
  ['2027-01-01T00:00:00.000Z', '2027-02-01'],
  ['2028-02-29T12:00:00.000Z', '2028-03-01'],
])('the month of %s ends at %s', (at, end) => {
  expect(createCalendar().endOf(Date.parse(at), true)).toBe(Date.parse(end))
})
