import { expect, test } from 'vitest'
import {
  parseCount,
  parseDuration,
  parseInstant,
  parseQuota,
  parseRate,
  parseSize,
  quantityOf,
} from '../../../compiler/2-validate/units.ts'

test.each([
  ['250ms', 250],
  ['2s', 2_000],
  ['5m', 300_000],
  ['1h', 3_600_000],
  ['30d', 2_592_000_000],
  ['1_500ms', 1_500],
])('the duration %s is %i ms', (text, ms) => expect(parseDuration(text)).toBe(ms))

test.each([
  ['1B', 1],
  ['64KB', 64_000],
  ['1MB', 1_000_000],
  ['1GB', 1_000_000_000],
  ['16KiB', 16_384],
  ['1MiB', 1_048_576],
])('the size %s is %i bytes', (text, bytes) => expect(parseSize(text)).toBe(bytes))

test('rates and quotas have a number and a period', () => {
  expect(parseRate('6_000/min')).toEqual({ count: 6_000, periodMs: 60_000 })
  expect(parseRate('100/s')).toEqual({ count: 100, periodMs: 1_000 })
  expect(parseRate('500/h')).toEqual({ count: 500, periodMs: 3_600_000 })
  expect(parseQuota('10_000/day')).toEqual({ count: 10_000, window: 'day' })
  expect(parseQuota('1_000_000/month')).toEqual({ count: 1_000_000, window: 'month' })
})

test('counts may be grouped', () => {
  expect(parseCount(64)).toBe(64)
  expect(parseCount('1_000')).toBe(1_000)
})

test.each([
  ['2027-01-31', '2027-01-31T00:00:00.000Z'],
  ['2028-02-29', '2028-02-29T00:00:00.000Z'],
  ['2027-01-31T12:00:00Z', '2027-01-31T12:00:00.000Z'],
  ['2027-01-31t12:00:00z', '2027-01-31T12:00:00.000Z'],
  ['2027-01-31T12:00:00.25+02:00', '2027-01-31T10:00:00.250Z'],
  ['2027-01-31T00:30:00-01:00', '2027-01-31T01:30:00.000Z'],
])('%s is the instant %s', (text, iso) => expect(new Date(parseInstant(text) ?? NaN).toISOString()).toBe(iso))

test.each([
  ['2027-02-29'],
  ['2027-13-01'],
  ['2027-00-10'],
  ['2027-01-32'],
  ['27-01-31'],
  ['2027-01-31T24:00:00Z'],
  ['2027-01-31T12:60:00Z'],
  ['2027-01-31T12:00:60Z'],
  ['2027-01-31T12:00:00'],
  ['2027-01-31T12:00Z'],
  ['2027-01-31T12:00:00+99:99'],
  ['2027-01-31 12:00:00Z'],
  ['tomorrow'],
  [''],
])('%s is no instant', (text) => expect(parseInstant(text)).toBeNull())

test('quantities of different units can be compared, other texts have none', () => {
  expect(quantityOf('1h')).toBe(quantityOf('60m'))
  expect(quantityOf('1MB')).toBe(quantityOf('1000KB'))
  expect(quantityOf('soon')).toBeNull()
  expect(quantityOf('5 parsecs')).toBeNull()
})

test('what the schema should not have let through is a bug, not a number', () => {
  expect(() => parseDuration('2 s')).toThrow('not of the form')
  expect(() => parseDuration('2y')).toThrow('not a unit')
})
