import { expect, test } from 'vitest'
import { judgeReport } from '../../../../compiler/tools/loadtest/judge-report.ts'
import type { LimitResult, LoadReport } from '../../../../compiler/tools/loadtest/report.ts'
import { showReport } from '../../../../compiler/tools/loadtest/show-report.ts'

function limit(holds: boolean | null): LimitResult {
  return {
    policy: 'rate',
    key: 'globex/app',
    routes: [],
    offered: 10,
    allowed: 5,
    expected: [5, 6],
    reached: true,
    together: null,
    holds,
  }
}

const REPORT: LoadReport = {
  format: 1,
  routes: [
    {
      route: 'GET /orders/{orderId}/with/a/long/path',
      requests: 10,
      rate: 100,
      latencyMs: { p50: 1, p90: 2, p99: 3, p999: 4, max: 5 },
      statuses: { 200: 7, 404: 1, 503: 2 },
      bytes: 1,
      errors: 3,
      cpuMicrosPerRequest: 40,
      cpuSpread: 0,
    },
  ],
  limits: [limit(true), limit(null), limit(false)],
  gateway: { cpuMicrosPerRequest: 40, rssMiB: 60, startMs: 100 },
  thresholds: [
    { name: 'p99', route: null, wanted: 1, got: 3, holds: false },
    { name: 'max-memory', route: null, wanted: 64, got: 60, holds: true },
  ],
  notDriven: { routes: [], keys: [] },
  notes: [],
  settings: { durationMs: 1000, connections: 1, latencyMs: 0 },
}

test('limits that did not hold, failed answers and thresholds that were not met are counted', () => {
  expect(judgeReport(REPORT)).toEqual({ brokenLimits: 1, failedAnswers: 5, unmetThresholds: 1 })
})

test('they stand in the last line, and the limit that did not hold stands first', () => {
  const shown = showReport(REPORT, { colors: false, columns: null })
  expect(shown.split('\n').at(-1)).toBe(
    '1 of 1 route driven, 1 of 3 limits reached and held, 1 limit did not hold, 5 answers failed, 1 threshold not met.',
  )
  const rows = shown.split('\n').filter((line) => line.startsWith('rate of'))
  expect(rows.map((row) => /BROKEN|not tried|held/.exec(row)?.[0])).toEqual(['BROKEN', 'not tried', 'held'])
})

test('on a narrow terminal names make room for figures', () => {
  const rows = showReport(REPORT, { colors: false, columns: 90 }).split('\n')
  const row = rows.find((line) => line.startsWith('GET /orders')) ?? ''
  expect(row).toContain('…')
  expect(row.length).toBeLessThanOrEqual(90)
  expect(row).toContain('2×503 3 broken')
})
