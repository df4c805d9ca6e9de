import { expect, test } from 'vitest'
import { judgeThresholds } from '../../../../compiler/tools/loadtest/judge-thresholds.ts'
import type { RouteResult } from '../../../../compiler/tools/loadtest/report.ts'

function result(route: string, rate: number, p99: number): RouteResult {
  const latencyMs = { p50: 1, p90: 2, p99, p999: p99, max: p99 }
  return {
    route,
    rate,
    latencyMs,
    requests: 1,
    statuses: {},
    bytes: 1,
    errors: 0,
    cpuMicrosPerRequest: 1,
    cpuSpread: 0,
  }
}

const ROUTES = [result('GET /a', 100, 5), result('GET /b', 50, 20)]

test('of what holds for all, the worst route is told', () => {
  const wanted = { all: { minRate: 60, p99Ms: 20, maxMemoryBytes: 100 * 2 ** 20 }, routes: new Map() }
  expect(judgeThresholds(wanted, ROUTES, 100)).toEqual([
    { name: 'min-rate', route: 'GET /b', wanted: 60, got: 50, holds: false },
    { name: 'p99', route: 'GET /b', wanted: 20, got: 20, holds: true },
    { name: 'max-memory', route: null, wanted: 100, got: 100, holds: true },
  ])
})

test("a route's own stands in place of that of all, for that route and that figure", () => {
  const wanted = { all: { minRate: 60, p99Ms: 10 }, routes: new Map([['GET /b', { p99Ms: 19 }]]) }
  expect(judgeThresholds(wanted, ROUTES, null)).toEqual([
    { name: 'min-rate', route: 'GET /b', wanted: 60, got: 50, holds: false },
    { name: 'p99', route: 'GET /a', wanted: 10, got: 5, holds: true },
    { name: 'p99', route: 'GET /b', wanted: 19, got: 20, holds: false },
  ])
})

test('what was not measured does not hold', () => {
  const wanted = { all: { minRate: 1, maxMemoryBytes: 1 }, routes: new Map([['GET /c', { minRate: 1 }]]) }
  expect(judgeThresholds(wanted, [], null).map(({ got, holds }) => [got, holds])).toEqual([
    [null, false],
    [null, false],
    [null, false],
  ])
})
