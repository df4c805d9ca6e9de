import { expect, test } from 'vitest'
import { compareReports, type PreviousReport } from '../../../../compiler/tools/loadtest/compare-reports.ts'

type Result = PreviousReport['routes'][number]

function result(route: string, cpuMicrosPerRequest: number | null, cpuSpread: number | null): Result {
  const latencyMs = { p50: 1, p90: 2, p99: 3, p999: 4, max: 5 }
  return { route, rate: 100, latencyMs, cpuMicrosPerRequest, cpuSpread }
}

test.each([
  { what: 'more than the noise', before: [40, 0.02], after: [44, 0.02], verdict: 'slower', cpu: 1.1 },
  { what: 'less than the noise', before: [40, 0.02], after: [41, 0.02], verdict: 'same', cpu: 1.025 },
  {
    what: 'more, but rounds of before differed as much',
    before: [40, 0.2],
    after: [44, 0.02],
    verdict: 'same',
    cpu: 1.1,
  },
  { what: 'more, but rounds of now differed as much', before: [40, null], after: [44, 0.2], verdict: 'same', cpu: 1.1 },
  { what: 'less than before', before: [40, 0.02], after: [30, 0.02], verdict: 'faster', cpu: 0.75 },
  { what: 'not known', before: [null, null], after: [30, 0.02], verdict: 'same', cpu: null },
] as const)('$what', ({ before, after, verdict, cpu }) => {
  const compared = compareReports(
    { routes: [result('GET /', before[0], before[1])] },
    { routes: [result('GET /', after[0], after[1])] },
  )
  expect(compared.routes).toMatchObject([{ route: 'GET /', verdict, cpu, p50: 1, rate: 1 }])
})

test('routes that only one of them has are named', () => {
  const compared = compareReports(
    { routes: [result('GET /old', 1, 0), result('GET /both', 1, 0)] },
    { routes: [result('GET /both', 1, 0), result('GET /new', 1, 0)] },
  )
  expect(compared).toMatchObject({ added: ['GET /new'], removed: ['GET /old'], routes: [{ route: 'GET /both' }] })
})
