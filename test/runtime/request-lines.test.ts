import { beforeAll, describe, expect, test } from 'vitest'
import { createDecider, type Decide, type TestRequest } from '../support/decider.ts'
import { parseLines, valuesOf } from '../support/header-lines.ts'
import { digestOf, makeSecret } from '../support/make-secret.ts'
import { sentLines } from '../support/sent-lines.ts'

const SECRET = makeSecret('acme', 'live', 'r')

const CONFIG = `version: 1
gateway:
  name: acme
  listen: 127.0.0.1:0
  admin: 127.0.0.1:0
  trustedProxies: [10.0.0.0/8, "2001:db8::/32"]
  keys: { prefix: acme, headers: [x-api-key, authorization] }
upstreams:
  origin:
    targets: [http://127.0.0.1:9000]
    headers: { authorization: "Bearer \${secret:token}", x-from: upstream }
secrets: { token: "\${env:TOKEN}" }
scopes:
  things:read: Read things
  things:write: Write things
apis:
  open:
    basePath: /
    upstream: origin
    access: public
    limits: { rate: 1_000_000/s, per: address }
    routes:
      ANY /{rest...}: {}
      GET /changed:
        request: { headers: { set: { x-set: by route, x-from: route }, remove: [cookie, x-secret] } }
  things:
    basePath: /things
    upstream: origin
    access: authenticated
    routes:
      GET /: { scope: things:read }
tenants:
  globex:
    keys:
      reader:
        digest: ${digestOf(SECRET)}
        scopes: [things:read, things:write]
        metadata: { region: eu, userId: u-1, longName: "caf\\u00e9 1" }
        expires: 2099-01-01
`

let decide: Decide
beforeAll(async () => {
  decide = await createDecider(CONFIG)
})

type Headers = readonly (readonly [name: string, value: string])[]

const OF_UPSTREAM = 'authorization: Bearer of-upstream\r\nx-from: upstream\r\n'

/** What the upstream gets of a request. */
function linesFor(headers: Headers, request: Partial<TestRequest> = {}): string {
  const exchange = decide({ url: '/any', headers, ...request })
  expect(exchange.refusal).toBeNull()
  return sentLines(exchange, OF_UPSTREAM)
}

describe("the caller's headers", () => {
  test('go on in their order, byte for byte, also those that come more than once', () => {
    const headers: Headers = [
      ['accept', 'text/html;q=0.5, */*'],
      ['cookie', 'a=1'],
      ['x-utf8', 'caf\u00e9 \u20ac'],
      ['cookie', 'b=2'],
      ['x-empty', ''],
      ['content-type', 'text/plain'],
      ['origin', 'https://a.example'],
      ['user_agent', 'x'],
    ]
    expect(parseLinesAnyText(linesFor(headers)).slice(0, headers.length)).toEqual(headers)
  })

  test.each([
    'host',
    'connection',
    'keep-alive',
    'proxy-connection',
    'proxy-authorization',
    'proxy-authenticate',
    'te',
    'trailer',
    'upgrade',
    'http2-settings',
    'expect',
    'content-length',
  ])('about one connection only end here: %s', (name) => {
    const value = name === 'content-length' ? '0' : 'gateway.test'
    expect(valuesOf(linesFor([[name, value]]), name)).toEqual([])
  })

  test('that Connection names end here, in whatever case', () => {
    const headers: Headers = [
      ['x-one', '1'],
      ['connection', 'close, X-One ,\tx-two'],
      ['x-two', '2'],
      ['connection', 'x-three'],
      ['x-three', '3'],
      ['x-four', '4'],
      ['x-one', 'again'],
    ]
    const names = parseLines(linesFor(headers)).map(([name]) => name)
    expect(names.filter((name) => /^x-(one|two|three|four)$/.test(name))).toEqual(['x-four'])
  })

  test('that Connection names do not take away what the gateway says', () => {
    const names = 'x-forwarded-for, via, forwarded, x-request-id, traceparent, x-from, authorization, x-keysmith-key'
    const lines = linesFor(
      [
        ['connection', names],
        ['x-api-key', SECRET],
      ],
      { url: '/things' },
    )
    for (const name of names.split(', ')) expect([name, valuesOf(lines, name).length]).toEqual([name, 1])
  })

  test.each([
    'x-keysmith-key',
    'x-keysmith-tenant',
    'x-keysmith-scopes',
    'x-keysmith-meta-region',
    'x-keysmith-anything',
    'x-forwarded-port',
    'x-forwarded-server',
    'x-real-ip',
    'x-client-ip',
    'true-client-ip',
    'client-cert',
    'client-cert-chain',
  ])('that upstreams would believe are not for callers to send: %s', (name) => {
    const variants = [name, name.replaceAll('-', '_'), name.replace('-', '_')]
    const lines = linesFor(variants.map((variant) => [variant, 'evil'] as const))
    expect(lines).not.toContain('evil')
  })

  test.each([
    'x-forwarded-for',
    'x_forwarded_for',
    'x-forwarded_proto',
    'x_forwarded-host',
    'forwarded',
    'x_request_id',
  ])('nor what only looks like one: %s', (name) => {
    expect(linesFor([[name, 'for=evil']])).not.toContain('evil')
  })

  test.each(['transfer_encoding', 'content_length', 'host_', 'x_api_key', 'trace_parent'])(
    'nor what could frame or authenticate further on: %s',
    (name) => {
      const sent = valuesOf(linesFor([[name, '1']]), name)
      expect(sent).toEqual(name === 'host_' || name === 'trace_parent' ? ['1'] : [])
    },
  )
})

describe('headers of the route and the upstream', () => {
  test('are written anew and taken out, and those of the upstream stand', () => {
    const headers: Headers = [
      ['x-set', 'by caller'],
      ['cookie', 'a=1'],
      ['x-secret', '1'],
      ['x-from', 'caller'],
      ['x-other', '1'],
    ]
    const lines = linesFor(headers, { url: '/changed' })
    expect(valuesOf(lines, 'x-set')).toEqual(['by route'])
    expect(valuesOf(lines, 'cookie')).toEqual([])
    expect(valuesOf(lines, 'x-secret')).toEqual([])
    expect(valuesOf(lines, 'x-from')).toEqual(['upstream'])
    expect(valuesOf(lines, 'x-other')).toEqual(['1'])
  })

  test('are not said by a caller under a name that looks the same', () => {
    const headers: Headers = [
      ['x_set', 'evil'],
      ['x_from', 'evil'],
      ['x_secret', 'evil'],
    ]
    expect(linesFor(headers, { url: '/changed' })).not.toContain('evil')
    expect(linesFor([['x_from', 'evil']])).not.toContain('evil')
  })

  test("an upstream's credential takes the place of the caller's", () => {
    const lines = linesFor([['authorization', 'Bearer of-caller']])
    expect(valuesOf(lines, 'authorization')).toEqual(['Bearer of-upstream'])
  })
})

describe('who calls', () => {
  test('is said of a key, with its scopes and metadata', () => {
    const lines = parseLines(linesFor([['x-api-key', SECRET]], { url: '/things' }))
    expect(lines.filter(([name]) => name.startsWith('x-keysmith-'))).toEqual([
      ['x-keysmith-key', 'reader'],
      ['x-keysmith-tenant', 'globex'],
      ['x-keysmith-scopes', 'things:read things:write'],
      ['x-keysmith-meta-region', 'eu'],
      ['x-keysmith-meta-user-id', 'u-1'],
      ['x-keysmith-meta-long-name', 'caf%C3%A9%201'],
    ])
  })

  test('is not said on a public route', () => {
    expect(linesFor([['x-api-key', SECRET]])).not.toContain('x-keysmith-')
  })
})

describe('where a request comes from', () => {
  const CHAIN: Headers = [
    ['host', 'api.example.com:8080'],
    ['x-forwarded-for', '198.51.100.7'],
    ['x-forwarded-for', '10.1.1.1'],
    ['x-forwarded-proto', 'https'],
    ['x-forwarded-host', 'public.example.com'],
    ['forwarded', 'for=198.51.100.7;proto=https'],
    ['forwarded', 'for=10.1.1.1'],
    ['via', '1.1 first'],
  ]

  function forwarding(headers: Headers, from: string): [string, string][] {
    const names = ['via', 'x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'forwarded']
    return parseLines(linesFor(headers, { from })).filter(([name]) => names.includes(name))
  }

  test('is written anew for a peer that is not trusted', () => {
    expect(forwarding(CHAIN, '192.0.2.1')).toEqual([
      ['via', '1.1 first, 1.1 acme'],
      ['x-forwarded-for', '192.0.2.1'],
      ['x-forwarded-proto', 'http'],
      ['x-forwarded-host', 'api.example.com:8080'],
      ['forwarded', 'for=192.0.2.1;host="api.example.com:8080";proto=http'],
    ])
  })

  test('is appended to for a trusted proxy', () => {
    expect(forwarding(CHAIN, '10.0.0.1')).toEqual([
      ['via', '1.1 first, 1.1 acme'],
      ['x-forwarded-for', '198.51.100.7, 10.1.1.1, 10.0.0.1'],
      ['x-forwarded-proto', 'https'],
      ['x-forwarded-host', 'public.example.com'],
      ['forwarded', 'for=198.51.100.7;proto=https, for=10.1.1.1, for=10.0.0.1;host="api.example.com:8080";proto=http'],
    ])
  })

  test('is written where a trusted proxy says nothing', () => {
    expect(forwarding([['host', 'a.example']], '10.0.0.1')).toEqual([
      ['via', '1.1 acme'],
      ['x-forwarded-for', '10.0.0.1'],
      ['x-forwarded-proto', 'http'],
      ['x-forwarded-host', 'a.example'],
      ['forwarded', 'for=10.0.0.1;host="a.example";proto=http'],
    ])
  })

  test('says by request whether it came over TLS, of a peer that does both and of a proxy that says nothing', () => {
    for (const from of ['192.0.2.10', '10.0.0.2']) {
      for (const scheme of ['http', 'https', 'https', 'http'] as const) {
        const lines = parseLines(linesFor([['host', 'a.example']], { from, scheme }))
        expect(lines).toContainEqual(['x-forwarded-proto', scheme])
        expect(lines).toContainEqual(['forwarded', `for=${from};host="a.example";proto=${scheme}`])
      }
    }
  })

  test('an IPv6 address is quoted in Forwarded, and nowhere else', () => {
    const lines = forwarding([['host', '[::1]:80']], '2001:db9::1')
    expect(lines).toContainEqual(['x-forwarded-for', '2001:db9::1'])
    expect(lines).toContainEqual(['forwarded', 'for="[2001:db9::1]";host="[::1]:80";proto=http'])
  })

  test('changes with the host of each request of a peer', () => {
    for (const host of ['a.example', 'b.example', 'a.example']) {
      expect(forwarding([['host', host]], '192.0.2.9')).toContainEqual(['x-forwarded-host', host])
    }
  })

  test('the request has one id and one trace', () => {
    const exchange = decide({ url: '/any' })
    const lines = sentLines(exchange)
    expect(valuesOf(lines, 'x-request-id')).toEqual([exchange.requestId])
    expect(valuesOf(lines, 'traceparent')).toEqual([exchange.traceparent])
    expect(valuesOf(lines, 'tracestate')).toEqual([])
  })
})

/** As `parseLines`, but with values that are text of any kind. */
function parseLinesAnyText(lines: string): string[][] {
  return lines.split('\r\n').map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)])
}
