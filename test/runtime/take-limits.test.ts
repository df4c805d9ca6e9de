import { describe, expect, test } from 'vitest'
import type { Exchange } from '../../runtime/exchange.ts'
import { limitFields } from '../../runtime/limit-fields.ts'
import { leaveLimits } from '../../runtime/take-limits.ts'
import { AT_MS, createDecider, type Decide, type TestRequest } from '../support/decider.ts'
import { limitedConfig, secretOf, type LimitedParts } from '../support/limited-config.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/** Asks as a key, so many milliseconds after the tests' clock. */
type Ask = (key: string, request?: Partial<TestRequest>) => Exchange

async function limited(parts: LimitedParts): Promise<Ask> {
  const decide: Decide = await createDecider(limitedConfig(parts))
  return (key, request) =>
    decide({ url: '/things', headers: key === '' ? [] : [['x-api-key', secretOf(key)]], ...request })
}

function codeOf({ refusal }: Exchange): string {
  return refusal?.code ?? 'allowed'
}

/** How many requests are allowed before the first that is not, at most 50. */
function allowedOf(ask: () => Exchange): number {
  for (let count = 0; count < 50; count++) if (ask().refusal !== null) return count
  return 50
}

function retryAfterOf({ refusal }: Exchange): number {
  return Number(refusal?.members['retryAfter'])
}

function violatedBy({ refusal }: Exchange): unknown {
  return refusal?.members['violated-policies']
}

describe('a rate', () => {
  test('lets its burst through at once, then one unit for each part of its period', async () => {
    const ask = await limited({ keys: { a: 'limits: { rate: 60/min, burst: 5 }' } })
    expect(allowedOf(() => ask('a'))).toBe(5)
    expect(codeOf(ask('a', { afterMs: 999 }))).toBe('rate-exceeded')
    expect(allowedOf(() => ask('a', { afterMs: 1000 }))).toBe(1)
    expect(allowedOf(() => ask('a', { afterMs: 3999 }))).toBe(2)
    expect(allowedOf(() => ask('a', { afterMs: 4000 }))).toBe(1)
    expect(allowedOf(() => ask('a', { afterMs: 60 * MINUTE_MS }))).toBe(5)
  })

  test('has its own number as burst', async () => {
    const ask = await limited({ keys: { a: 'limits: { rate: 7/min }' } })
    expect(allowedOf(() => ask('a'))).toBe(7)
  })

  test('lets no more than burst and rate through in any window', async () => {
    const ask = await limited({ keys: { a: 'limits: { rate: 6/min, burst: 4 }' } })
    const times: number[] = []
    for (let afterMs = 0; afterMs < 10 * MINUTE_MS; afterMs += 500) {
      if (ask('a', { afterMs }).refusal === null) times.push(afterMs)
    }
    for (const start of times) {
      expect(times.filter((time) => time >= start && time < start + MINUTE_MS).length).toBeLessThanOrEqual(10)
    }
    expect(times.length).toBe(4 + 59)
  })

  test.each(['1/h', '7/h', '1/min', '3/s', '100/min'])('of %s gives nothing back too early', async (rate) => {
    const ask = await limited({ keys: { a: `limits: { rate: ${rate}, burst: 1 }` } })
    const [count = 1, period = ''] = rate.split('/').map((part, i) => (i === 0 ? Number(part) : part))
    const periodMs = { s: 1000, min: MINUTE_MS, h: 60 * MINUTE_MS }[period] ?? 0
    const intervalMs = Math.ceil(periodMs / Number(count))
    expect(codeOf(ask('a'))).toBe('allowed')
    expect(codeOf(ask('a', { afterMs: intervalMs - 1 }))).toBe('rate-exceeded')
    expect(codeOf(ask('a', { afterMs: intervalMs }))).toBe('allowed')
  })

  test('is not used up by requests that it refuses', async () => {
    const ask = await limited({ keys: { a: 'limits: { rate: 1/s }' } })
    ask('a')
    for (let i = 0; i < 1000; i++) ask('a', { afterMs: i })
    expect(codeOf(ask('a', { afterMs: 1000 }))).toBe('allowed')
  })
})

describe('a quota', () => {
  test('of a day ends with the day in UTC', async () => {
    const ask = await limited({ keys: { a: 'limits: { quota: 3/day }' } })
    const midnightMs = DAY_MS / 2
    expect(allowedOf(() => ask('a'))).toBe(3)
    expect(codeOf(ask('a', { afterMs: midnightMs - 1 }))).toBe('quota-exceeded')
    expect(allowedOf(() => ask('a', { afterMs: midnightMs }))).toBe(3)
    expect(allowedOf(() => ask('a', { afterMs: midnightMs + DAY_MS }))).toBe(3)
  })

  test('of a month ends with the month in UTC, however long that is', async () => {
    const ask = await limited({ keys: { a: 'limits: { quota: 2/month }' } })
    for (const start of ['2026-12-01', '2027-02-01', '2027-03-01', '2028-02-01', '2028-03-01']) {
      const startMs = Date.parse(start) - AT_MS
      ask('a', { afterMs: startMs - 1 })
      ask('a', { afterMs: startMs - 1 })
      expect([start, codeOf(ask('a', { afterMs: startMs - 1 }))]).toEqual([start, 'quota-exceeded'])
      expect([start, codeOf(ask('a', { afterMs: startMs }))]).toEqual([start, 'allowed'])
    }
  })

  test('says when its window ends', async () => {
    const ask = await limited({ keys: { a: 'limits: { quota: 1/day }', b: 'limits: { quota: 1/month }' } })
    ask('a')
    ask('b')
    expect(retryAfterOf(ask('a'))).toBe(DAY_MS / 2 / 1000)
    expect(retryAfterOf(ask('a', { afterMs: 1 }))).toBe(DAY_MS / 2 / 1000)
    expect(retryAfterOf(ask('b'))).toBe((Date.parse('2026-12-01') - AT_MS) / 1000)
  })

  test('may be larger than 32 bits hold', async () => {
    const ask = await limited({ keys: { a: 'limits: { quota: 5_000_000_000/day }' }, routes: { 'POST /': '' } })
    const { route } = ask('a', { method: 'POST' })
    // Instead of more requests than a test has time for.
    Object.assign(route?.row ?? {}, { cost: 1_500_000_000 })
    expect(allowedOf(() => ask('a', { method: 'POST' }))).toBe(3)
    expect(codeOf(ask('a'))).toBe('allowed')
  })
})

describe('a concurrency', () => {
  test('counts what is in flight, and nothing that has ended', async () => {
    const ask = await limited({ keys: { a: 'limits: { concurrency: 2 }' } })
    const [first, second] = [ask('a'), ask('a')]
    const refused = ask('a')
    expect([codeOf(first), codeOf(second), codeOf(refused)]).toEqual(['allowed', 'allowed', 'concurrency-exceeded'])
    expect(refused.refusal?.headers).toBe('retry-after: 1\r\n')
    leaveLimits(first)
    leaveLimits(first)
    expect(allowedOf(() => ask('a'))).toBe(1)
    leaveLimits(refused)
    expect(codeOf(ask('a'))).toBe('concurrency-exceeded')
    leaveLimits(second)
    expect(allowedOf(() => ask('a'))).toBe(1)
  })

  test('by address counts each address', async () => {
    const ask = await limited({ routes: { 'PUT /': 'limits: { concurrency: 1, per: address }' } })
    const put = (from: string): Exchange => ask('a', { method: 'PUT', from })
    const one = put('192.0.2.1')
    expect([codeOf(one), codeOf(put('192.0.2.1')), codeOf(put('192.0.2.2'))]).toEqual([
      'allowed',
      'concurrency-exceeded',
      'allowed',
    ])
    leaveLimits(one)
    expect(codeOf(put('192.0.2.1'))).toBe('allowed')
  })
})

describe('the cost of a route', () => {
  const PARTS: LimitedParts = {
    plans: { five: '{ rate: 5/min }', quota: '{ quota: 10/day }', many: '{ concurrency: 2 }' },
    keys: { a: 'plan: five', b: 'plan: quota', c: 'plan: many', d: 'plan: five' },
    routes: { 'POST /': 'cost: 3', 'PUT /': 'cost: 3, limits: { rate: 2/min }' },
  }

  test('counts so many times against rate and quota', async () => {
    const ask = await limited(PARTS)
    expect([codeOf(ask('a', { method: 'POST' })), codeOf(ask('a', { method: 'POST' }))]).toEqual([
      'allowed',
      'rate-exceeded',
    ])
    expect(allowedOf(() => ask('a'))).toBe(2)
    expect(allowedOf(() => ask('b', { method: 'POST' }))).toBe(3)
    expect(allowedOf(() => ask('b'))).toBe(1)
  })

  test('is one against what is in flight, and against limits of api and route', async () => {
    const ask = await limited(PARTS)
    expect(allowedOf(() => ask('c', { method: 'POST' }))).toBe(2)
    // Two by the route's own rate, though the plan has five for a cost of three.
    expect(codeOf(ask('d', { method: 'PUT' }))).toBe('allowed')
    expect(violatedBy(ask('d', { method: 'PUT' }))).toEqual(['rate'])
    expect(allowedOf(() => ask('d', { method: 'PUT', afterMs: 60 * MINUTE_MS }))).toBe(1)
  })

  test('waits until all units fit', async () => {
    const ask = await limited(PARTS)
    ask('a', { method: 'POST' })
    const refused = ask('a', { method: 'POST' })
    expect(retryAfterOf(refused)).toBe(12)
    expect(codeOf(ask('a', { method: 'POST', afterMs: 11_999 }))).toBe('rate-exceeded')
    expect(codeOf(ask('a', { method: 'POST', afterMs: 12_000 }))).toBe('allowed')
  })

  test('above what ever fits is 413 without a time to wait', async () => {
    const ask = await limited(PARTS)
    // The compiler refuses a config that says so; a table that is swapped may.
    const { route } = ask('a', { method: 'POST' })
    Object.assign(route?.row ?? {}, { cost: 6 })
    const exchange = ask('a', { method: 'POST', afterMs: 60 * MINUTE_MS })
    const { refusal } = exchange
    expect(refusal).toMatchObject({ status: 413, code: 'too-large-for-limit', headers: '' })
    expect(refusal?.members).toEqual({ 'violated-policies': ['rate'] })
    expect(limitFields(exchange)).toBe('ratelimit-policy: "rate";q=5;w=60\r\nratelimit: "rate";r=5\r\n')
  })
})

describe('who is counted', () => {
  test("a plan's numbers count for each of its keys alone", async () => {
    const ask = await limited({
      plans: { two: '{ rate: 2/min }' },
      keys: { a: 'plan: two', b: 'plan: two' },
      others: { c: 'plan: two' },
    })
    for (const key of ['a', 'b', 'c']) expect(allowedOf(() => ask(key))).toBe(2)
  })

  test("a key's own number replaces its plan's of the same name", async () => {
    const ask = await limited({
      plans: { two: '{ rate: 2/min, concurrency: 1 }' },
      keys: { a: 'plan: two, limits: { rate: 4/min }' },
    })
    const first = ask('a')
    expect(codeOf(ask('a'))).toBe('concurrency-exceeded')
    leaveLimits(first)
    for (let i = 0; i < 3; i++) leaveLimits(ask('a'))
    expect(codeOf(ask('a'))).toBe('rate-exceeded')
  })

  test("a tenant's limits are shared by its keys, and only by those", async () => {
    const ask = await limited({ tenant: '{ rate: 3/min }', keys: { a: '', b: '' }, others: { c: '' } })
    expect([codeOf(ask('a')), codeOf(ask('b')), codeOf(ask('a'))]).toEqual(['allowed', 'allowed', 'allowed'])
    expect([codeOf(ask('b')), codeOf(ask('c'))]).toEqual(['rate-exceeded', 'allowed'])
    expect(violatedBy(ask('b'))).toEqual(['tenant-rate'])
    expect(limitFields(ask('b'))).toBe('')
  })

  test('limits of an api count all its routes, those of a route each alone', async () => {
    const ask = await limited({
      api: '{ rate: 4/min, per: key }',
      routes: { 'PUT /': 'limits: { rate: 2/min, per: key }', 'POST /': 'limits: { rate: 2/min, per: key }' },
    })
    expect(allowedOf(() => ask('a', { method: 'PUT' }))).toBe(2)
    expect(violatedBy(ask('a', { method: 'PUT' }))).toEqual(['route-rate'])
    expect(allowedOf(() => ask('a', { method: 'POST' }))).toBe(2)
    expect(violatedBy(ask('a', { method: 'POST' }))).toEqual(['api-rate', 'route-rate'])
    expect(violatedBy(ask('a'))).toEqual(['api-rate'])
  })

  test('per tenant counts all its keys, per everyone all there are', async () => {
    const ask = await limited({
      keys: { a: '', b: '' },
      others: { c: '' },
      routes: { 'PUT /': 'limits: { rate: 2/min, per: tenant }', 'POST /': 'limits: { rate: 2/min, per: everyone }' },
    })
    const codes = (method: string): string[] => ['a', 'b', 'a', 'c'].map((key) => codeOf(ask(key, { method })))
    expect(codes('PUT')).toEqual(['allowed', 'allowed', 'rate-exceeded', 'allowed'])
    expect(codes('POST')).toEqual(['allowed', 'allowed', 'rate-exceeded', 'rate-exceeded'])
  })

  test('per address counts IPv4 addresses each and IPv6 by their /64, whoever calls', async () => {
    const ask = await limited({ keys: { a: '', b: '' }, open: { 'GET /': 'limits: { rate: 1/min, per: address }' } })
    const from = (address: string): string => codeOf(ask('', { url: '/open', from: address }))
    expect([from('192.0.2.1'), from('192.0.2.1'), from('192.0.2.2')]).toEqual(['allowed', 'rate-exceeded', 'allowed'])
    expect([from('2001:db8::1'), from('2001:db8::2'), from('2001:db8:0:0:ffff::')]).toEqual([
      'allowed',
      'rate-exceeded',
      'rate-exceeded',
    ])
    expect([from('2001:db8:0:1::'), from('::ffff:192.0.2.1')]).toEqual(['allowed', 'rate-exceeded'])
  })

  test('per address counts the address that a trusted proxy names', async () => {
    const ask = await limited({ open: { 'GET /': 'limits: { rate: 1/min, per: address }' } })
    const through = (peer: string, client: string): string =>
      codeOf(ask('', { url: '/open', from: peer, headers: [['x-forwarded-for', client]] }))
    expect([through('10.0.0.1', '192.0.2.1'), through('10.0.0.2', '192.0.2.1')]).toEqual(['allowed', 'rate-exceeded'])
    expect([through('192.0.2.9', '192.0.2.2'), through('192.0.2.9', '192.0.2.3')]).toEqual(['allowed', 'rate-exceeded'])
  })

  test('a quota by address is one for each address', async () => {
    const ask = await limited({ open: { 'GET /': 'limits: { quota: 2/day, per: address }' } })
    for (const afterMs of [0, DAY_MS / 2]) {
      for (const from of ['192.0.2.1', '192.0.2.2']) {
        expect(allowedOf(() => ask('', { url: '/open', from, afterMs }))).toBe(2)
      }
    }
  })
})

describe('several limits', () => {
  const PARTS: LimitedParts = {
    plans: { all: '{ rate: 10/min, quota: 4/day, concurrency: 3 }' },
    tenant: '{ rate: 100/min, burst: 8 }',
    api: '{ rate: 60/min, burst: 6, per: everyone }',
    keys: { a: 'plan: all', b: 'plan: all', c: 'plan: all' },
    routes: { 'PUT /': 'limits: { rate: 1/h, per: key }' },
  }

  test('are taken together or not at all', async () => {
    const ask = await limited(PARTS)
    leaveLimits(ask('a', { method: 'PUT' }))
    // The route refuses each of these; none of them may count anywhere.
    for (let i = 0; i < 20; i++) expect(violatedBy(ask('a', { method: 'PUT' }))).toEqual(['route-rate'])
    const others = [ask('a'), ask('a'), ask('a')]
    expect(others.map(codeOf)).toEqual(['allowed', 'allowed', 'allowed'])
    for (const one of others) leaveLimits(one)
    expect(codeOf(ask('a'))).toBe('quota-exceeded')
    expect(codeOf(ask('b'))).toBe('allowed')
  })

  test('that refuse are all named, and the longest wait gives the code', async () => {
    const ask = await limited(PARTS)
    for (let i = 0; i < 3; i++) ask('a', { method: i === 0 ? 'PUT' : 'GET' })
    const three = ask('a', { method: 'PUT' })
    expect([codeOf(three), violatedBy(three)]).toEqual(['rate-exceeded', ['concurrency', 'route-rate']])
    expect(retryAfterOf(three)).toBe(3600)
    const one = ask('a')
    expect([codeOf(one), violatedBy(one), retryAfterOf(one)]).toEqual(['concurrency-exceeded', ['concurrency'], 1])
  })

  test('the longest wait counts, wherever it stands', async () => {
    const ask = await limited({
      keys: { a: 'limits: { rate: 1/h, quota: 1/day }', b: 'limits: { rate: 1/s, quota: 1/month }' },
    })
    ask('a')
    ask('b')
    const late = { afterMs: DAY_MS / 2 - 1000 }
    expect([codeOf(ask('a')), retryAfterOf(ask('a'))]).toEqual(['quota-exceeded', DAY_MS / 2 / 1000])
    ask('a', { afterMs: 0 })
    const both = ask('b')
    expect([codeOf(both), violatedBy(both)]).toEqual(['quota-exceeded', ['rate', 'quota']])
    expect(violatedBy(ask('a', late))).toEqual(['quota'])
  })

  test('that can never fit are told of before those that one may wait for', async () => {
    const ask = await limited({
      keys: { a: 'limits: { rate: 5/min, quota: 100/day }' },
      routes: { 'POST /': 'cost: 3' },
    })
    const { route } = ask('a', { method: 'POST' })
    ask('a')
    ask('a')
    Object.assign(route?.row ?? {}, { cost: 6 })
    const refused = ask('a', { method: 'POST' })
    expect([codeOf(refused), violatedBy(refused)]).toEqual(['too-large-for-limit', ['rate']])
  })
})

describe('a refusal by what a key may do', () => {
  const forbidden = { url: '/things/forbidden' }

  test("takes one unit of the key's rate, so that nobody can probe without end", async () => {
    const ask = await limited({ keys: { a: 'limits: { rate: 5/min }' } })
    for (let i = 0; i < 3; i++) expect(codeOf(ask('a', forbidden))).toBe('insufficient-scope')
    expect(allowedOf(() => ask('a'))).toBe(2)
  })

  test('answers as it would have, however often', async () => {
    const ask = await limited({ keys: { a: 'limits: { rate: 2/min }' } })
    const refusals = Array.from({ length: 10 }, () => JSON.stringify(ask('a', forbidden).refusal))
    expect(new Set(refusals).size).toBe(1)
    expect(codeOf(ask('a'))).toBe('rate-exceeded')
    expect(codeOf(ask('a', { afterMs: 30_000 }))).toBe('allowed')
  })

  test('takes nothing of quota, tenant, api or what is in flight, and says nothing of limits', async () => {
    const ask = await limited({
      tenant: '{ rate: 2/min }',
      api: '{ rate: 2/min, per: everyone }',
      keys: { a: 'limits: { rate: 100/min, quota: 2/day, concurrency: 2 }' },
    })
    for (let i = 0; i < 10; i++) expect(limitFields(ask('a', forbidden))).toBe('')
    expect(allowedOf(() => ask('a'))).toBe(2)
  })

  test('is none of authentication, which takes nothing', async () => {
    const ask = await limited({ keys: { a: 'limits: { rate: 2/min }, allowIps: [203.0.113.0/24]' } })
    for (let i = 0; i < 5; i++) expect(codeOf(ask('a'))).toBe('address-not-allowed')
    expect(allowedOf(() => ask('a', { from: '203.0.113.1' }))).toBe(2)
  })
})

describe('before limits are looked at', () => {
  test('no other refusal takes anything or speaks of them', async () => {
    const ask = await limited({ keys: { a: 'limits: { rate: 2/min }' } })
    const requests: readonly Partial<TestRequest>[] = [
      { url: '/nothing' },
      { method: 'DELETE' },
      { url: '//' },
      {
        headers: [
          ['content-length', '1'],
          ['x-api-key', secretOf('a')],
        ],
      },
    ]
    for (const request of requests) {
      const exchange = ask('a', request)
      expect([exchange.refusal === null, limitFields(exchange)]).toEqual([false, ''])
    }
    expect(allowedOf(() => ask('a'))).toBe(2)
  })
})
