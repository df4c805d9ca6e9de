import { beforeAll, describe, expect, test } from 'vitest'
import type { LoadedTable } from '../../runtime/load-table.ts'
import { loadTestTable, type TestRequest } from '../support/decider.ts'
import { callOf, createGateway, problemOf, type Gateway, type Handled } from '../support/handled.ts'
import { digestOf } from '../support/make-secret.ts'
import { secretOf } from '../support/limited-config.ts'

const key = (id: string, metadata: string): string =>
  `      ${id}: { digest: "${digestOf(secretOf(id))}", scopes: [use], expires: 2099-01-01${metadata} }`

const CONFIG = `version: 1
gateway: { name: objects, listen: "127.0.0.1:0", admin: "127.0.0.1:0", keys: { prefix: acme } }
upstreams:
  origin: { targets: [http://127.0.0.1:9000] }
scopes: { use: Use it }
plans: { few: { rate: 3/min } }
apis:
  tenants:
    basePath: /tenants/{tenantId}
    upstream: origin
    access: authenticated
    lifecycle: deprecated
    deprecation: { since: 2026-01-01 }
    cors: { origins: [https://app.example] }
    limits: { rate: 1_000/s, per: everyone }
    bind: { tenantId: key.tenant }
    routes:
      GET /: { scope: use }
      OPTIONS /: { scope: use }
      GET /users/{userId}: { scope: use, bind: { userId: key.metadata.user } }
      GET /keys/{keyId}: { scope: use, bind: { keyId: key.id } }
      GET /files/{path...}: { scope: use, bind: { path: key.metadata.user } }
      GET /search: { scope: use, bind: { query.user: key.metadata.user } }
      POST /orders: { scope: use, bind: { body.customer.account: key.metadata.account } }
      POST /checked: { scope: use, body: ./order.schema.json, bind: { body.account: key.metadata.account } }
  open:
    basePath: /open
    upstream: origin
    access: public
    limits: { rate: 1_000/s, per: everyone }
    routes:
      GET /{any...}: {}
tenants:
  globex:
    keys:
${key('a', ', metadata: { user: u-1, account: "42" }')}
${key('b', ', metadata: { user: "zoë & co" }')}
${key('c', '')}
${key('d', ', plan: few, metadata: { user: u-4 }')}
`
const SCHEMA = '{"type":"object","properties":{"account":true,"n":{"type":"integer"}}}'

let table: LoadedTable
beforeAll(async () => {
  table = await loadTestTable(CONFIG, { 'order.schema.json': SCHEMA })
})

type Asked = Partial<TestRequest> & { readonly by?: string; readonly body?: string }

function ask(url: string, { by = 'a', body, headers = [], ...rest }: Asked = {}, gateway = createGateway(table)) {
  const lines = body === undefined ? [] : [['content-length', String(Buffer.byteLength(body))] as const]
  const type = body === undefined ? [] : [['content-type', 'application/json'] as const]
  const one = gateway.handle({
    url,
    ...rest,
    headers: [['x-api-key', secretOf(by)], ...lines, ...type, ...headers],
  })
  if (body !== undefined && !one.fake.isClosed()) one.fake.receive(Buffer.from(body), true)
  expect(one.fake.faults).toEqual([])
  expect(gateway.bugs).toEqual([])
  return one
}

/** 200 for what goes on to the upstream. */
function outcome(one: Handled): string {
  if (one.call() !== null) return '200'
  const { status, code } = problemOf(one)
  return `${status} ${String(code)}`
}

const asked = (url: string, options?: Asked): string => outcome(ask(url, options))

describe('a bound parameter of the path', () => {
  test("lets the caller's own through and nobody else's", () => {
    expect(asked('/tenants/globex')).toBe('200')
    expect(asked('/tenants/initech')).toBe('404 no-route')
    expect(asked('/tenants/globex/keys/a')).toBe('200')
    expect(asked('/tenants/globex/keys/b')).toBe('404 no-route')
  })

  test("must hold beside its api's", () => {
    expect(asked('/tenants/globex/users/u-1')).toBe('200')
    expect(asked('/tenants/globex/users/u-2')).toBe('404 no-route')
    expect(asked('/tenants/initech/users/u-1')).toBe('404 no-route')
  })

  test('is compared in the one form of the path', () => {
    expect(asked('/tenants/%67lobex/users/u%2D1')).toBe('200')
    expect(asked('/tenants/GLOBEX/users/u-1')).toBe('404 no-route')
    expect(asked('/tenants/globex/users/zo%c3%ab%20%26%20co', { by: 'b' })).toBe('200')
    expect(asked('/tenants/globex/users/zo%C3%AB%20&%20co', { by: 'b' })).toBe('200')
    expect(asked('/tenants/globex/users/zo%C3%AB+&+co', { by: 'b' })).toBe('404 no-route')
    expect(asked('/tenants/globex/users/zo%EB%20&%20co', { by: 'b' })).toBe('404 no-route')
  })

  test('that takes the rest must be all of it', () => {
    expect(asked('/tenants/globex/files/u-1')).toBe('200')
    expect(asked('/tenants/globex/files/u-1/more')).toBe('404 no-route')
    expect(asked('/tenants/globex/files')).toBe('404 no-route')
  })

  test('is never the own of a caller that has no such thing', () => {
    for (const name of ['undefined', 'null', 'u-1', ''])
      expect(asked(`/tenants/globex/users/${name}`, { by: 'c' })).toBe('404 no-route')
    expect(asked('/tenants/globex/files', { by: 'c' })).toBe('404 no-route')
  })
})

describe('a bound parameter of the query', () => {
  const search = (query: string): string => asked(`/tenants/globex/search${query}`)

  test('must be there once, and be the own', () => {
    expect(search('?user=u-1')).toBe('200')
    expect(search('?%75ser=u%2d1&page=2')).toBe('200')
    expect(search('?user=u-2')).toBe('404 no-route')
    expect(search('')).toBe('404 no-route')
    expect(search('?user')).toBe('404 no-route')
    expect(search('?User=u-1')).toBe('404 no-route')
  })

  test('is refused when it comes twice, or in an escape that is broken', () => {
    for (const query of ['?user=u-1&user=u-2', '?user=u-1&user=u-1', '?user=u-1&us%65r=u-2', '?user=u-1&x=%zz'])
      expect(search(query)).toBe('404 no-route')
  })
})

describe('a bound member of the body', () => {
  const post = (body: string): string => asked('/tenants/globex/orders', { method: 'POST', body })

  test('is read before anything is forwarded, and goes on byte for byte', () => {
    const body =
      ' {"note":"{\\"customer\\":1}", "customer" : { "x": [1,{"account":"7"}], "acc\\u006funt":"4\\u0032" } }\n'
    const one = ask('/tenants/globex/orders', { method: 'POST', body })
    expect(callOf(one).request.body).toEqual(Uint8Array.from(Buffer.from(body)))
    expect(post('{"customer":{"account":"43"}}')).toBe('404 no-route')
  })

  test('may be a number that is written as the own is, and no other', () => {
    expect(post('{"customer":{"account":42}}')).toBe('200')
    for (const number of ['42.0', '4.2e1', '420e-1', '41.99999999999999999999', '-42', '[42]', 'true', 'null', '{}'])
      expect(post(`{"customer":{"account":${number}}}`)).toBe('404 no-route')
  })

  test('must be where it is bound', () => {
    for (const body of ['{}', '[]', '"42"', '{"account":"42"}', '{"customer":"42"}', '{"customer":[{"account":"42"}]}'])
      expect(post(body)).toBe('404 no-route')
  })

  test('cannot be said twice, or in what is no JSON', () => {
    expect(post('{"customer":{"account":"42","account":"43"}}')).toBe('400 unreadable-body')
    expect(post('{"customer":{"account":"42"}')).toBe('400 unreadable-body')
    const options = { method: 'POST', body: 'account=42', headers: [['content-encoding', 'gzip']] } as const
    expect(asked('/tenants/globex/orders', options)).toBe('415 unsupported-media-type')
  })

  test("comes after the route's schema, whose refusal says nothing of the object", () => {
    const checked = (body: string): string => asked('/tenants/globex/checked', { method: 'POST', body })
    expect(checked('{"account":"42","n":1}')).toBe('200')
    expect(checked('{"account":"43","n":1}')).toBe('404 no-route')
    expect(checked('{"account":"43","n":"x"}')).toBe('422 invalid-request')
  })
})

describe('a refused object', () => {
  const ORIGIN = [['origin', 'https://app.example']] as const
  const sent = (url: string, options: Asked = {}, gateway?: Gateway): string =>
    ask(url, { headers: ORIGIN, ...options }, gateway)
      .fake.sent()
      .toString('latin1')

  test.each(['GET', 'HEAD', 'OPTIONS'])('is byte for byte what an unknown route is: %s', (method) => {
    expect(sent('/tenants/initech', { method })).toBe(sent('/nothing/there', { method }))
    expect(sent('/tenants/initech', { method })).toMatch(/^HTTP\/1.1 404 /)
  })

  test('is so, too, where its body told', () => {
    const small = { method: 'POST', body: '{"customer":{"account":"43"}}' }
    const large = { method: 'POST', body: `{"customer":{"account":"43","x":"${'x'.repeat(100_000)}"}}` }
    for (const options of [small, large])
      expect(sent('/tenants/globex/orders', options)).toBe(sent('/nothing/there', options))
  })

  test("has the unknown route's code in the log", () => {
    const gateway = createGateway(table)
    sent('/tenants/initech', {}, gateway)
    expect(gateway.recorded.map(({ status, code }) => `${status} ${String(code)}`)).toEqual(['404 no-route'])
  })

  test("costs a unit of the key's rate, so that nobody tries all names", () => {
    const gateway = createGateway(table)
    for (let i = 0; i < 3; i++) expect(outcome(ask('/tenants/globex/users/u-9', { by: 'd' }, gateway))).toContain('404')
    expect(outcome(ask('/tenants/globex/users/u-4', { by: 'd' }, gateway))).toBe('429 rate-exceeded')
  })
})
