import { beforeAll, describe, expect, test } from 'vitest'
import { commonLines, preflightLines } from '../../runtime/answer-lines.ts'
import type { Exchange } from '../../runtime/exchange.ts'
import { createDecider, type Decide } from '../support/decider.ts'
import { parseLines, valuesOf } from '../support/header-lines.ts'

const CONFIG = `version: 1
gateway:
  name: cors
  listen: 127.0.0.1:0
  admin: 127.0.0.1:0
  keys: { prefix: cors, headers: [x-api-key, authorization] }
upstreams:
  origin: { targets: [http://127.0.0.1:9000] }
scopes:
  things:read: Read things
apis:
  named:
    basePath: /named
    upstream: origin
    access: authenticated
    cors:
      origins: [https://app.example.com, http://localhost:3000]
      credentials: true
      maxAge: 1h
      headers: [x-custom]
      expose: [x-total]
    routes:
      GET /: { scope: things:read, limits: { rate: 1/min, per: everyone } }
      POST /: { scope: things:read }
  any:
    basePath: /any
    upstream: origin
    access: public
    limits: { rate: 1/h, per: address }
    cors: { origins: ["*"] }
    routes:
      GET /: {}
  none:
    basePath: /none
    upstream: origin
    access: public
    limits: { rate: 1_000/s, per: address }
    routes:
      GET /: {}
tenants:
  globex:
    keys:
      reader:
        digest: sha256:44b548be7aafb7efd162db14e053102ecf13566db8b76e1e9a8b4bcd34d4da5f
        scopes: [things:read]
        expires: 2099-01-01
`

let decide: Decide
beforeAll(async () => {
  decide = await createDecider(CONFIG)
})

const APP = 'https://app.example.com'

function ask(url: string, origin: string, method = 'GET'): Exchange {
  const headers = [
    ['origin', origin],
    ['access-control-request-method', method],
  ] as const
  return decide({ method: 'OPTIONS', url, headers })
}

function corsNames(lines: string): string[] {
  return parseLines(lines)
    .map(([name]) => name)
    .filter((name) => name.startsWith('access-control-'))
}

describe('a preflight', () => {
  test('is answered without a credential, limits or an upstream', () => {
    for (let i = 0; i < 5; i++) {
      const exchange = ask('/named', APP)
      expect(exchange).toMatchObject({
        refusal: null,
        preflight: true,
        caller: null,
        takenLimits: 0,
        limitLevels: null,
      })
    }
  })

  test('is told what the origin may do', () => {
    const lines = parseLines(preflightLines(ask('/named', APP)))
    expect(lines).toEqual([
      ['x-request-id', expect.stringMatching(/^[0-9a-f-]{36}$/)],
      ['access-control-allow-origin', APP],
      ['vary', 'Origin'],
      ['access-control-allow-credentials', 'true'],
      ['access-control-expose-headers', expect.stringContaining('x-total')],
      ['access-control-allow-methods', 'GET, POST'],
      ['access-control-allow-headers', expect.stringMatching(/x-api-key.*authorization.*content-type.*x-custom/)],
      ['access-control-max-age', '3600'],
    ])
  })

  test('does not take of a limit that counts everyone', () => {
    for (let i = 0; i < 3; i++) expect(ask('/any', APP).refusal).toBeNull()
    expect(decide({ url: '/any' }).refusal).toBeNull()
  })

  test.each([
    ['another host', 'https://evil.example.com'],
    ['another scheme', 'http://app.example.com'],
    ['another port', 'https://app.example.com:444'],
    ['another case', 'https://APP.example.com'],
    ['a longer one', 'https://app.example.com.evil.org'],
    ['a path', 'https://app.example.com/'],
    ['null', 'null'],
    ['a list', `${APP}, ${APP}`],
    ['the star', '*'],
  ])('of %s is refused, and nothing is said of CORS', (_, origin) => {
    const exchange = ask('/named', origin)
    expect(exchange.refusal).toMatchObject({ status: 403, code: 'condition-failed' })
    expect(corsNames(commonLines(exchange))).toEqual([])
    expect(valuesOf(commonLines(exchange), 'vary')).toEqual(['Origin'])
  })

  test('of two lines of origins is of none', () => {
    const headers = [
      ['origin', APP],
      ['origin', APP],
      ['access-control-request-method', 'GET'],
    ] as const
    expect(decide({ method: 'OPTIONS', url: '/named', headers }).refusal?.code).toBe('condition-failed')
  })

  test('may be of any origin where any is allowed, and is told that one', () => {
    for (const origin of ['https://a.example', 'http://localhost:1', 'http://[::1]:80', 'chrome-extension://abc']) {
      const exchange = ask('/any', origin)
      expect(exchange.refusal).toBeNull()
      expect(valuesOf(preflightLines(exchange), 'access-control-allow-origin')).toEqual([origin])
      expect(corsNames(preflightLines(exchange))).not.toContain('access-control-allow-credentials')
    }
  })

  test.each([
    ['null', 'null'],
    ['a list', 'https://a.example, https://b.example'],
    ['a word', 'x'],
    ['characters that would be a line end in one byte each', 'https://a.example\u010d\u010ax-injected: 1'],
    ['characters above ASCII', 'https://b\u00fccher.example'],
    ['a blank', 'https://a.example b'],
  ])('of %s is of no origin, also where any is allowed', (_, origin) => {
    const exchange = ask('/any', origin)
    expect(exchange.refusal?.code).toBe('condition-failed')
    expect(corsNames(commonLines(exchange))).toEqual([])
  })
})

describe('every other answer', () => {
  test('of the api carries CORS, refusals included', () => {
    const exchange = decide({ url: '/named', headers: [['origin', APP]] })
    expect(exchange.refusal?.code).toBe('missing-credential')
    expect(corsNames(commonLines(exchange))).toEqual([
      'access-control-allow-origin',
      'access-control-allow-credentials',
      'access-control-expose-headers',
    ])
  })

  test('to another origin, or to none, only says that it depends on the origin', () => {
    for (const headers of [[['origin', 'https://evil.example.com']], []] as const) {
      const lines = commonLines(decide({ url: '/named', headers }))
      expect([corsNames(lines), valuesOf(lines, 'vary')]).toEqual([[], ['Origin']])
    }
  })

  test('of an api without CORS says nothing', () => {
    const lines = commonLines(decide({ url: '/none', headers: [['origin', APP]] }))
    expect(parseLines(lines).map(([name]) => name)).not.toContain('vary')
    expect(corsNames(lines)).toEqual([])
  })

  test('exposes what the gateway says', () => {
    const [exposed = ''] = valuesOf(
      commonLines(decide({ url: '/any', headers: [['origin', APP]] })),
      'access-control-expose-headers',
    )
    for (const name of ['x-request-id', 'ratelimit', 'ratelimit-policy', 'retry-after', 'www-authenticate']) {
      expect(exposed.split(', ')).toContain(name)
    }
  })
})
