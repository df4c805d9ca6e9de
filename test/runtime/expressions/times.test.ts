import { expect, test } from 'vitest'
import { evaluate } from '../../support/expressions.ts'

const at = (time: string): string => `timestamp("${time}")`

test.each([
  ['an hour ahead in winter', `${at('2026-01-01T11:30:00Z')}.getHours("Europe/Berlin") == 12`],
  ['two hours ahead in summer', `${at('2026-07-01T11:30:00Z')}.getHours("Europe/Berlin") == 13`],
  ['the next day begins at midnight there', `${at('2026-06-30T22:00:00Z')}.getDate("Europe/Berlin") == 1`],
  ['its hour is 0', `${at('2026-06-30T22:00:00Z')}.getHours("Europe/Berlin") == 0`],
  ['the year before, west of it', `${at('2026-01-01T00:00:00Z')}.getFullYear("America/New_York") == 2025`],
  ['a clock behind by half an hour', `${at('2026-01-01T00:00:00Z')}.getMinutes("+05:30") == 30`],
  ['seconds of local mean time long ago', `${at('1850-01-01T00:00:00Z')}.getSeconds("Europe/Berlin") == 28`],
  ['milliseconds stay', `${at('2026-01-01T00:00:00.789Z')}.getMilliseconds("Asia/Kolkata") == 789`],
  ['before 1970, cut downwards', `${at('1969-12-31T23:59:59.250Z')}.getMilliseconds() == 250`],
  ['Sunday is 0', `${at('2026-11-22T00:00:00Z')}.getDayOfWeek() == 0`],
  ['months begin at 0', `${at('2026-11-22T00:00:00Z')}.getMonth() == 10`],
  ['so do days of a year', `${at('2028-12-31T12:00:00Z')}.getDayOfYear() == 365`],
  ['the hours of a duration are all of them', 'duration("49h30m").getHours() == 49'],
  ['a time may be far', `${at('9999-12-31T23:59:59.999999999Z')} > ${at('0001-01-01T00:00:00Z')}`],
  ['text of a time', `string(${at('2026-01-01T00:00:00.120Z')}) == "2026-01-01T00:00:00.120Z"`],
  ['text of a duration', 'string(duration("-1h0.5s")) == "-3600.500s"'],
])('%s', (_, text) => {
  expect(evaluate(text)).toBe(true)
})

test.each([
  `${at('9999-12-31T23:59:59Z')} + duration("1s") != ${at('2026-01-01T00:00:00Z')}`,
  `${at('0001-01-01T00:00:00Z')} - duration("1ns") != ${at('2026-01-01T00:00:00Z')}`,
  `${at('9999-01-01T00:00:00Z')} - ${at('0001-01-01T00:00:00Z')} > duration("1s")`,
  `${at('10000-01-01T00:00:00Z')}.getFullYear() > 1`,
  `${at('2026-02-30T00:00:00Z')}.getFullYear() > 1`,
  `${at('2026-01-01 00:00:00Z')}.getFullYear() > 1`,
  `${at('2026-01-01T00:00:00')}.getFullYear() > 1`,
  'timestamp(253402300800) > timestamp(0)',
  'duration("9223372037s") > duration("1s")',
  'duration("1") > duration("1s")',
  'duration("1x") > duration("1s")',
  'duration("") > duration("1s")',
])('%s is an error', (text) => {
  expect(evaluate(text)).toBeUndefined()
})
