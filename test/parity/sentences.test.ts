import { describe, expect, test } from 'vitest'
import { answersOfTable, answersOfYaml } from './answers.ts'
import { createCompileFiles } from './compiled.ts'
import { digestOf, generateSecret } from './generate-secret.ts'
import type { AimedRequest } from './generate-requests.ts'
import { createRandom } from './random.ts'

/** The sentences of spec/http.md, each as a small case that the interpreter and the runtime must answer in the same way. */
const compileFiles = createCompileFiles()
const AT_MS = Date.parse('2026-11-22T12:00:00Z')
const random = createRandom(1)
const SECRETS = {
  full: generateSecret(random, 'acme', 'live'),
  other: generateSecret(random, 'acme', 'live'),
  old: generateSecret(random, 'acme', 'live'),
  reader: generateSecret(random, 'acme', 'live'),
  testing: generateSecret(random, 'acme', 'test'),
  mistyped: generateSecret(random, 'acme', 'live', 1),
  imported: 'secret-of-another-system-0001',
  unmarked: 'secret-of-another-system-0002',
}

const HEAD = `
version: 1
gateway:
  name: sentences
  listen: 127.0.0.1:0
  trustedProxies: [10.0.0.0/8]
  keys: { prefix: acme, accept: [live] }
upstreams:
  echo: { targets: [http://127.0.0.1:9] }
scopes: { read: Read, write: Write }
roles: { editor: [write] }
`

const TENANTS = `
tenants:
  globex:
    subscriptions:
      approved: { status: approved, since: 2026-11-22T12:00:00Z, until: 2026-11-22T12:00:10Z }
      pending: { status: pending }
    keys:
      full:
        digest: ${digestOf(SECRETS.full)}
        retiring: { digest: "${digestOf(SECRETS.old)}", until: 2026-11-22T12:00:05Z }
        scopes: [read]
        roles: [editor]
        limits: { rate: 60/min, burst: 3 }
      reader: { digest: "${digestOf(SECRETS.reader)}", scopes: [read] }
      mistyped: { digest: "${digestOf(SECRETS.mistyped)}", scopes: [read] }
      testing: { digest: "${digestOf(SECRETS.testing)}", scopes: [read] }
      imported: { digest: "${digestOf(SECRETS.imported)}", scopes: [read], imported: true }
      unmarked: { digest: "${digestOf(SECRETS.unmarked)}", scopes: [read] }
      late: { digest: "${digestOf(SECRETS.other)}", scopes: [read], notBefore: 2026-11-22T12:00:05Z, expires: 2026-11-22T12:00:10Z, allowIps: [203.0.113.0/24] }
`

type Changes = Partial<Omit<AimedRequest, 'headers'>> & { headers?: Readonly<Record<string, string>>; afterMs?: number }

function request(line: string, { headers = {}, afterMs = 0, ...changes }: Changes = {}): AimedRequest {
  const [method = '', url = ''] = line.split(' ')
  const [path = '', query = ''] = url.split('?')
  return {
    method,
    path,
    query,
    headers: Object.entries({ host: 'gateway.example.test', ...headers }),
    peer: '203.0.113.1',
    wallMs: AT_MS + afterMs,
    tickMs: 1_000_000 + afterMs,
    endsAfter: 0,
    ...changes,
  }
}

function withKey(line: string, secret: string, changes: Changes = {}): AimedRequest {
  return request(line, { ...changes, headers: { 'x-api-key': secret, ...changes.headers } })
}

/** Both must say this, request by request. */
async function expectAnswers(apis: string, cases: readonly (readonly [AimedRequest, string])[]): Promise<void> {
  const { config, table } = await compileFiles({ 'gateway.yaml': `${HEAD}apis:\n${apis}${TENANTS}` }, AT_MS)
  const requests = cases.map(([one]) => one)
  const expected = cases.map(([one, answer]) => `${one.method} ${one.path}: ${answer}`)
  const told = (answers: readonly string[]): string[] =>
    requests.map(({ method, path }, i) => `${method} ${path}: ${answers[i]}`)
  expect(told(answersOfYaml(config, requests).map((answers) => answers.join()))).toEqual(expected)
  expect(told(answersOfTable(table, requests))).toEqual(expected)
}

/** An api as a line each of settings and routes. */
function api(name: string, settings: string, ...routes: string[]): string {
  const [first, ...rest] = [`upstream: echo`, ...settings.split('\n')]
  const lines = [`  ${name}:`, `    ${first}`, ...rest.map((line) => `    ${line}`), '    routes:']
  // Subscriptions name these two.
  return [...lines, ...routes.map((route) => `      ${route}`), ''].join('\n')
}

const OPEN = 'access: public\nlimits: { rate: 1_000/s, per: everyone }'
const SUBSCRIBED = api('approved', 'basePath: /subscribed\naccess: subscription', 'GET /: { scope: read }')
const PENDING = api('pending', 'basePath: /pending\naccess: subscription', 'GET /: { scope: read }')
const KNOWN = `${SUBSCRIBED}${PENDING}`

describe('the path', () => {
  const paths = api(
    'paths',
    `basePath: /p\n${OPEN}`,
    'GET /: {}',
    'GET /a/{x}: {}',
    '"GET /a/{x}/c": {}',
    'GET /a/b: {}',
    '"POST /{rest...}": {}',
  )

  test('has one form, in which unreserved characters are decoded and escapes have large digits', () =>
    expectAnswers(KNOWN + paths + api('escaped', `basePath: /caf%C3%A9\n${OPEN}`, 'GET /: {}'), [
      [request('GET /%70/%61/b'), '200'],
      [request('GET /caf%c3%a9'), '200'],
      [request('GET /CAF%C3%A9'), '404 no-route'],
    ]))

  test.each([
    '/p/../p',
    '/p/%2e%2e/p',
    '/p/.',
    '//p',
    '/p//',
    '/p\\',
    '/p;v=1',
    '/p%2Fa',
    '/p%5c',
    '/p%00',
    '/p%25',
    '/p%zz',
    '/p%4',
    '/p\u00e9',
  ])('is refused when two servers could read it in two ways: %s', (path) =>
    expectAnswers(KNOWN + paths, [[request(`GET ${path}`), '400 malformed-request']]),
  )

  test('is compared literal before parameter before rest, going back when a branch has no end', () =>
    expectAnswers(KNOWN + paths, [
      [request('GET /p/a/b'), '200'],
      [request('GET /p/a/b/c'), '200'],
      [request('POST /p/a/b/d'), '200'],
      [request('GET /p/a/b/d'), '405 method-not-allowed: POST'],
      [request('POST /p/a/1'), '405 method-not-allowed: GET, HEAD'],
    ]))

  test('may end in one slash more, and a rest may be empty', () =>
    expectAnswers(KNOWN + paths, [
      [request('GET /p/'), '200'],
      [request('GET /p/a/1/'), '200'],
      [request('POST /p'), '405 method-not-allowed: GET, HEAD'],
      [request('POST /p/a'), '200'],
    ]))
})

describe('methods', () => {
  const methods = api(
    'methods',
    `basePath: /m\n${OPEN}`,
    'GET /get: {}',
    'ANY /any: {}',
    'HEAD /head: {}',
    'OPTIONS /options: {}',
  )

  test('HEAD runs the route of GET, and ANY is six methods', () =>
    expectAnswers(KNOWN + methods, [
      [request('HEAD /m/get'), '200'],
      [request('GET /m/head'), '405 method-not-allowed: HEAD'],
      [request('HEAD /m/any'), '200'],
      [request('DELETE /m/any'), '200'],
      [request('OPTIONS /m/any'), '405 method-not-allowed: DELETE, GET, HEAD, PATCH, POST, PUT'],
      [request('OPTIONS /m/options'), '200'],
    ]))

  test.each(['TRACE', 'CONNECT', 'FOO', 'get'])('%s is not implemented', (method) =>
    expectAnswers(KNOWN + methods, [[request(`${method} /m/get`), '501 method-not-implemented']]),
  )
})

describe('match', () => {
  const routes = ['GET /x: {}']
  const first = api('first', `basePath: /v\n${OPEN}\nmatch: { headers: { x-v: "1" } }`, ...routes)
  const second = api('second', `basePath: /v\n${OPEN}\nmatch: { headers: { x-v: "2" } }`, 'POST /x: {}')
  const host = api('host', `basePath: /h\n${OPEN}\nmatch: { host: a.example.test }`, ...routes)
  const query = api('query', `basePath: /q\n${OPEN}\nmatch: { query: { v: "a b" } }`, ...routes)

  test('decides among the routes of one path, and Allow names those that hold', () =>
    expectAnswers(KNOWN + first + second, [
      [request('GET /v/x', { headers: { 'x-v': '1' } }), '200'],
      [request('GET /v/x', { headers: { 'x-v': '2' } }), '405 method-not-allowed: POST'],
      [request('GET /v/x', { headers: { 'x-v': '1, 2' } }), '404 no-route'],
      [request('GET /v/x'), '404 no-route'],
    ]))

  test('reads the host without its port and the query decoded, each time that a name comes', () =>
    expectAnswers(KNOWN + host + query, [
      [request('GET /h/x', { headers: { host: 'A.Example.TEST:8080' } }), '200'],
      [request('GET /h/x'), '404 no-route'],
      [request('GET /q/x?v=a+b&v=a%20b'), '200'],
      [request('GET /q/x?v=a+b&v=c'), '404 no-route'],
    ]))
})

describe('lifecycle', () => {
  const draft = api(
    'draft',
    `basePath: /l\nlifecycle: draft\n${OPEN}\nmatch: { headers: { x-preview: "1" } }`,
    'GET /: {}',
    'PUT /: {}',
  )
  const published = api('published', `basePath: /l\n${OPEN}`, 'GET /: {}', 'POST /: {}')
  const closed =
    api('paused', `basePath: /paused\nlifecycle: paused\n${OPEN}`, 'GET /: {}') +
    api('retired', `basePath: /retired\nlifecycle: retired\n${OPEN}`, 'GET /: {}')

  test('a draft is not there, and no other route takes its place', () =>
    expectAnswers(KNOWN + draft + published, [
      [request('GET /l'), '200'],
      [request('GET /l', { headers: { 'x-preview': '1' } }), '404 no-route'],
      [request('PUT /l', { headers: { 'x-preview': '1' } }), '404 no-route'],
      [request('DELETE /l', { headers: { 'x-preview': '1' } }), '405 method-not-allowed: POST'],
      [request('PUT /l', { headers: { 'x-preview': '1', 'transfer-encoding': 'chunked' } }), '404 no-route'],
    ]))

  test('what is paused or retired says so, whoever asks', () =>
    expectAnswers(KNOWN + closed, [
      [request('GET /paused'), '503 paused'],
      [request('GET /retired'), '410 retired'],
    ]))
})

describe('a preflight', () => {
  const cors = (origin: string): string => `\ncors: { origins: ["https://${origin}.example.test"] }`
  const ask = (origin: string, host: string): AimedRequest =>
    request('OPTIONS /c/x', { headers: { host, origin, 'access-control-request-method': 'GET' } })
  const a = api('first', `basePath: /c\n${OPEN}\nmatch: { host: a.example.test }${cors('a')}`, 'GET /x: {}')
  const b = api('second', `basePath: /c\n${OPEN}\nmatch: { host: b.example.test }${cors('b')}`, 'GET /x: {}')
  const closed = api('closed', `basePath: /c\n${OPEN}\nlifecycle: paused${cors('c')}`, 'GET /x: {}')

  test('is answered by the api of its host, in front of which stands only its lifecycle', () =>
    expectAnswers(KNOWN + a + b + closed, [
      [ask('https://a.example.test', 'a.example.test'), '204'],
      [ask('https://b.example.test', 'b.example.test'), '204'],
      [ask('https://a.example.test', 'b.example.test'), '403 condition-failed'],
      [ask('null', 'a.example.test'), '403 condition-failed'],
      [ask('https://c.example.test', 'c.example.test'), '503 paused'],
    ]))
})

describe('a body', () => {
  const bodies = api(
    'bodies',
    `basePath: /b\n${OPEN}\nrequests: { body: 5KB }`,
    'POST /: {}',
    'DELETE /: {}',
    'PUT /small: { requests: { body: 100B } }',
  )
  const length = (bytes: number): Changes => ({ headers: { 'content-length': String(bytes) } })

  test('is held against the bound of its route, else of its api, else of the gateway', () =>
    expectAnswers(KNOWN + bodies, [
      [request('POST /b', length(5000)), '200'],
      [request('POST /b', length(5001)), '413 body-too-large'],
      [request('PUT /b/small', length(101)), '413 body-too-large'],
      [request('PATCH /b', length(6000)), '405 method-not-allowed: DELETE, POST'],
      [request('POST /nowhere', length(1_000_001)), '413 body-too-large'],
    ]))

  test('is refused where it means nothing, and when its length is not told', () =>
    expectAnswers(KNOWN + bodies, [
      [request('DELETE /b', length(1)), '400 malformed-request'],
      [request('POST /b', { headers: { 'transfer-encoding': 'chunked' } }), '411 length-required'],
      [request('PATCH /b', { headers: { 'transfer-encoding': 'chunked' } }), '405 method-not-allowed: DELETE, POST'],
      [request('POST /b', { headers: { 'transfer-encoding': 'gzip' } }), '501 coding-not-implemented'],
    ]))
})

describe('a credential', () => {
  const closed = api('closed', 'basePath: /k\naccess: authenticated', 'GET /: { scope: read }')
  const bearer = (authorization: string): AimedRequest => request('GET /k', { headers: { authorization } })

  test('comes in x-api-key, or as a bearer in any case; any other authorization is none', () =>
    expectAnswers(KNOWN + closed, [
      [request('GET /k'), '401 missing-credential'],
      [withKey('GET /k', SECRETS.reader), '200'],
      [bearer(`bEARER ${SECRETS.reader}`), '200'],
      [bearer(SECRETS.reader), '401 missing-credential'],
      [bearer(`Basic ${SECRETS.reader}`), '401 missing-credential'],
    ]))

  test('may come twice, but not as two', () =>
    expectAnswers(KNOWN + closed, [
      [withKey('GET /k', SECRETS.reader, { headers: { authorization: `Bearer ${SECRETS.reader}` } }), '200'],
      [
        withKey('GET /k', SECRETS.reader, { headers: { authorization: `Bearer ${SECRETS.full}` } }),
        '400 ambiguous-credential',
      ],
    ]))

  test('that is unknown, mistyped, of another environment or of another format is one that is unknown', () =>
    expectAnswers(KNOWN + closed, [
      [withKey('GET /k', generateSecret(random, 'acme', 'live')), '401 invalid-key'],
      [withKey('GET /k', SECRETS.mistyped), '401 invalid-key'],
      [withKey('GET /k', SECRETS.testing), '401 invalid-key'],
      [withKey('GET /k', SECRETS.unmarked), '401 invalid-key'],
      [withKey('GET /k', 'aaa.bbb.ccc'), '401 invalid-key'],
      [withKey('GET /k', SECRETS.imported), '200'],
    ]))

  test('opens from its first instant until before its last, and a retired one until before its own', () =>
    expectAnswers(KNOWN + closed, [
      [withKey('GET /k', SECRETS.other, { afterMs: 4999 }), '401 key-not-yet-valid'],
      [withKey('GET /k', SECRETS.old, { afterMs: 4999 }), '200'],
      [withKey('GET /k', SECRETS.other, { afterMs: 5000 }), '200'],
      [withKey('GET /k', SECRETS.old, { afterMs: 5000 }), '401 invalid-key'],
      [withKey('GET /k', SECRETS.other, { afterMs: 9999 }), '200'],
      [withKey('GET /k', SECRETS.other, { afterMs: 10_000 }), '401 expired-key'],
    ]))

  test('is held to its addresses, which a trusted proxy may report and nobody else', () => {
    const from = (peer: string, forwarded?: string): AimedRequest =>
      withKey('GET /k', SECRETS.other, {
        afterMs: 6000,
        peer,
        headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
      })
    return expectAnswers(KNOWN + closed, [
      [from('198.51.100.1'), '403 address-not-allowed'],
      [from('198.51.100.1', '203.0.113.1'), '403 address-not-allowed'],
      [from('10.0.0.1', '203.0.113.1'), '200'],
      [from('10.0.0.1', '203.0.113.1, 198.51.100.1'), '403 address-not-allowed'],
      [from('10.0.0.1', '198.51.100.1, 203.0.113.1, 10.0.0.2'), '200'],
      [from('::ffff:203.0.113.1'), '200'],
    ])
  })
})

describe('authorization', () => {
  const closed = api(
    'closed',
    'basePath: /k\naccess: authenticated',
    'GET /: { scopes: [read, write] }',
    'POST /: { scope: read }',
  )

  test('asks for all scopes, held by roles or alone', () =>
    expectAnswers(KNOWN + closed, [
      [withKey('GET /k', SECRETS.reader), '403 insufficient-scope'],
      [withKey('GET /k', SECRETS.full), '200'],
    ]))

  test('asks for a subscription that is approved and holds now', () =>
    expectAnswers(KNOWN + api('missing', 'basePath: /missing\naccess: subscription', 'GET /: { scope: write }'), [
      [withKey('GET /subscribed', SECRETS.reader, { afterMs: -1 }), '403 subscription-not-approved'],
      [withKey('GET /subscribed', SECRETS.reader), '200'],
      [withKey('GET /subscribed', SECRETS.reader, { afterMs: 10_000 }), '403 subscription-not-approved'],
      [withKey('GET /pending', SECRETS.reader), '403 subscription-not-approved'],
      [withKey('GET /missing', SECRETS.reader), '403 subscription-missing'],
    ]))

  test('that refuses takes a unit of the rate and answers as it would have', () =>
    expectAnswers(KNOWN + closed, [
      ...[1, 2, 3, 4].map(() => [withKey('GET /pending', SECRETS.full), '403 subscription-not-approved'] as const),
      [withKey('POST /k', SECRETS.full), '429 rate-exceeded'],
    ]))
})

describe('limits', () => {
  const limited = (limits: string, route = ''): string =>
    api('limited', `basePath: /n\naccess: authenticated\nlimits: ${limits}`, `GET /: { scope: read${route} }`)
  const inFlight = (line: string, secret: string, endsAfter: number): AimedRequest =>
    withKey(line, secret, { endsAfter })

  test('a rate gives one unit back after the other, up to its burst', () =>
    expectAnswers(KNOWN + limited('{ rate: 60/min, burst: 2 }'), [
      [withKey('GET /n', SECRETS.reader), '200'],
      [withKey('GET /n', SECRETS.reader), '200'],
      [withKey('GET /n', SECRETS.reader), '429 rate-exceeded'],
      [withKey('GET /n', SECRETS.reader, { afterMs: 990 }), '429 rate-exceeded'],
      [withKey('GET /n', SECRETS.reader, { afterMs: 1000 }), '200'],
      [withKey('GET /n', SECRETS.reader, { afterMs: 60_000 }), '200'],
      [withKey('GET /n', SECRETS.reader, { afterMs: 60_000 }), '200'],
      [withKey('GET /n', SECRETS.reader, { afterMs: 60_000 }), '429 rate-exceeded'],
    ]))

  test('cost counts against the rate of a key and not against that of a route', () =>
    expectAnswers(KNOWN + limited('{ rate: 60/min, burst: 1 }', ', cost: 3'), [
      [withKey('GET /n', SECRETS.full), '200'],
      [withKey('GET /n', SECRETS.full, { afterMs: 1000 }), '429 rate-exceeded'],
      [withKey('GET /n', SECRETS.full, { afterMs: 3000 }), '200'],
    ]))

  test('a quota begins anew with the day in UTC, and the longest wait gives the code', () =>
    expectAnswers(KNOWN + limited('{ quota: 1/day, concurrency: 1 }'), [
      [inFlight('GET /n', SECRETS.reader, 1), '200'],
      [withKey('GET /n', SECRETS.reader), '429 quota-exceeded'],
      [withKey('GET /n', SECRETS.reader, { wallMs: Date.parse('2026-11-22T23:59:59.999Z') }), '429 quota-exceeded'],
      [withKey('GET /n', SECRETS.reader, { wallMs: Date.parse('2026-11-23T00:00:00Z') }), '200'],
    ]))

  test('what is in flight counts until it ends, and only what was let through', () =>
    expectAnswers(KNOWN + limited('{ concurrency: 1, per: tenant }'), [
      [inFlight('GET /n', SECRETS.reader, 2), '200'],
      [inFlight('GET /n', SECRETS.full, 9), '429 concurrency-exceeded'],
      [inFlight('GET /n', SECRETS.reader, 9), '429 concurrency-exceeded'],
      [withKey('GET /n', SECRETS.full), '200'],
    ]))

  test('an address is counted by itself, and one of IPv6 as its network of 64 bits', () => {
    const from = (peer: string): AimedRequest => withKey('GET /n', SECRETS.reader, { peer })
    return expectAnswers(KNOWN + limited('{ rate: 1/h, per: address }'), [
      [from('203.0.113.1'), '200'],
      [from('203.0.113.2'), '200'],
      [from('203.0.113.1'), '429 rate-exceeded'],
      [from('2001:db8::1'), '200'],
      [from('2001:db8::ffff:1'), '429 rate-exceeded'],
      [from('2001:db8:0:1::1'), '200'],
    ])
  })
})
