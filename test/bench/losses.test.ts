import { expect, test } from 'vitest'
import { findLosses, type Books } from './losses.ts'

const LINE = '{"status":200,"key":"caller-0"}'
const CLIENTS = 4
const GOOD: Books = { requests: 100, bad: 0, forwarded: 103, logged: 104, dropped: 0, measured: 104 }

test('books that hold every request lose nothing', () => {
  expect(findLosses(GOOD, LINE, CLIENTS)).toEqual([])
  expect(findLosses({ ...GOOD, logged: 103, measured: 103 }, LINE, CLIENTS)).toEqual([])
})

test('a request that the upstream got and the log lacks is lost, even when its caller was cut off', () => {
  expect(findLosses({ ...GOOD, logged: 102 }, LINE, CLIENTS)).toEqual([
    'the access log holds 102 requests, not 103 to 104',
  ])
})

test('a line that was given up and counted is not lost', () => {
  expect(findLosses({ ...GOOD, logged: 90, dropped: 13 }, LINE, CLIENTS)).toEqual([])
})

test('a request that was answered and the metrics lack is lost', () => {
  expect(findLosses({ ...GOOD, forwarded: 0, measured: 99 }, LINE, CLIENTS)).toEqual([
    '/metrics holds 99 requests, not 100 to 104',
  ])
})

test('metrics without the series are no proof', () => {
  expect(findLosses({ ...GOOD, measured: NaN }, LINE, CLIENTS)).toEqual(['/metrics holds NaN requests, not 103 to 104'])
})

test('a candidate without metrics is judged by its log', () => {
  expect(findLosses({ ...GOOD, measured: null }, LINE, CLIENTS)).toEqual([])
})

test('lines for more requests than were made are wrong', () => {
  expect(findLosses({ ...GOOD, logged: 105 }, LINE, CLIENTS)).toHaveLength(1)
})

test('bad answers and a log without what it should say are told', () => {
  expect(findLosses({ ...GOOD, bad: 2 }, '{"status":200}', CLIENTS)).toEqual([
    '2 answers were bad',
    'the access log ends with "{\\"status\\":200}"',
  ])
  expect(findLosses(GOOD, '{"status":200,"ke', CLIENTS)).toHaveLength(1)
})
