import { beforeAll, expect, test } from 'vitest'
import { createDecider, type Decide, type TestRequest } from '../support/decider.ts'
import { digestOf, makeSecret } from '../support/make-secret.ts'

const EU = makeSecret('acme', 'live', 'e')
const US = makeSecret('acme', 'live', 'u')

const ROUTES: Readonly<Record<string, string>> = {
  'GET /metadata': 'key.metadata.region == "eu"',
  'GET /not': '!(key.metadata.absent == "eu")',
  'GET /guarded': '!has(key.metadata.absent) || key.metadata.absent == "eu"',
  'GET /caller': 'key.id == "web" && key.tenant == "globex" && "partner" in key.roles && key.scopes == ["things:read"]',
  'GET /headers': 'request.headers["x-list"] == "a, b" && !("x-dry-run" in request.headers)',
  'GET /all-headers':
    'request.headers.all(name, name != "x-bad") && request.headers.exists(name, name.startsWith("x-"))',
  'GET /credentials': 'request.headers.exists(name, name == "x-api-key" || name == "authorization")',
  'GET /query': 'request.query.a == "1" && request.queryAll.a == ["1", "2"] && !("b" in request.query)',
  'GET /params/{one}/{two...}': 'request.params.one == "ä b" && request.params.two == "c/d"',
  'ANY /method': 'request.method in ["HEAD", "POST"] && request.path == "/things/method"',
  'GET /address': 'request.address.startsWith("198.51.100.")',
  'GET /time': 'request.time >= timestamp("2026-11-22T12:00:00Z") && request.time.getHours() == 12',
  'GET /claims': 'size(claims) == 0 && !has(claims.sub)',
}

const CONFIG = `version: 1
gateway: { name: acme, listen: 127.0.0.1:0, keys: { prefix: acme } }
upstreams:
  origin: { targets: [http://127.0.0.1:9000] }
scopes: { "things:read": Read things }
roles: { partner: ["things:read"] }
plans:
  small: { rate: 20/min, burst: 20 }
apis:
  things:
    basePath: /things
    upstream: origin
    access: authenticated
    routes:
${Object.entries(ROUTES)
  .map(([route, when]) => `      "${route}": { scope: "things:read", when: ${JSON.stringify(when)} }`)
  .join('\n')}
  open:
    basePath: /open
    upstream: origin
    access: public
    limits: { rate: 60/min, per: address }
    routes:
      GET /: { when: 'request.query.open == "yes"' }
tenants:
  globex:
    plan: small
    keys:
      web: { digest: "${digestOf(EU)}", roles: [partner], expires: 2099-01-01, metadata: { region: eu } }
      batch: { digest: "${digestOf(US)}", roles: [partner], expires: 2099-01-01 }
`

let decide: Decide
beforeAll(async () => {
  decide = await createDecider(CONFIG)
})

/** The code of the refusal, or "goes on". */
function asked(request: TestRequest, secret = EU): string {
  const headers = [...(request.headers ?? []), ['x-api-key', secret] as const]
  return decide({ ...request, headers }).refusal?.code ?? 'goes on'
}

test.each<readonly [sentence: string, request: TestRequest, secret: string, answer: string]>([
  ['a condition over metadata holds', { url: '/things/metadata' }, EU, 'goes on'],
  ['it does not hold for a key without that metadata', { url: '/things/metadata' }, US, 'condition-failed'],
  ['a member that is absent makes it false under "!" also', { url: '/things/not' }, EU, 'condition-failed'],
  ['one that asks first holds', { url: '/things/guarded' }, EU, 'goes on'],
  ['a key is known by name, tenant, roles and scopes', { url: '/things/caller' }, EU, 'goes on'],
  ['another key is another', { url: '/things/caller' }, US, 'condition-failed'],
  [
    'several lines of a header are one',
    {
      url: '/things/headers',
      headers: [
        ['x-list', 'a'],
        ['x-list', 'b'],
      ],
    },
    EU,
    'goes on',
  ],
  [
    'a header that is there is seen',
    {
      url: '/things/headers',
      headers: [
        ['x-list', 'a, b'],
        ['x-dry-run', ''],
      ],
    },
    EU,
    'condition-failed',
  ],
  [
    'names of headers that are worked out see all of them',
    { url: '/things/all-headers', headers: [['x-good', '']] },
    EU,
    'goes on',
  ],
  [
    'the bad one among them',
    {
      url: '/things/all-headers',
      headers: [
        ['x-good', ''],
        ['x-bad', ''],
      ],
    },
    EU,
    'condition-failed',
  ],
  ['but no credential', { url: '/things/credentials' }, EU, 'condition-failed'],
  ['of a repeated parameter the first value, and all of them', { url: '/things/query?a=1&a=2' }, EU, 'goes on'],
  ['a query that cannot be read fails', { url: '/things/query?a=1&a=2&c=%FF' }, EU, 'condition-failed'],
  ['parameters are decoded', { url: '/things/params/%C3%A4%20b/c/d' }, EU, 'goes on'],
  ['a parameter that is not UTF-8 is absent', { url: '/things/params/%FF/c/d' }, EU, 'condition-failed'],
  ['the method is the caller’s own', { url: '/things/method', method: 'HEAD' }, EU, 'goes on'],
  ['another method is not it', { url: '/things/method', method: 'DELETE' }, EU, 'condition-failed'],
  ['the address is the caller’s', { url: '/things/address', from: '198.51.100.7' }, EU, 'goes on'],
  ['another address is not it', { url: '/things/address' }, EU, 'condition-failed'],
  ['the time is that of the request', { url: '/things/time', afterMs: 60_000 }, EU, 'goes on'],
  ['an hour later it is another', { url: '/things/time', afterMs: 3_600_000 }, EU, 'condition-failed'],
  ['a key has no claims', { url: '/things/claims', afterMs: 3_600_000 }, EU, 'goes on'],
])('%s', (_, request, secret, answer) => {
  expect(asked(request, secret)).toBe(answer)
})

test('a condition of a public api holds without a caller', () => {
  expect(decide({ url: '/open?open=yes' }).refusal).toBeNull()
  expect(decide({ url: '/open?open=no' }).refusal?.code).toBe('condition-failed')
})

test('a condition that fails is a 403 and costs a unit of the rate', async () => {
  const fresh = await createDecider(CONFIG)
  const headers = [['x-api-key', US]] as const
  const codes = Array.from({ length: 20 }, () => fresh({ url: '/things/metadata', headers }).refusal?.status)
  expect(new Set(codes)).toEqual(new Set([403]))
  expect(fresh({ url: '/things/guarded', headers }).refusal?.code).toBe('rate-exceeded')
})

test('scopes are told before conditions', async () => {
  const without = CONFIG.replace('batch: { digest', 'none: { digest').replace(
    'roles: [partner], expires: 2099-01-01 }',
    'expires: 2099-01-01 }',
  )
  const fresh = await createDecider(without)
  expect(fresh({ url: '/things/metadata', headers: [['x-api-key', US]] }).refusal?.code).toBe('insufficient-scope')
})

test('headers are kept only for who reads them', async () => {
  const one = await createDecider(CONFIG.replace(/^.*(all-headers|credentials).*$/gm, ''))
  const headers = [
    ['x-api-key', EU],
    ['x-list', 'a'],
    ['x-other', 'b'],
  ] as const
  expect([...(one({ url: '/things/metadata', headers }).headers ?? [])]).toEqual([['x-list', 'a']])
})
