import { expect, test } from 'vitest'
import { endText } from '../../../../compiler/tools/keys/end-text.ts'

const NOON_MS = Date.UTC(2026, 10, 22, 12)

test.each([
  { given: '90d', written: '2027-02-21' },
  { given: '1d', written: '2026-11-24' },
  { given: '36h', written: '2026-11-24T00:00:00Z' },
  { given: '5m', written: '2026-11-22T12:05:00Z' },
  { given: '2027-01-31', written: '2027-01-31' },
  { given: '2027-01-31T08:00:00+02:00', written: '2027-01-31T08:00:00+02:00' },
])('$given becomes $written', ({ given, written }) => {
  expect(endText('--expires', given, NOON_MS)).toBe(written)
})

test('at midnight, days are no longer than they say', () => {
  expect(endText('--expires', '1d', Date.UTC(2026, 10, 22))).toBe('2026-11-23')
})

test.each(['tomorrow', '90', '0d', '-1d', '90w', '2027-02-30', ''])('"%s" is refused', (given) => {
  expect(() => endText('--expires', given, NOON_MS)).toThrow(/is neither a duration such as 90d nor a date/)
})

test.each(['2026-11-22', '2026-11-22T12:00:00Z'])('%s has passed', (given) => {
  expect(() => endText('--expires', given, NOON_MS)).toThrow(/has passed/)
})
