import { describe, expect, test } from 'vitest'
import { createLogLines, type LogFacts } from '../../../runtime/observe/log-line.ts'

const HASH = '0123456789abcdef'

/** What is known of a request that was refused before anything was found. */
const NOTHING: LogFacts = {
  timeMs: Date.parse('2026-11-22T12:00:00.007Z'),
  requestId: '0b9b0b3e-54d2-4f0e-8d0a-6f3f1d6a2f11',
  traceId: null,
  method: 'GET',
  route: null,
  status: 404,
  code: 'no-route',
  key: null,
  tenant: null,
  plan: null,
  address: '203.0.113.9',
  durationMs: 0.0412,
  upstream: null,
  upstreamMs: null,
  attempts: null,
  bytesIn: 0,
  bytesOut: 0,
  cache: null,
  limit: null,
  block: null,
  model: null,
  tokens: null,
  costNanoUsd: null,
}

const FORWARDED: LogFacts = {
  ...NOTHING,
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  route: 'GET /v1/orders/{orderId}',
  status: 200,
  code: null,
  key: 'globex-mobile',
  tenant: 'globex',
  plan: 'premium',
  durationMs: 12.3456,
  upstream: 'orders',
  upstreamMs: 11,
  attempts: 1,
  bytesOut: 200,
}

const parsed = (facts: LogFacts): unknown => JSON.parse(createLogLines(HASH)(facts))

test('a line has the fields of the access log in their order', () => {
  expect(createLogLines(HASH)(FORWARDED)).toBe(
    '{"time":"2026-11-22T12:00:00.007Z","requestId":"0b9b0b3e-54d2-4f0e-8d0a-6f3f1d6a2f11",' +
      '"traceId":"4bf92f3577b34da6a3ce929d0e0e4736","method":"GET","route":"GET /v1/orders/{orderId}","status":200,' +
      '"code":null,"key":"globex-mobile","tenant":"globex","plan":"premium","address":"203.0.113.9","durationMs":12.346,' +
      '"upstream":"orders","upstreamMs":11.000,"attempts":1,"bytesIn":0,"bytesOut":200,"cache":null,"limit":null,' +
      '"model":null,"tokens":null,"costUsd":null,"configHash":"0123456789abcdef"}',
  )
})

test('what does not apply is null', () => {
  const nulls = ['traceId', 'route', 'key', 'tenant', 'plan', 'upstream', 'upstreamMs', 'attempts', 'cache', 'limit']
  const line = parsed(NOTHING)
  for (const name of [...nulls, 'model', 'tokens', 'costUsd']) expect(line).toHaveProperty(name, null)
  expect(line).toMatchObject({ status: 404, code: 'no-route', durationMs: 0.041, bytesIn: 0 })
})

test('limits, caches and models are logged', () => {
  const tokens = { input: 12, cached: 3, output: 40, reasoning: 0 }
  const facts = { ...FORWARDED, cache: 'hit', limit: 'tenant-rate', model: 'fast', tokens, attempts: 2, bytesIn: 77 }
  expect(parsed({ ...facts, costNanoUsd: 1_000_000_042 })).toMatchObject({
    ...{ cache: 'hit', limit: 'tenant-rate', model: 'fast', tokens, costUsd: 1.000000042, attempts: 2, bytesIn: 77 },
  })
})

test.each([0, 1, 42, 999_999_999, 1_000_000_000, 123_456_789_012])('%i billionths of a dollar are exact', (nano) => {
  expect(createLogLines(HASH)({ ...FORWARDED, costNanoUsd: nano })).toContain(
    `"costUsd":${(BigInt(nano) / 1_000_000_000n).toString()}.${(BigInt(nano) % 1_000_000_000n).toString().padStart(9, '0')},`,
  )
})

describe('time', () => {
  test.each([
    '1970-01-01T00:00:00.000Z',
    '2026-11-22T11:59:59.999Z',
    '2026-11-22T12:00:00.000Z',
    '2028-02-29T23:59:59.010Z',
  ])('%s is written as it is', (time) => {
    expect(parsed({ ...FORWARDED, timeMs: Date.parse(time) })).toHaveProperty('time', time)
  })

  test('seconds may come in any order', () => {
    const lineOf = createLogLines(HASH)
    for (const ms of [5_000, 4_999, 5_001, 5_999, 4_000, 6_000]) {
      expect(lineOf({ ...FORWARDED, timeMs: ms })).toContain(`"time":"${new Date(ms).toISOString()}"`)
    }
  })
})

test.each([
  [0, '0.000'],
  [0.0004, '0.000'],
  [0.0006, '0.001'],
  [0.9996, '1.000'],
  [1, '1.000'],
  [9.999, '9.999'],
  [59_999.9996, '60000.000'],
  [123_456.7, '123456.700'],
  [NaN, 'null'],
  [Infinity, 'null'],
  [-1, 'null'],
])('%d ms is logged as %s', (ms, text) => {
  const line = createLogLines(HASH)({ ...FORWARDED, durationMs: ms, upstreamMs: ms })
  expect(line).toContain(`"durationMs":${text},`)
  expect(line).toContain(`"upstreamMs":${text},`)
})

test('a method that a caller made up is not logged', () => {
  for (const method of ['get', 'SECRET', '__proto__', '"}', '']) {
    expect(parsed({ ...FORWARDED, method })).toHaveProperty('method', null)
  }
})

test('names cannot leave their field', () => {
  const evil = '"},\n\u0000\u2028{"key":"root'
  const names = {
    route: evil,
    code: evil,
    key: evil,
    tenant: evil,
    plan: evil,
    upstream: evil,
    cache: evil,
    limit: evil,
    model: evil,
  }
  const line = createLogLines(HASH)({ ...FORWARDED, ...names })
  expect(line).not.toMatch(/[\n\0]/)
  expect(JSON.parse(line)).toMatchObject(names)
})

test('what was said of one request does not stick to the next', () => {
  const lineOf = createLogLines(HASH)
  const others: LogFacts[] = [
    FORWARDED,
    { ...FORWARDED, method: 'HEAD' },
    { ...FORWARDED, tenant: 'initech' },
    { ...FORWARDED, plan: 'free' },
    { ...FORWARDED, plan: null },
    { ...FORWARDED, limit: 'rate', status: 429, code: 'rate-exceeded' },
    { ...FORWARDED, status: 429 },
    { ...FORWARDED, limit: 'quota', cache: 'hit' },
    { ...NOTHING, method: 'POST' },
    NOTHING,
  ]
  for (const facts of [...others, ...others.toReversed()]) expect(lineOf(facts)).toBe(createLogLines(HASH)(facts))
})

test('more keys than are remembered are logged all the same', () => {
  const lineOf = createLogLines(HASH)
  for (let i = 0; i < 10_000; i++) {
    const line = lineOf({ ...FORWARDED, key: `key-${i}` })
    if (!line.includes(`"key":"key-${i}",`)) throw new Error(line)
  }
})
