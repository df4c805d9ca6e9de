import { expect, test } from 'vitest'
import { checkText } from '../../support/check.ts'
import { orderConfig, tenantWithKey, type OrderConfigPieces } from '../../support/order-config.ts'

type Case = readonly [name: string, pieces: OrderConfigPieces, codes: readonly string[]]

const EXPIRES = '        expires: 2099-01-01\n'
const HOLDS = '        scopes: [read]\n' + EXPIRES
const PER_ADDRESS = '    limits: { rate: 60/min, per: address }\n'
const PUBLIC = { access: 'public', api: PER_ADDRESS } as const

function codesOf(pieces: OrderConfigPieces, files: Record<string, string> = {}): string[] {
  return checkText(orderConfig(pieces), files).map(({ code }) => code)
}

function cases(rows: readonly Case[]): void {
  test.each(rows)('%s', (_, pieces, codes) => expect(codesOf(pieces)).toEqual(codes))
}

cases([
  ['a config without mistakes has no diagnostic', {}, []],
  ['a key with all that it needs has none', { rest: tenantWithKey(HOLDS) }, []],
])

// Public apis
cases([
  ['a public api with a limit is fine', PUBLIC, []],
  [
    'a limit for each of its routes will do',
    { access: 'public', routes: '      GET /: { limits: { rate: 1/s, per: everyone } }\n' },
    [],
  ],
  [
    'one route without a limit is too few',
    { access: 'public', routes: '      GET /: { limits: { rate: 1/s, per: everyone } }\n      POST /: {}\n' },
    ['public-api-without-limit'],
  ],
  [
    'per tenant counts nobody there',
    { access: 'public', api: '    limits: { rate: 1/s, per: tenant }\n' },
    ['limit-counts-nobody'],
  ],
  [
    "a route's limit counts nobody, either",
    { ...PUBLIC, routes: '      GET /: { limits: { rate: 1/s } }\n' },
    ['limit-counts-nobody'],
  ],
  [
    'auth of a public api decides nothing',
    { ...PUBLIC, api: PER_ADDRESS + '    auth: [key]\n' },
    ['public-asks-nobody'],
  ],
  [
    'cost of a public route decides nothing',
    { ...PUBLIC, routes: '      GET /: { cost: 5 }\n' },
    ['public-asks-nobody'],
  ],
])

// Limits
const plan = (limits: string): string => `plans:\n  free: { ${limits} }\n`
const costly = (cost: number): string => `      POST /: { scope: read, cost: ${cost} }\n`
const planned = (key = HOLDS): string => tenantWithKey(key, '    plan: free\n')
cases([
  ['a cost may equal the burst', { routes: costly(20), rest: plan('rate: 100/min, burst: 20') + planned() }, []],
  [
    'a cost above the burst is never met',
    { routes: costly(21), rest: plan('rate: 100/min, burst: 20') + planned() },
    ['limit-never-met'],
  ],
  [
    'without a burst the rate bounds',
    { routes: costly(101), rest: plan('rate: 100/min') + planned() },
    ['limit-never-met'],
  ],
  ['a quota bounds, too', { routes: costly(11), rest: plan('quota: 10/day') + planned() }, ['limit-never-met']],
  [
    'two bounds that are too low are two mistakes',
    { routes: costly(50), rest: plan('rate: 10/s, quota: 10/day') + planned() },
    ['limit-never-met', 'limit-never-met'],
  ],
  [
    "a key's own burst counts in place of its plan's",
    { routes: costly(50), rest: plan('rate: 100/min, burst: 20') + planned(HOLDS + '        limits: { burst: 50 }\n') },
    [],
  ],
  [
    "a plan's burst bounds a key's own rate",
    {
      routes: costly(50),
      rest: plan('rate: 100/min, burst: 20') + planned(HOLDS + '        limits: { rate: 100/s }\n'),
    },
    ['limit-never-met'],
  ],
  [
    "a tenant's limit bounds its keys",
    { routes: costly(50), rest: tenantWithKey(HOLDS, '    limits: { rate: 10/s }\n') },
    ['limit-never-met'],
  ],
  [
    'a plan of nobody who could call bounds nothing',
    { routes: costly(50), rest: plan('rate: 10/s') + tenantWithKey(EXPIRES, '    plan: free\n') },
    ['key-reaches-nothing'],
  ],
  [
    'a tenant that may never call bounds nothing',
    { access: 'subscription', routes: costly(50), rest: plan('rate: 10/s') + planned() },
    ['key-reaches-nothing'],
  ],
  [
    'limits of apis and routes count requests, not their cost',
    { api: '    limits: { rate: 1/s }\n', routes: costly(50) },
    [],
  ],
  [
    'a burst with a rate of its plan is fine',
    { rest: plan('rate: 100/min') + planned(HOLDS + '        limits: { burst: 5 }\n') },
    [],
  ],
  ['several instances without a limit are fine', { gateway: '  instances: 3\n' }, []],
  [
    'several instances with a plan are not',
    { gateway: '  instances: 3\n', rest: plan('rate: 1/s') + planned() },
    ['limits-not-shared'],
  ],
])

// Keys
cases([
  [
    'the two digests of one key differ',
    {
      rest: tenantWithKey(
        HOLDS +
          '        retiring: { digest: "sha256:44b548be7aafb7efd162db14e053102ecf13566db8b76e1e9a8b4bcd34d4da5f", until: 2027-01-01 }\n',
      ),
    },
    ['digest-duplicate'],
  ],
  [
    'a key that ends in 30 days is told of',
    { rest: tenantWithKey('        scopes: [read]\n        expires: 2026-12-22T12:00:00Z\n') },
    ['key-ends-soon'],
  ],
  [
    'a key that ends a second later is not',
    { rest: tenantWithKey('        scopes: [read]\n        expires: 2026-12-22T12:00:01Z\n') },
    [],
  ],
  [
    'a key that ends now is past its end',
    { rest: tenantWithKey('        scopes: [read]\n        expires: 2026-11-22T12:00:00Z\n') },
    ['key-past-end'],
  ],
  [
    'a key past its end is not told to reach nothing besides',
    { rest: tenantWithKey('        expires: 2026-11-01\n') },
    ['key-past-end'],
  ],
  [
    'a key that begins when it ends never opens',
    { rest: tenantWithKey(HOLDS + '        notBefore: 2099-01-01\n') },
    ['key-ends-before-start'],
  ],
  [
    'a key without an end that reaches nothing has two faults',
    { rest: tenantWithKey('        description: Left over\n') },
    ['key-reaches-nothing', 'key-without-end'],
  ],
  [
    'a key of a retired api reaches nothing',
    { api: '    lifecycle: retired\n', rest: tenantWithKey(HOLDS) },
    ['key-reaches-nothing'],
  ],
  ['a key of a draft reaches what is to come', { api: '    lifecycle: draft\n', rest: tenantWithKey(HOLDS) }, []],
  [
    'an approval that has ended opens nothing',
    {
      access: 'subscription',
      rest: tenantWithKey(HOLDS, '    subscriptions:\n      orders: { status: approved, until: 2026-11-01 }\n'),
    },
    ['subscription-past', 'key-reaches-nothing'],
  ],
  [
    'a pending request opens nothing',
    { access: 'subscription', rest: tenantWithKey(HOLDS, '    subscriptions:\n      orders: { status: pending }\n') },
    ['key-reaches-nothing'],
  ],
])

// CORS
const cors = (settings: string): OrderConfigPieces => ({ api: `    cors: { ${settings} }\n` })
cases([
  ['any origin without credentials is fine', cors('origins: ["*"]'), []],
  ['an origin with a port of its own is fine', cors('origins: [https://app.example.com:8443], credentials: true'), []],
  ['the port of http is never sent', cors('origins: [http://app.example.com:80]'), ['cors-origin-never-sent']],
  ['port 443 of http is sent', cors('origins: [http://app.example.com:443]'), []],
  ['there is no port 70000', cors('origins: [http://app.example.com:70000]'), ['cors-origin-never-sent']],
  ['"null" is no origin', cors('origins: ["null"]'), ['config-wrong-form']],
  ['an origin has no path', cors('origins: [https://app.example.com/]'), ['config-wrong-form']],
  ['"*" of exposed headers is told, too', cors('origins: [https://a.example], expose: ["*"]'), ['cors-any-header']],
])

// Headers
const changes = (side: 'request' | 'response', what: string): OrderConfigPieces => ({
  routes: `      GET /: { scope: read, ${side}: { headers: { ${what} } } }\n`,
})
cases([
  ['a header of our own may be set', changes('request', 'set: { x-source: gateway }'), []],
  ['an upstream\'s "server" may be removed', changes('response', 'remove: [server]'), []],
  ['another "server" must not be set', changes('response', 'set: { server: nginx }'), ['header-owned']],
  [
    '"_" does not hide a header of the gateway',
    changes('request', 'set: { x_keysmith_tenant: globex }'),
    ['header-owned'],
  ],
  [
    'framing is not to be removed',
    changes('request', 'remove: [content-length, transfer-encoding]'),
    ['header-owned', 'header-owned'],
  ],
  [
    "fields of CORS are the gateway's",
    changes('response', 'set: { access-control-allow-origin: "*" }'),
    ['header-owned'],
  ],
  [
    'an upstream cannot be given another host',
    { upstream: '    headers: { host: other.example.com }\n' },
    ['header-owned'],
  ],
])

// Lifecycle
cases([
  [
    'a paused api may have been deprecated before',
    { api: '    lifecycle: paused\n    deprecation: { since: 2026-10-01 }\n' },
    [],
  ],
  [
    'a sunset may come when the deprecation does',
    { api: '    lifecycle: deprecated\n    deprecation: { since: 2026-12-01, sunset: 2026-12-01 }\n' },
    [],
  ],
  [
    'a retired api is past its sunset, as it should be',
    { api: '    lifecycle: retired\n    deprecation: { since: 2026-01-01, sunset: 2026-02-01 }\n' },
    [],
  ],
])

// Addresses
const listen = (listen: string): string => orderConfig().replace('listen: 127.0.0.1:8080', `listen: ${listen}`)
test.each([
  ['["127.0.0.1:8080", "127.0.0.1:8081"]', []],
  ['["127.0.0.1:8080", "127.0.0.1:8080"]', ['address-duplicate']],
  ['["0.0.0.0:8080", "127.0.0.1:8080"]', ['address-duplicate']],
  ['["0.0.0.0:8080", "[::1]:8080"]', []],
  ['["[::]:8080", "127.0.0.1:8080"]', ['address-duplicate']],
  ['["[::1]:8080", "[0:0:0:0:0:0:0:1]:8080"]', ['address-duplicate']],
  ['["127.0.0.1:0", "127.0.0.1:0"]', []],
])('listening on %s gives %j', (addresses, codes) => {
  expect(checkText(listen(addresses)).map(({ code }) => code)).toEqual(codes)
})

test.each([
  ['[10.0.0.0/8, "fd00::/8"]', []],
  ['[0.0.0.0/0]', ['trusted-proxies-everyone']],
  ['["::/0"]', ['trusted-proxies-everyone']],
  ['["::/1", "8000::/1"]', ['trusted-proxies-everyone']],
  ['[0.0.0.0/2, 64.0.0.0/2, 128.0.0.0/1]', ['trusted-proxies-everyone']],
  ['[0.0.0.0/2, 128.0.0.0/1, 10.0.0.0/8]', []],
])('trusting %s gives %j', (proxies, codes) => {
  expect(codesOf({ gateway: `  trustedProxies: ${proxies}\n` })).toEqual(codes)
})

const targets = (targets: string): string => orderConfig().replace('http://127.0.0.1:9001', targets)
test.each([
  ['https://orders.internal/v1', []],
  ['http://127.0.0.1:9001/v1, http://127.0.0.1:9001/v2', []],
  ['"${env:ORDERS_URL}"', []],
  ['http://127.0.0.1:0', ['target-wrong-url']],
  ['http://[::1', ['target-wrong-url']],
  ['http://127.0.0.1:9001/a/../b', ['target-wrong-url']],
  ['http://127.0.0.1:9001/a//b', ['target-wrong-url']],
  ['http://user:word@127.0.0.1:9001', ['config-wrong-form']],
  ['http://127.0.0.1:9001?x=1', ['config-wrong-form']],
  ['"http://[::1]:8080"', ['target-is-gateway']],
  ['http://10.0.0.1:8080', []],
  ['http://127.0.0.1:80, http://127.0.0.1', ['target-duplicate']],
])('a target %s gives %j', (target, codes) => {
  const diagnostics = checkText(targets(target.includes('[::1') && !target.startsWith('"') ? `"${target}"` : target))
  expect(diagnostics.map(({ code }) => code)).toEqual(codes)
})

test('an owner in a path is told once, where it is written', () => {
  const yaml = orderConfig({ routes: '      GET /: { scope: read }\n      GET /{userId}: { scope: read }\n' }).replace(
    'basePath: /orders',
    'basePath: /{tenantId}/orders',
  )
  expect(checkText(yaml).map(({ code, place }) => `${code} ${place.line}:${place.column}`)).toEqual([
    'path-parameter-unbound 13:15',
    'path-parameter-unbound 18:7',
  ])
})

test('a public path may name an owner: nobody there could be held against it', () => {
  expect(codesOf({ ...PUBLIC, routes: '      GET /{userId}: {}\n' })).toEqual([])
})

test('a warning is silenced by its code and a reason on the line above, an error by nothing', () => {
  const allow = (code: string, line: string): string => `      # keysmith allow ${code}: for now\n${line}`
  expect(codesOf({ routes: allow('path-parameter-unbound', '      GET /{userId}: { scope: read }\n') })).toEqual([])
  expect(codesOf({ routes: allow('scope-unused', '      GET /{userId}: { scope: read }\n') })).toEqual([
    'path-parameter-unbound',
  ])
  expect(codesOf({ routes: allow('route-without-scope', '      GET /: {}\n') })).toContain('route-without-scope')
})
