import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { checkConfig } from '../../../../compiler/compile.ts'
import type { ListenRow } from '../../../../schemas/table.ts'
import { digestOf, makeSecret } from '../../../../compiler/tools/keys/make-secret.ts'
import { demoLines } from '../../../../compiler/tools/serve/demo-lines.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const NOW_MS = Date.UTC(2026, 10, 22, 12)
const ADDRESS: ListenRow = { host: '127.0.0.1', port: 8080, tls: null }
const OPTIONS = { schemaFolder: resolve('schemas'), cwd: process.cwd(), atMs: NOW_MS }

const CLERK = makeSecret('demo', 'test', (below) => 1 % below)
const GUEST = makeSecret('demo', 'test', (below) => 2 % below)

/** Two keys, of which the second holds no scope that a route asks for. */
function config(apis: string, settings = 'keys: { prefix: demo }'): string {
  return `version: 1
gateway: { name: demo, listen: "127.0.0.1:8080", ${settings} }
upstreams: { origin: { targets: ["http://127.0.0.1:9000"] } }
scopes: { "a:read": A, "b:read": B }
apis:
${apis}
  b: { basePath: /b, upstream: origin, access: authenticated, routes: { "POST /": { scope: "b:read" } } }
tenants:
  shop:
    keys:
      clerk: { digest: "${digestOf(CLERK)}", scopes: ["a:read"], expires: 2099-01-01 }
      guest: { digest: "${digestOf(GUEST)}", scopes: ["b:read"], expires: 2099-01-01 }
`
}

function linesFor(yaml: string, secrets: readonly string[] = [CLERK, GUEST], listen = ADDRESS): string[] {
  const keys = Object.fromEntries(secrets.map((secret, i) => [`key-${i}`, { secret, digest: digestOf(secret) }]))
  const folder = temporaryFolder({ 'gateway.yaml': yaml, 'demo-keys.json': JSON.stringify({ keys }) })
  const { linked, diagnostics } = checkConfig(`${folder}/gateway.yaml`, OPTIONS)
  if (linked === null) throw new Error(`the test's own YAML is broken: ${JSON.stringify(diagnostics)}`)
  return demoLines(`${folder}/gateway.yaml`, linked, listen, NOW_MS).filter((line) => line !== '')
}

const PLAIN = '  a: { basePath: /a, upstream: origin, access: authenticated, routes: { "GET /": { scope: "a:read" } } }'

test('the first example shows a call allowed, two refused and one limited', () => {
  const file = 'examples/quickstart/gateway.yaml'
  const { linked } = checkConfig(file, OPTIONS)
  if (linked === null) throw new Error('the example is broken')
  expect(demoLines(file, linked, ADDRESS, NOW_MS)).toEqual([
    '',
    'To try it, in another terminal:',
    '',
    '# 1. key "clerk" holds the scope orders:read -> 200',
    "curl -s -w '\\n%{http_code}\\n' -H 'x-api-key: demo_test_tZLW5YxhvnByhREbTG0F0N6KcumDvKp80kVKXb' http://127.0.0.1:8080/orders",
    '',
    '# 2. no key -> 401',
    "curl -s -w '\\n%{http_code}\\n' http://127.0.0.1:8080/orders",
    '',
    '# 3. key "accountant" lacks the scope orders:read -> 403',
    "curl -s -w '\\n%{http_code}\\n' -H 'x-api-key: demo_test_YByzolrENfDdqbUfQDtuKyepQoLqVAXM0HXXo2' http://127.0.0.1:8080/orders",
    '',
    '# 4. 6 requests in a row, where a limit lets 5 through -> 429',
    "for i in 1 2 3 4 5 6; do curl -s -o /dev/null -w '%{http_code}\\n' -H 'x-api-key: demo_test_tZLW5YxhvnByhREbTG0F0N6KcumDvKp80kVKXb' http://127.0.0.1:8080/orders/report; done",
    '',
  ])
})

test('without secrets of its keys, a config shows nothing', () => {
  const stranger = makeSecret('demo', 'test', (below) => 3 % below)
  expect(linesFor(config(PLAIN), [])).toEqual([])
  expect(linesFor(config(PLAIN), [stranger])).toEqual([])
})

test('a secret whose digest is not the one beside it is none', () => {
  const folder = temporaryFolder({
    'gateway.yaml': config(PLAIN),
    'demo-keys.json': JSON.stringify({ keys: { clerk: { secret: CLERK, digest: digestOf(GUEST) } } }),
  })
  const { linked } = checkConfig(`${folder}/gateway.yaml`, OPTIONS)
  if (linked === null) throw new Error("the test's own YAML is broken")
  expect(demoLines(`${folder}/gateway.yaml`, linked, ADDRESS, NOW_MS)).toEqual([])
})

test('what a config has no route or key for is left out', () => {
  const titles = linesFor(config(PLAIN), [CLERK]).filter((line) => line.startsWith('#'))
  expect(titles).toEqual(['# 1. key "clerk" holds the scope a:read -> 200', '# 2. no key -> 401'])
})

test('a key that does not open now is not shown', () => {
  for (const key of ['notBefore: 2027-01-01', 'suspended: { since: 2026-01-01 }', 'allowIps: [203.0.113.0/24]']) {
    expect(linesFor(config(PLAIN).replace('"a:read"], expires', `"a:read"], ${key}, expires`), [CLERK])).toEqual([])
  }
})

test('a route that needs more than a path is not shown', () => {
  const routes = [
    '"POST /": { scope: "a:read" }',
    '"GET /": { scope: "a:read", match: { headers: { x-a: "1" } } }',
    '"GET /": { scope: "a:read", query: { q: { type: string, required: true } } }',
  ]
  for (const route of routes) {
    expect(linesFor(config(PLAIN.replace('"GET /": { scope: "a:read" }', route)))).toEqual([])
  }
  expect(linesFor(config(PLAIN.replace('access: authenticated', 'access: authenticated, lifecycle: draft')))).toEqual(
    [],
  )
})

test('a subscription that has ended opens nothing', () => {
  const asked = config(PLAIN.replace('access: authenticated', 'access: subscription'))
  const ended = asked.replace('  shop:', '  shop:\n    subscriptions: { a: { status: approved, until: 2026-11-22 } }')
  expect(linesFor(ended)).toEqual([])
  expect(linesFor(ended.replace('until: 2026-11-22', 'until: 2026-11-23'))).not.toEqual([])
})

test('parameters get a value, and addresses that stand for all become one to connect to', () => {
  const [, , first] = linesFor(config(PLAIN.replace('GET /', 'GET /{id}/{rest...}')), [CLERK], {
    host: '::',
    port: 99,
    tls: null,
  })
  expect(first).toMatch(/ 'http:\/\/\[::1\]:99\/a\/1\/'$/)
})

test('where a credential is taken from authorization only, it is sent there', () => {
  const settings = 'keys: { prefix: demo, headers: [authorization] }'
  const [, , first] = linesFor(config(PLAIN, settings))
  expect(first).toContain(`-H 'authorization: Bearer ${CLERK}'`)
})

test.each([
  { limits: '{ rate: 3/min }', loop: 'for i in 1 2 3 4; do' },
  { limits: '{ rate: 60/min, burst: 2 }', loop: 'for i in 1 2 3; do' },
  { limits: '{ rate: 30/min }', loop: 'for i in $(seq 31); do' },
])('of a limit $limits so many requests are made that the last is refused', ({ limits, loop }) => {
  const route = `"GET /": { scope: "a:read", limits: ${limits} }`
  const lines = linesFor(config(PLAIN.replace('"GET /": { scope: "a:read" }', route)))
  expect(lines.at(-1)?.startsWith(loop)).toBe(true)
})

test.each(['{ rate: 100/s }', '{ rate: 10/s, burst: 2 }', '{ rate: 1_000/h, burst: 900 }', '{ quota: 5/day }'])(
  'a limit %s is not shown: a loop would not reach it',
  (limits) => {
    const route = `"GET /": { scope: "a:read", limits: ${limits} }`
    const lines = linesFor(config(PLAIN.replace('"GET /": { scope: "a:read" }', route)))
    expect(lines.filter((line) => line.endsWith('-> 429'))).toEqual([])
  },
)

test('over TLS, curl is told to believe the certificate that the gateway has', () => {
  const tls = { cert: './my tls/cert.pem', key: './my tls/key.pem', clientCa: null }
  const [, , command] = linesFor(config(PLAIN), [CLERK], { ...ADDRESS, tls })
  expect(command).toContain("curl -s --cacert './my tls/cert.pem' ")
  expect(command).toContain(' https://127.0.0.1:8080/a')
})
