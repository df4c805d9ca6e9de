import { readFileSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { limitFields } from '../../runtime/limit-fields.ts'
import { createDecider, type Decide, type TestRequest } from '../support/decider.ts'

const QUICKSTART = readFileSync('examples/quickstart/gateway.yaml', 'utf8')
// Safe: the file is of this repository, and has this shape.
const DEMO = JSON.parse(readFileSync('examples/quickstart/demo-keys.json', 'utf8')) as {
  readonly keys: Readonly<Record<string, { readonly secret: string }>>
}

let decide: Decide
beforeAll(async () => {
  decide = await createDecider(QUICKSTART)
})

test('a public route asks nobody', () => {
  expect(decide({ url: '/books' }).refusal).toBeNull()
})

test('a route with a scope needs a credential', () => {
  expect(decide({ url: '/orders' }).refusal?.code).toBe('missing-credential')
})

test('a key with the scope is let through, in either header', () => {
  const { secret = '' } = DEMO.keys['clerk'] ?? {}
  const byKey = decide({ url: '/orders', headers: [['x-api-key', secret]] })
  const byBearer = decide({ url: '/orders', headers: [['authorization', `bearer ${secret}`]] })
  expect([byKey.refusal, byBearer.refusal]).toEqual([null, null])
  expect(byKey.caller?.id).toBe('clerk')
})

test('a key without the scope is told which one it lacks', () => {
  const { refusal } = decide(asAccountant('/orders'))
  expect(refusal?.code).toBe('insufficient-scope')
  expect(refusal?.members).toEqual({ requiredScopes: ['orders:read'] })
})

test('a limit lets through its burst, then says how long to wait, and gives back one by one', () => {
  const codes = Array.from({ length: 6 }, () => decide(asAccountant('/orders/report')).refusal?.code ?? 'allowed')
  expect(codes).toEqual([...Array<string>(5).fill('allowed'), 'rate-exceeded'])
  const refused = decide(asAccountant('/orders/report'))
  expect(refused.refusal?.members).toEqual({ 'violated-policies': ['route-rate'], retryAfter: 12 })
  expect(limitFields(refused)).toBe('ratelimit-policy: "route-rate";q=5;w=60\r\nratelimit: "route-rate";r=0;t=12\r\n')
  expect(decide({ ...asAccountant('/orders/report'), afterMs: 12_000 }).refusal).toBeNull()
  expect(decide({ ...asAccountant('/orders/report'), afterMs: 12_000 }).refusal?.code).toBe('rate-exceeded')
})

test('an unknown path is 404, a known one with another method 405', () => {
  expect(decide({ url: '/nothing' }).refusal?.code).toBe('no-route')
  const { refusal } = decide({ method: 'DELETE', url: '/books' })
  expect([refusal?.code, refusal?.headers]).toEqual(['method-not-allowed', 'allow: GET, HEAD\r\n'])
})

test('what two servers could read differently is refused before a route is looked for', () => {
  for (const url of ['/books/../orders', '//books', '/books;a', '/%2e%2e/x', '/a%2Fb', '/a\\b', 'http://x/']) {
    expect([url, decide({ url }).refusal?.code]).toEqual([url, 'malformed-request'])
  }
})

function asAccountant(url: string): TestRequest {
  return { url, headers: [['x-api-key', DEMO.keys['accountant']?.secret ?? '']] }
}
