import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { LoadedTable } from '../../runtime/load-table.ts'
import type { ResponseHead } from '../../runtime/upstream/types.ts'
import { loadTestTable, type TestRequest } from '../support/decider.ts'
import { callOf, createGateway, problemOf, type Gateway, type Handled } from '../support/handled.ts'
import { digestOf } from '../support/make-secret.ts'
import { secretOf } from '../support/limited-config.ts'

const key = (id: string, scopes: string): string =>
  `      ${id}: { digest: "${digestOf(secretOf(id))}", scopes: [${scopes}], expires: 2099-01-01 }`

const CONFIG = `version: 1
gateway: { name: fields, listen: "127.0.0.1:0", admin: "127.0.0.1:0", keys: { prefix: acme } }
upstreams:
  origin: { targets: [http://127.0.0.1:9000] }
scopes: { use: Use it, use:pii: See people, use:all: See all }
apis:
  orders:
    basePath: /orders
    upstream: origin
    access: authenticated
    fields:
      allow: [id]
      withScope: { "use:pii": [customer.name], "use:all": [customer] }
    routes:
      ANY /: { scope: use }
      GET /small: { scope: use, fields: { allow: [total], size: 64B } }
      GET /set: { scope: use, request: { headers: { set: { accept-encoding: gzip } } } }
  open:
    basePath: /open
    upstream: origin
    access: public
    limits: { rate: 1_000/s, per: everyone }
    fields: { allow: [id] }
    routes:
      GET /: {}
  whole:
    basePath: /whole
    upstream: origin
    access: authenticated
    routes:
      GET /: { scope: use }
tenants:
  globex:
    keys:
${key('a', 'use')}
${key('b', 'use, use:pii')}
${key('c', 'use, use:pii, use:all')}
`
const ORDER = '{"id":1,"customer":{"name":"N","phone":"P"},"cost":2}'
const JSON_TYPE = ['content-type', 'application/json']

let table: LoadedTable
beforeAll(async () => {
  table = await loadTestTable(CONFIG)
})

let gateway: Gateway
let handled: Handled[] = []
beforeEach(() => {
  gateway = createGateway(table)
  handled = []
})
afterEach(() => {
  for (const { fake } of handled) expect(fake.faults).toEqual([])
  expect(gateway.bugs).toEqual([])
  expect(gateway.recorded).toHaveLength(handled.length)
})

function ask(request: Partial<TestRequest> & { readonly by?: string } = {}): Handled {
  const { by = 'a', headers = [], ...rest } = request
  const one = gateway.handle({ url: '/orders', ...rest, headers: [['x-api-key', secretOf(by)], ...headers] })
  handled.push(one)
  return one
}

/** What a caller gets of an upstream's answer. */
function shown(body: string, by = 'a', head: Partial<ResponseHead> = {}, url = '/orders'): string {
  const one = ask({ by, url })
  callOf(one).answer({ fields: JSON_TYPE, contentLength: Buffer.byteLength(body), ...head }, body)
  return one.read().body.toString()
}

function refused(head: Partial<ResponseHead>, body = ORDER): { status: number; code: unknown } {
  const one = ask()
  callOf(one).answer({ contentLength: Buffer.byteLength(body), ...head }, body)
  return problemOf(one)
}

const BROKEN = { status: 502, code: 'upstream-broken' }

describe('an answer', () => {
  test('shows what all may see, and what the scopes of its caller show besides', () => {
    expect(shown(ORDER, 'a')).toBe('{"id":1}')
    expect(shown(ORDER, 'b')).toBe('{"id":1,"customer":{"name":"N"}}')
    expect(shown(ORDER, 'c')).toBe('{"id":1,"customer":{"name":"N","phone":"P"}}')
    expect(shown(ORDER, 'a', {}, '/open')).toBe('{"id":1}')
  })

  test('shows what its route says instead of its api, and all where nothing is said', () => {
    expect(shown('{"id":1,"total":2}', 'c', {}, '/orders/small')).toBe('{"total":2}')
    expect(shown(ORDER, 'a', {}, '/whole')).toBe(ORDER)
  })

  test('is cut at every status of success, with any JSON type', () => {
    for (const status of [200, 201, 202, 203, 207]) expect(shown(ORDER, 'a', { status })).toBe('{"id":1}')
    for (const type of ['application/json; charset=utf-8', 'application/hal+json', 'Application/JSON;charset="UTF-8"'])
      expect(shown(ORDER, 'a', { fields: ['content-type', type] })).toBe('{"id":1}')
  })

  test('that comes in pieces is the same, wherever it is split', () => {
    for (let at = 0; at <= ORDER.length; at++) {
      const one = ask({ by: 'b' })
      callOf(one).answer({ fields: JSON_TYPE }, ORDER.slice(0, at), false)
      callOf(one).more(ORDER.slice(at, at + 5))
      callOf(one).more(ORDER.slice(at + 5), true)
      expect(one.read()).toMatchObject({ status: 200, framing: 'length', isComplete: true })
      expect(one.read().body.toString()).toBe('{"id":1,"customer":{"name":"N"}}')
    }
  })

  test('carries no field that was about the body before it was cut', () => {
    const one = ask()
    const about = [
      'etag',
      '"1"',
      'content-digest',
      'sha-256=:x:',
      'repr-digest',
      'x',
      'digest',
      'x',
      'content-md5',
      'x',
    ]
    callOf(one).answer({ fields: [...JSON_TYPE, ...about, 'x-kept', '1'], contentLength: ORDER.length }, ORDER)
    const names = one.read().headers.map(([name]) => name)
    expect(names).toEqual(expect.arrayContaining(['content-type', 'x-kept', 'content-length']))
    for (const [i, name] of about.entries()) if (i % 2 === 0) expect(names).not.toContain(name)
  })
})

describe('an answer of success that cannot be cut is broken', () => {
  test.each([
    'text/html',
    'application/x-ndjson',
    'text/event-stream',
    'application/jsonp',
    'application/json; charset=latin1',
    'application/json, text/html',
    'text/json',
    '',
  ])('by its type: %s', (type) => {
    expect(refused({ fields: type === '' ? [] : ['content-type', type] })).toEqual(BROKEN)
  })

  test('by having two types, a coding, or being a part', () => {
    expect(refused({ fields: [...JSON_TYPE, ...JSON_TYPE] })).toEqual(BROKEN)
    expect(refused({ fields: [...JSON_TYPE, 'content-encoding', 'gzip'] })).toEqual(BROKEN)
    expect(refused({ fields: JSON_TYPE, status: 206 })).toEqual(BROKEN)
    expect(refused({ fields: [...JSON_TYPE, 'content-encoding', 'identity'] }, '[7')).toEqual(BROKEN)
  })

  test.each(['{"id":1', '{"id":1}{"id":2}', '{"id":1}\n{"id":2}\n', 'id=1', '[NaN]'])(
    'by not being JSON: %s',
    (body) => {
      expect(refused({ fields: JSON_TYPE }, body)).toEqual(BROKEN)
    },
  )

  test('by its size, whether it is said before or found out', () => {
    const long = `{"total":"${'x'.repeat(53)}"}`
    expect(long).toHaveLength(65)
    for (const contentLength of [65, -1]) {
      const one = ask({ url: '/orders/small' })
      callOf(one).answer({ fields: JSON_TYPE, contentLength }, long.slice(0, 40), false)
      if (contentLength < 0) callOf(one).more(long.slice(40), true)
      expect(problemOf(one)).toEqual(BROKEN)
      expect(callOf(one).log).toContain('abort')
    }
    expect(shown(long.replace('x', ''), 'a', {}, '/orders/small')).toBe(long.replace('x', ''))
  })
})

describe('an answer without a body', () => {
  test('goes through as it is', () => {
    for (const head of [{ status: 204 }, { status: 304 }]) {
      const one = ask()
      callOf(one).answer({ ...head, hasBody: false })
      expect(one.read({ hasBody: false }).status).toBe(head.status)
    }
    expect(shown('', 'a', { fields: [], contentLength: 0 })).toBe('')
    expect(shown('', 'a')).toBe('')
  })

  test('says to HEAD what it would to GET, but not how long that is', () => {
    const one = ask({ method: 'HEAD' })
    callOf(one).answer({ fields: [...JSON_TYPE, 'etag', '"1"'], contentLength: ORDER.length, hasBody: false })
    const { status, headers } = one.read({ hasBody: false })
    const names = headers.map(([name]) => name)
    expect(status).toBe(200)
    expect(names).toContain('content-type')
    expect(names).not.toContain('content-length')
    expect(names).not.toContain('etag')
    const wrong = ask({ method: 'HEAD' })
    callOf(wrong).answer({ fields: ['content-type', 'text/html'], contentLength: 9, hasBody: false })
    expect(wrong.read({ hasBody: false }).status).toBe(502)
  })
})

describe('an answer that is no success', () => {
  test.each([301, 400, 401, 403, 404, 409, 422, 429, 500, 503])('keeps its status %i and loses its body', (status) => {
    const one = ask()
    const fields = [...JSON_TYPE, 'location', '/there', 'retry-after', '7', 'etag', '"1"']
    callOf(one).answer({ status, fields, contentLength: ORDER.length }, ORDER)
    const { body, headers } = one.read()
    expect(problemOf(one)).toEqual({ status, code: 'upstream-refused' })
    expect(JSON.parse(body.toString())).toMatchObject({ status })
    expect(body.toString()).not.toContain('phone')
    expect(headers.filter(([name]) => name === 'content-type')).toEqual([['content-type', 'application/problem+json']])
    expect(headers).toContainEqual(['location', '/there'])
    expect(headers).toContainEqual(['retry-after', '7'])
    expect(headers.map(([name]) => name)).not.toContain('etag')
  })

  test('is not waited for', () => {
    const one = ask()
    callOf(one).answer({ status: 404, fields: JSON_TYPE }, '{"a', false)
    expect(problemOf(one)).toEqual({ status: 404, code: 'upstream-refused' })
    expect(callOf(one).log).toContain('abort')
  })
})

test('an answer that breaks off before it is whole is a fault, and nothing of it was sent', () => {
  const one = ask()
  callOf(one).answer({ fields: JSON_TYPE }, ORDER.slice(0, 20), false)
  expect(one.fake.sent()).toHaveLength(0)
  callOf(one).fail('broken')
  expect(problemOf(one)).toEqual(BROKEN)
})

describe('the upstream is asked', () => {
  const asked = (url: string): string => {
    const wishes = ['gzip, br', 'bytes=0-9', '"1"']
    const one = ask({
      url,
      headers: ['accept-encoding', 'range', 'if-range'].map((name, i) => [name, wishes[i] ?? '']),
    })
    const { headers } = callOf(one).request
    callOf(one).answer({ fields: JSON_TYPE, contentLength: 2 }, '{}')
    return headers
  }

  test.each(['/orders', '/orders/set', '/open'])('for the whole of it, in no coding: %s', (url) => {
    const lines = asked(url).split('\r\n')
    expect(lines.filter((line) => /^(accept-encoding|range|if-range):/.test(line))).toEqual([
      'accept-encoding: identity',
    ])
  })

  test('for what the caller wants where nothing is cut', () => {
    expect(asked('/whole')).toContain('accept-encoding: gzip, br\r\nrange: bytes=0-9\r\nif-range: "1"\r\n')
  })
})
