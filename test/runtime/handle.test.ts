import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { LoadedTable } from '../../runtime/load-table.ts'
import { bytesOf, nextTurn } from '../support/answer-run.ts'
import { loadTestTable, TEST_ID, type TestRequest } from '../support/decider.ts'
import { callOf, createGateway, problemOf, type Gateway, type Handled } from '../support/handled.ts'
import { limitedConfig, secretOf } from '../support/limited-config.ts'

const CONFIG = limitedConfig({
  keys: { a: 'limits: { concurrency: 2 }' },
  routes: {
    'POST /': '',
    'PUT /': 'body: ./any.schema.json, requests: { body: 1KB }',
    'POST /large': 'requests: { body: 100MB }',
    'GET /query': 'query: { n: { type: integer } }',
    'GET /slow': 'requests: { timeout: 5s }',
  },
  open: { 'GET /': '', 'POST /': 'requests: { body: 10KB }' },
}).replace(
  '    routes:\n      GET /forbidden',
  '    cors: { origins: [https://app.example] }\n    routes:\n      GET /forbidden',
)

/** The upstream of this one is given a credential by the gateway. */
const OWN_CREDENTIAL = CONFIG.replace(
  '  origin: { targets: [http://127.0.0.1:9000] }',
  '  origin: { targets: [http://127.0.0.1:9000], headers: { authorization: "Bearer ${secret:token}" } }\nsecrets: { token: "${env:TOKEN}" }',
)

let table: LoadedTable
let withOwnCredential: LoadedTable
beforeAll(async () => {
  const files = { 'any.schema.json': '{"type":"object","properties":{"n":{"type":"integer"}}}' }
  table = await loadTestTable(CONFIG, files)
  withOwnCredential = await loadTestTable(OWN_CREDENTIAL, files)
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
  // Every request ends in the log, once.
  const linesOf = ({ exchange }: Handled): number => gateway.recorded.filter((one) => one.exchange === exchange).length
  expect(handled.map(linesOf)).toEqual(handled.map(() => 1))
})

function ask(request: Partial<TestRequest> = {}, socket?: { readonly socketBytes?: number }): Handled {
  const { headers = [], ...rest } = request
  const one = gateway.handle({ url: '/things', ...rest, headers: [['x-api-key', secretOf('a')], ...headers] }, socket)
  handled.push(one)
  return one
}

function lengthOf(bytes: number): readonly [string, string] {
  return ['content-length', String(bytes)]
}

const JSON_TYPE = ['content-type', 'application/json'] as const

describe('a request that is allowed', () => {
  test('is forwarded, and the answer comes back with what the gateway says', () => {
    const one = ask({ url: '/things?a=1' })
    expect(callOf(one).request).toMatchObject({ method: 'GET', path: '/things?a=1', body: null, timeoutMs: 30_000 })
    callOf(one).answer({ fields: ['content-type', 'text/plain'] }, 'hello')
    expect(one.read()).toMatchObject({ status: 200, body: Buffer.from('hello'), isComplete: true })
    expect(one.read().headers).toEqual(
      expect.arrayContaining([
        ['content-type', 'text/plain'],
        ['x-request-id', TEST_ID.uuid],
      ]),
    )
    expect(gateway.recorded).toMatchObject([{ status: 200, code: null }])
  })

  test('has what it may have in flight back when it is answered', () => {
    const [one, two] = [ask(), ask()]
    expect(problemOf(ask())).toEqual({ status: 429, code: 'concurrency-exceeded' })
    callOf(one).answer({}, 'x')
    const three = ask()
    callOf(three).answer({}, 'x')
    two.fake.abort()
    const four = ask()
    callOf(four).fail('broken')
    const five = ask()
    callOf(five).answer({}, 'x')
    expect(gateway.recorded.map(({ status }) => status).sort()).toEqual([200, 200, 200, 429, 499, 502])
  })

  test('to HEAD has the length of what GET would give', () => {
    const one = ask({ method: 'HEAD' })
    expect(callOf(one).request.method).toBe('HEAD')
    callOf(one).answer({ hasBody: false, contentLength: 1234 })
    expect(one.read({ hasBody: false }).headers).toContainEqual(['content-length', '1234'])
  })

  test.each([
    [204, -1, []],
    [304, -1, []],
    [304, 99, [['content-length', '99']]],
    [204, 99, []],
  ] as const)('may have no body: %i', (status, contentLength, lengths) => {
    const one = ask()
    callOf(one).answer({ status, hasBody: false, contentLength })
    const { headers, rest } = one.read({ hasBody: false })
    expect(headers.filter(([name]) => name === 'content-length')).toEqual(lengths)
    expect(rest.length).toBe(0)
  })

  test('streams an answer of known length, and one in chunks', () => {
    for (const contentLength of [9, -1]) {
      const one = ask()
      callOf(one).answer({ contentLength }, 'abc', false)
      callOf(one).more('def')
      expect(gateway.recorded.length).toBe(contentLength === 9 ? 0 : 1)
      callOf(one).more('ghi', true)
      expect(one.read()).toMatchObject({ body: Buffer.from('abcdefghi'), isComplete: true })
      expect(one.read().framing).toBe(contentLength === 9 ? 'length' : 'chunks')
    }
  })

  test('pauses the upstream while the caller does not take the answer', () => {
    const one = ask({}, { socketBytes: 4608 })
    const call = callOf(one)
    call.answer({ contentLength: 60_000 }, bytesOf(30_000), false)
    expect(call.log).toEqual(['pause'])
    one.fake.takeAll()
    expect(call.log).toContain('resume')
    call.more(bytesOf(30_000, 30_000), true)
    one.fake.takeAll()
    expect(one.read()).toMatchObject({ isComplete: true, body: bytesOf(60_000) })
  })

  test('closes its connection when the gateway drains', () => {
    gateway.draining = true
    const one = ask()
    callOf(one).answer({}, 'x')
    expect(one.fake.isDeaf()).toBe(true)
    expect(one.read().headers).toContainEqual(['connection', 'close'])
  })
})

describe('an upstream that does not answer', () => {
  test.each([
    ['unreachable', 502, 'upstream-unreachable'],
    ['broken', 502, 'upstream-broken'],
    ['timeout', 504, 'upstream-timeout'],
    ['overloaded', 503, 'overloaded'],
  ] as const)('because it is %s: %i %s', (fault, status, code) => {
    const one = ask()
    callOf(one).fail(fault)
    expect(problemOf(one)).toEqual({ status, code })
    expect(gateway.recorded).toMatchObject([{ status, code }])
    expect(one.read().headers.filter(([name]) => name === 'retry-after')).toEqual(
      fault === 'overloaded' ? [['retry-after', '1']] : [],
    )
  })

  test('to the end cuts the connection, and the log has the status and the reason', async () => {
    const one = ask()
    callOf(one).answer({ contentLength: 100 }, 'abc', false)
    callOf(one).fail('broken')
    await nextTurn()
    expect([one.fake.isClosed(), one.read().isComplete]).toEqual([true, false])
    expect(gateway.recorded).toMatchObject([{ status: 200, code: 'upstream-broken' }])
  })

  test('but says 401 or 403 of the credential that the gateway gave it, is our fault', () => {
    for (const status of [401, 403]) {
      gateway = createGateway(withOwnCredential)
      handled = []
      const one = ask()
      callOf(one).answer({ status, fields: ['www-authenticate', 'Basic'] }, 'who are you?')
      expect(problemOf(one)).toEqual({ status: 502, code: 'upstream-broken' })
      expect(one.fake.sent().toString()).not.toMatch(/www-authenticate|who are you/)
      expect(callOf(one).log).toEqual(['abort'])
    }
  })

  test.each([401, 403, 404, 500, 503])('any other %i passes', (status) => {
    const one = ask()
    callOf(one).answer({ status }, 'x')
    expect(one.read().status).toBe(status)
  })

  test('is given what is left of the time until the head', () => {
    const one = ask({ url: '/things/slow' })
    expect(callOf(one).request.timeoutMs).toBe(5000)
    callOf(one).fail('timeout')
  })
})

describe('a caller who leaves', () => {
  test('before the answer gives up the call, and only the log sees it', () => {
    const one = ask()
    one.fake.abort()
    expect(callOf(one).log).toEqual(['abort'])
    callOf(one).answer({}, 'too late')
    callOf(one).fail('broken')
    expect(one.fake.sent().length).toBe(0)
    expect(gateway.recorded).toMatchObject([{ status: 499, code: null }])
  })

  test('within the answer, too', () => {
    const one = ask()
    callOf(one).answer({}, 'abc', false)
    one.fake.abort()
    callOf(one).more('def', true)
    expect(callOf(one).log).toEqual(['abort'])
    expect(gateway.recorded).toMatchObject([{ status: 499 }])
  })

  test('within the body of the request, too', () => {
    const one = ask({ method: 'PUT', headers: [lengthOf(100), JSON_TYPE] })
    one.fake.receive(bytesOf(10), false)
    one.fake.abort()
    expect([one.call(), gateway.recorded.length]).toEqual([null, 1])
  })
})

describe('a body that is streamed', () => {
  test('goes on as it comes, and the upstream is told its length', () => {
    const one = ask({ method: 'POST', headers: [lengthOf(30)] })
    const call = callOf(one)
    expect(call.request.body).toEqual({ bytes: 30 })
    one.fake.receive(bytesOf(10), false)
    one.fake.receive(bytesOf(20, 10), true)
    expect(call.log).toEqual(['write 10', 'write 20', 'end'])
    expect(call.body()).toEqual(bytesOf(30))
    call.answer({}, 'ok')
  })

  test('is paused while the upstream does not keep up', () => {
    const one = ask({ method: 'POST', url: '/things/large', headers: [lengthOf(5_000_000)] })
    const call = callOf(one)
    call.keepsUp = false
    one.fake.receive(bytesOf(10), false)
    expect(one.fake.isPaused()).toBe(true)
    call.receiver.onDrain()
    expect(one.fake.isPaused()).toBe(false)
    call.fail('broken')
    one.fake.receive(bytesOf(4_999_990), true)
    return nextTurn()
  })

  test('whose answer comes first is read over, and the answer is not lost', async () => {
    const one = ask({ method: 'POST', url: '/things/large', headers: [lengthOf(5_000_000)] })
    callOf(one).answer({ status: 413 }, 'too large')
    expect(one.fake.sent().length).toBe(0)
    one.fake.receive(bytesOf(100_000), false)
    gateway.pass(1100)
    await nextTurn()
    expect(one.read()).toMatchObject({ status: 413, body: Buffer.from('too large') })
    expect(one.fake.isClosed()).toBe(true)
    expect(callOf(one).log).toEqual([])
  })

  test('that is too slow is 408, and the call is given up', async () => {
    const one = ask({ method: 'POST', headers: [lengthOf(100_000)] })
    one.fake.receive(bytesOf(10), false)
    gateway.pass(11_000)
    expect(callOf(one).log).toEqual(['write 10', 'abort'])
    gateway.pass(1100)
    await nextTurn()
    expect(problemOf(one)).toEqual({ status: 408, code: 'body-timeout' })
    expect(one.fake.isClosed()).toBe(true)
  })

  test('is not looked at where the request is refused, and the connection stays if it is small', () => {
    const one = ask({ method: 'POST', url: '/things/forbidden', headers: [lengthOf(10)] })
    expect(problemOf(one)).toEqual({ status: 405, code: 'method-not-allowed' })
    one.fake.receive(bytesOf(10), true)
    expect(one.read().headers.map(([name]) => name)).not.toContain('connection')
  })
})

describe('a body that is described', () => {
  const put = (length: number, ...more: (readonly [string, string])[]): Handled =>
    ask({ method: 'PUT', headers: [lengthOf(length), JSON_TYPE, ...more] })

  test('is read whole and forwarded byte for byte', () => {
    const text = '{ "n" : 1.0e0, "x":"\\u0061" }'
    const one = put(text.length)
    one.fake.receive(Buffer.from(text.slice(0, 9)), false)
    expect(one.call()).toBeNull()
    one.fake.receive(Buffer.from(text.slice(9)), true)
    expect(Buffer.from(callOf(one).request.body as Uint8Array).toString()).toBe(text)
    callOf(one).answer({}, 'ok')
  })

  test('in chunks is read, too, and closes the connection', async () => {
    const one = ask({ method: 'PUT', headers: [['transfer-encoding', 'chunked'], JSON_TYPE] })
    one.fake.receive(Buffer.from('{"n":'), false)
    one.fake.receive(Buffer.from('1}'), false)
    one.fake.receive(Buffer.alloc(0), true)
    expect(Buffer.from(callOf(one).request.body as Uint8Array).toString()).toBe('{"n":1}')
    callOf(one).answer({}, 'ok')
    await nextTurn()
    expect(one.fake.isDeaf()).toBe(true)
  })

  test.each([
    ['that does not meet its schema', '{"n":"x"}', 422, 'invalid-request'],
    ['that cannot be read', '{"n":1,"n":2}', 400, 'unreadable-body'],
  ])('%s calls nobody', (_, text, status, code) => {
    const one = put(text.length)
    one.fake.receive(Buffer.from(text), true)
    expect(problemOf(one)).toEqual({ status, code })
    expect(one.call()).toBeNull()
  })

  test.each([
    ['too large', [lengthOf(1001), JSON_TYPE], 413],
    ['of another type', [lengthOf(10), ['content-type', 'text/plain']], 415],
    ['coded', [lengthOf(10), JSON_TYPE, ['content-encoding', 'gzip']], 415],
    ['empty', [lengthOf(0), JSON_TYPE], 400],
  ] as const)('that is %s is refused before it comes', async (_, headers, status) => {
    const one = ask({ method: 'PUT', headers })
    gateway.pass(1100)
    await nextTurn()
    expect(one.read().status).toBe(status)
  })

  test('in chunks that becomes too large is refused once, and no more of it is kept', async () => {
    const one = ask({ method: 'PUT', headers: [['transfer-encoding', 'chunked'], JSON_TYPE] })
    for (let i = 0; i < 10; i++) one.fake.receive(bytesOf(500), i === 9)
    await nextTurn()
    expect(problemOf(one)).toEqual({ status: 413, code: 'body-too-large' })
    expect([one.fake.isClosed(), one.call()]).toEqual([true, null])
  })
})

describe('a refusal', () => {
  test('is a problem, with the id of the request', () => {
    const one = ask({ url: '/things/forbidden' })
    expect(problemOf(one)).toEqual({ status: 403, code: 'insufficient-scope' })
    expect(one.read().headers).toEqual(
      expect.arrayContaining([
        ['content-type', 'application/problem+json'],
        ['x-request-id', TEST_ID.uuid],
      ]),
    )
    expect(JSON.parse(one.read().body.toString())).toMatchObject({ instance: `urn:uuid:${TEST_ID.uuid}` })
  })

  test('of the framing closes the connection, and what it says of a body is not believed', async () => {
    const one = ask({ method: 'POST', headers: [lengthOf(5), lengthOf(5)] })
    expect(one.fake.sent().length).toBe(0)
    await nextTurn()
    expect(problemOf(one)).toEqual({ status: 400, code: 'malformed-request' })
    expect(one.fake.isClosed()).toBe(true)
  })

  test('of HEAD has no body', async () => {
    const one = ask({ method: 'HEAD', url: '/nothing' })
    const { headers, rest, status } = one.read({ hasBody: false })
    expect([status, rest.length]).toEqual([404, 0])
    expect(Number(headers.find(([name]) => name === 'content-length')?.[1])).toBeGreaterThan(100)
    await nextTurn()
  })

  test('of a query calls nobody', () => {
    const one = ask({ url: '/things/query?n=x' })
    expect(problemOf(one)).toEqual({ status: 422, code: 'invalid-request' })
    expect(one.call()).toBeNull()
  })
})

test('a preflight is answered without the upstream', () => {
  const one = ask({
    method: 'OPTIONS',
    headers: [
      ['origin', 'https://app.example'],
      ['access-control-request-method', 'GET'],
    ],
  })
  expect(one.read({ hasBody: false })).toMatchObject({ status: 204, rest: Buffer.alloc(0) })
  expect([one.call(), gateway.recorded[0]?.status]).toEqual([null, 204])
})

test('a fault of ours in what an upstream said costs that request alone', async () => {
  const one = ask()
  // Safe: a shape that the upstream client never gives, so that the step fails.
  callOf(one).answer({ fields: null as unknown as string[] }, 'x')
  expect(gateway.bugs.splice(0)).toHaveLength(1)
  await nextTurn()
  expect(problemOf(one)).toEqual({ status: 500, code: 'internal' })
  const two = ask()
  callOf(two).answer({}, 'x')
  expect(two.read().status).toBe(200)
})
