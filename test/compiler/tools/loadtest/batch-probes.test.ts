import { expect, test } from 'vitest'
import { batchProbes } from '../../../../compiler/tools/loadtest/batch-probes.ts'
import type { LimitTable, Probe } from '../../../../compiler/tools/loadtest/choose-probes.ts'
import type { LimitRow } from '../../../../schemas/table.ts'

const ROW: LimitRow = {
  name: 'rate',
  counter: 'rate',
  kind: 'rate',
  per: 'key',
  count: 1,
  burst: 1,
  periodMs: 1000,
  weighted: true,
  shown: true,
}

/** Two keys of one tenant with a rate of their own each (0 and 1), which share one (2), and two routes with one each. */
const TABLE: LimitTable = {
  limits: Array.from({ length: 5 }, () => ROW),
  limitSets: [{ limits: [0, 2] }, { limits: [1, 2] }],
  keys: [{ limitSet: 0 }, { limitSet: 1 }],
  routes: [
    { limits: [3], cost: 1 },
    { limits: [4], cost: 1 },
  ],
}

function probe(limit: number, ...calls: readonly (readonly [key: number, route: number])[]): Probe {
  const request = { method: 'GET', path: '/', headers: {}, body: null }
  return { limit, row: ROW, cost: 1, subject: '', calls: calls.map(([key, route]) => ({ key, route, request })) }
}

test('limits of other keys and other routes are tried under one table, shared ones under another', () => {
  const own = [probe(0, [0, 0]), probe(1, [1, 0])]
  const shared = probe(2, [0, 0], [1, 0])
  const routes = [probe(3, [0, 0]), probe(4, [0, 1])]
  expect(batchProbes(TABLE, [...own, shared, ...routes])).toEqual([own, [shared], routes])
})

test('a limit that calls of an earlier probe meet does not join it, even if its own calls do not meet that one', () => {
  const first = probe(0, [0, 0])
  const second = probe(3, [1, 0])
  expect(batchProbes(TABLE, [first, second])).toEqual([[first], [second]])
})
