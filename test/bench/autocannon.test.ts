import { expect, test } from 'vitest'
import { autocannon, parseAutocannon } from './autocannon.ts'
import { makeKeys } from './keys.ts'
import { WORKLOADS, type Workload } from './workloads.ts'

const REPORT = {
  requests: { average: 2919.2, total: 29_199, sent: 29_207 },
  latency: { p50: 1, p90: 3 },
  non2xx: 2,
  errors: 3,
}

const plan = (workload: Workload) => ({
  workload,
  port: 1,
  keys: makeKeys(2),
  clients: 4,
  seconds: 3,
  folder: '/tmp/x',
})

test('the report of autocannon is read', () => {
  expect(parseAutocannon(`a warning\n${JSON.stringify(REPORT)}`)).toEqual({
    requests: 29_199,
    perSecond: 2919.2,
    p50Micros: 1000,
    p90Micros: 3000,
    bad: 5,
  })
})

test('a report without a count throws it', () => {
  expect(() => parseAutocannon('{"requests":{}}')).toThrow('autocannon said')
})

test('only a request with a body says what is in it', () => {
  expect(autocannon.prepare(plan(WORKLOADS.get)).command).not.toContain('-i')
  expect(autocannon.prepare(plan(WORKLOADS['post-1k'])).command).toContain('content-type=application/json')
})
