import { beforeAll, describe, expect, test } from 'vitest'
import { commonLines } from '../../runtime/answer-lines.ts'
import { createDecider, type Decide, type TestRequest } from '../support/decider.ts'
import { valuesOf } from '../support/header-lines.ts'

const CONFIG = `version: 1
gateway: { name: routes, listen: "127.0.0.1:0", admin: "127.0.0.1:0" }
upstreams:
  origin: { targets: [http://127.0.0.1:9000] }
apis:
  plain:
    basePath: /plain
    upstream: origin
    access: public
    limits: { rate: 1_000_000/s, per: address }
    routes:
      GET /: {}
      POST /: {}
      HEAD /own: {}
      GET /own: {}
      HEAD /head-only: {}
      ANY /any: {}
      ANY /any-and-options: {}
      OPTIONS /any-and-options: {}
      DELETE /{id}: {}
      GET /{id}/more: {}
  by-header:
    basePath: /matched
    match: { headers: { x-version: "2", x-kind: "a, b" } }
    upstream: origin
    access: public
    limits: { rate: 1_000_000/s, per: address }
    routes:
      GET /: {}
      PUT /: {}
  by-query:
    basePath: /matched
    match: { query: { version: "3 x" } }
    upstream: origin
    access: public
    limits: { rate: 1_000_000/s, per: address }
    routes:
      GET /{deep}: {}
      DELETE /: {}
  by-host:
    basePath: /hosted
    match: { host: api.example.com }
    upstream: origin
    access: public
    limits: { rate: 1_000_000/s, per: address }
    cors: { origins: [https://one.example.com] }
    routes:
      GET /: {}
  by-other-host:
    basePath: /hosted
    match: { host: other.example.com }
    upstream: origin
    access: public
    limits: { rate: 1_000_000/s, per: address }
    cors: { origins: [https://two.example.com] }
    routes:
      GET /: {}
      POST /: {}
  rest-of-matched:
    basePath: /matched
    upstream: origin
    access: public
    limits: { rate: 1_000_000/s, per: address }
    routes:
      POST /: {}
      PUT /: {}
  draft:
    basePath: /draft
    lifecycle: draft
    upstream: origin
    access: public
    limits: { rate: 1_000_000/s, per: address }
    routes:
      GET /: {}
  part-draft:
    basePath: /half
    lifecycle: draft
    upstream: origin
    access: public
    limits: { rate: 1_000_000/s, per: address }
    routes:
      GET /: {}
  other-half:
    basePath: /half
    upstream: origin
    access: public
    limits: { rate: 1_000_000/s, per: address }
    cors: { origins: [https://one.example.com] }
    routes:
      POST /: {}
`

let decide: Decide
beforeAll(async () => {
  decide = await createDecider(CONFIG)
})

type Headers = readonly (readonly [name: string, value: string])[]

/** The api and the template of the route that is found, or the refusal's code with what it allows. */
function found(method: string, url: string, headers: Headers = []): string {
  return outcomeOf({ method, url, headers })
}

function outcomeOf(request: TestRequest): string {
  const { refusal, route } = decide(request)
  if (refusal === null) return `${route?.api.name ?? ''} ${route?.row.route ?? ''}`
  return [refusal.code, ...valuesOf(refusal.headers, 'allow')].join(': ')
}

describe('the method', () => {
  test('decides among the routes of a path', () => {
    expect(found('GET', '/plain')).toBe('plain GET /plain')
    expect(found('POST', '/plain')).toBe('plain POST /plain')
  })

  test('that no route of the path has is 405, with all that there are', () => {
    expect(found('PUT', '/plain')).toBe('method-not-allowed: GET, HEAD, POST')
    expect(found('GET', '/plain/7')).toBe('method-not-allowed: DELETE')
    expect(found('OPTIONS', '/plain')).toBe('method-not-allowed: GET, HEAD, POST')
  })

  test('HEAD runs the route of GET, unless it has its own', () => {
    expect(found('HEAD', '/plain')).toBe('plain GET /plain')
    expect(found('HEAD', '/plain/own')).toBe('plain HEAD /plain/own')
    expect(found('HEAD', '/plain/7')).toBe('method-not-allowed: DELETE')
    expect(decide({ method: 'HEAD', url: '/plain' }).method).toBe('HEAD')
  })

  test('GET does not run the route of HEAD', () => {
    expect(found('GET', '/plain/head-only')).toBe('method-not-allowed: HEAD')
  })

  test.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])('ANY is %s, too', (method) => {
    expect(found(method, '/plain/any')).toBe('plain ANY /plain/any')
  })

  test('ANY is not OPTIONS', () => {
    expect(found('OPTIONS', '/plain/any')).toBe('method-not-allowed: GET, HEAD, POST, PUT, PATCH, DELETE')
    expect(found('OPTIONS', '/plain/any-and-options')).toBe('plain OPTIONS /plain/any-and-options')
  })

  test('there is no way back to a path that has the method', () => {
    expect(found('DELETE', '/plain/own')).toBe('method-not-allowed: HEAD, GET')
  })
})

describe('a match on headers', () => {
  const BOTH: Headers = [
    ['x-version', '2'],
    ['x-kind', 'a, b'],
  ]

  test('holds when every header has its value', () => {
    expect(found('GET', '/matched', BOTH)).toBe('by-header GET /matched')
    expect(found('GET', '/matched', [...BOTH, ['x-other', '1']])).toBe('by-header GET /matched')
  })

  test('several lines are one list', () => {
    const lines: Headers = [
      ['x-kind', 'a'],
      ['x-version', '2'],
      ['x-kind', 'b'],
    ]
    expect(found('GET', '/matched', lines)).toBe('by-header GET /matched')
  })

  test.each([
    ['a header is missing', [['x-version', '2']]],
    ['a value is another', [BOTH[1], ['x-version', '3']]],
    ['a value comes twice', [...BOTH, ['x-version', '2']]],
    ['a value has another case', [['x-version', '2'] as const, ['x-kind', 'A, B'] as const]],
    ['a list has another order', [['x-version', '2'] as const, ['x-kind', 'b, a'] as const]],
    ['a value is empty', [BOTH[1], ['x-version', '']]],
    ['a name only looks the same', [BOTH[1], ['x_version', '2']]],
  ])('does not hold when %s', (_, headers) => {
    expect(found('GET', '/matched', headers as Headers)).toMatch(/^method-not-allowed/)
  })

  test('comes before a route without one, and leaves it what does not hold', () => {
    expect(found('PUT', '/matched', BOTH)).toBe('by-header PUT /matched')
    expect(found('PUT', '/matched')).toBe('rest-of-matched PUT /matched')
  })

  test('a refused method names those that would hold with these headers', () => {
    expect(found('PATCH', '/matched', BOTH)).toBe('method-not-allowed: GET, HEAD, PUT, POST')
    expect(found('PATCH', '/matched')).toBe('method-not-allowed: PUT, POST')
    expect(found('PATCH', '/matched?version=3+x')).toBe('method-not-allowed: PUT, DELETE, POST')
  })
})

describe('a match on the query', () => {
  test.each(['version=3+x', 'version=3%20x', 'a=1&version=3+x&b', '%76ersion=3+x', 'version=3+x&version=3%20%78'])(
    '%s holds',
    (query) => {
      expect(found('DELETE', `/matched?${query}`)).toBe('by-query DELETE /matched')
    },
  )

  test.each(['', 'version', 'version=', 'version=3', 'version=3+X', 'Version=3+x', 'version=3+x&version=4', 'x=%zz'])(
    '%s does not',
    (query) => {
      expect(found('DELETE', `/matched?${query}`)).toBe('method-not-allowed: PUT, POST')
    },
  )

  test('a broken escape makes no query', () => {
    expect(found('DELETE', '/matched?version=3+x&a=%f')).toBe('method-not-allowed: PUT, POST')
    expect(found('DELETE', '/matched?version=3+x&a=%ff')).toBe('method-not-allowed: PUT, POST')
  })

  test('where none of a path holds it is 404', () => {
    expect(found('GET', '/matched/1?version=3+x')).toBe('by-query GET /matched/{deep}')
    expect(found('GET', '/matched/1')).toBe('no-route')
    expect(found('PUT', '/matched/1')).toBe('no-route')
    expect(found('PUT', '/matched/1?version=3+x')).toBe('method-not-allowed: GET, HEAD')
  })
})

describe('a match on the host', () => {
  test.each(['api.example.com', 'API.Example.COM', 'api.example.com:8080', 'api.example.com:'])('%s holds', (host) => {
    expect(found('GET', '/hosted', [['host', host]])).toBe('by-host GET /hosted')
  })

  test.each(['api.example.org', 'xapi.example.com', 'api.example.com.', 'api.example.com.evil.org'])(
    '%s does not',
    (host) => {
      expect(found('GET', '/hosted', [['host', host]])).toBe('no-route')
    },
  )

  test('what a proxy says of the host does not count', () => {
    const headers: Headers = [
      ['host', 'gateway.test'],
      ['x-forwarded-host', 'api.example.com'],
    ]
    expect(found('GET', '/hosted', headers)).toBe('no-route')
  })
})

describe('a preflight', () => {
  const ask = (host: string, method = 'GET', origin = 'https://one.example.com'): TestRequest => ({
    method: 'OPTIONS',
    url: '/hosted',
    headers: [
      ['host', host],
      ['origin', origin],
      ['access-control-request-method', method],
    ],
  })

  test('is for the route that will be asked for, by its host', () => {
    expect(outcomeOf(ask('api.example.com'))).toBe('by-host GET /hosted')
    expect(outcomeOf(ask('other.example.com'))).toBe('condition-failed')
    expect(outcomeOf(ask('other.example.com', 'GET', 'https://two.example.com'))).toBe('by-other-host GET /hosted')
    expect(outcomeOf(ask('api.example.com', 'GET', 'https://two.example.com'))).toBe('condition-failed')
  })

  test('is told of the methods that the api has there', () => {
    expect(decide(ask('api.example.com')).preflightAllows).toBe('GET')
    expect(decide(ask('other.example.com', 'GET', 'https://two.example.com')).preflightAllows).toBe('GET, POST')
  })

  test('for a method that the api lacks is told what there is', () => {
    expect(outcomeOf(ask('api.example.com', 'POST'))).toBe('by-host GET /hosted')
    expect(outcomeOf(ask('api.example.com', 'HEAD'))).toBe('by-host GET /hosted')
  })

  test('for no host that there is, is a request with a method that is not there', () => {
    expect(outcomeOf(ask('nowhere.example.com'))).toBe('no-route')
  })

  test('of a path without CORS is a request like others', () => {
    expect(outcomeOf({ ...ask('a'), url: '/plain' })).toBe('method-not-allowed: GET, HEAD, POST')
    expect(outcomeOf({ ...ask('a'), url: '/plain/any-and-options' })).toBe('plain OPTIONS /plain/any-and-options')
  })

  test.each([
    ['without an origin', [['access-control-request-method', 'GET']]],
    ['without a method', [['origin', 'https://one.example.com']]],
  ] as const)('%s is none', (_, headers) => {
    const request = { method: 'OPTIONS', url: '/hosted', headers: [['host', 'api.example.com'] as const, ...headers] }
    expect(outcomeOf(request)).toBe('method-not-allowed: GET, HEAD')
  })

  test('leaves out an api that is not there yet', () => {
    expect(outcomeOf({ ...ask('a'), url: '/half' })).toBe('other-half POST /half')
  })
})

describe('a draft', () => {
  test('is not there', () => {
    expect(found('GET', '/draft')).toBe('no-route')
    expect(found('POST', '/draft')).toBe('no-route')
    expect(decide({ url: '/draft' }).route).toBeNull()
  })

  test('leaves the other methods of its path, which do not speak of it', () => {
    expect(found('POST', '/half')).toBe('other-half POST /half')
    expect(found('GET', '/half')).toBe('no-route')
    expect(found('HEAD', '/half')).toBe('no-route')
    expect(found('PUT', '/half')).toBe('method-not-allowed: POST')
  })
})

test('a refused method answers as the api does, with CORS', () => {
  const lines = commonLines(
    decide({
      method: 'PUT',
      url: '/hosted',
      headers: [
        ['host', 'api.example.com'],
        ['origin', 'https://one.example.com'],
      ],
    }),
  )
  expect(valuesOf(lines, 'access-control-allow-origin')).toEqual(['https://one.example.com'])
})
