import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  answered,
  answersIn,
  sendInTurn,
  sendRaw,
  statusesIn,
  type RawOptions,
  type RawResult,
} from '../conformance/support/raw-client.ts'
import { startPlainUpstream, type PlainUpstream } from '../conformance/support/plain-upstream.ts'
import { valuesOf } from '../conformance/support/read-http.ts'
import {
  ok,
  startRecordingUpstream,
  targetOf,
  type RecordingUpstream,
} from '../conformance/support/recording-upstream.ts'
import { buildVariant } from '../support/build-variant.ts'
import { digestOf, makeSecret } from '../support/make-secret.ts'
import { startTestGateway, until, type TestGateway } from '../support/running-gateway.ts'
import { FAULT_POINTS, FAULTS } from './fault-points.ts'

const SECRET = makeSecret('faulty', 'live', 'a')
const LARGE_BYTES = 40_000_000
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** One request at a time for the key: a limit that is not left would refuse the next one. */
const CONFIG = `version: 1
gateway:
  name: faulty
  listen: 127.0.0.1:0
  admin: 127.0.0.1:0
  keys: { prefix: faulty }
  requests: { body: 64MB }
upstreams:
  origin: { targets: [http://127.0.0.1:9000], timeouts: { connect: 1s, response: 500ms, idle: 3s }, connections: 64 }
  slow: { targets: [http://127.0.0.1:9000] }
scopes:
  all: All
apis:
  all:
    basePath: /
    upstream: origin
    access: authenticated
    cors: { origins: [https://app.test] }
    routes:
      ANY /{rest...}: { scope: all, limits: { concurrency: 1 } }
      GET /unlimited: { scope: all }
      POST /json: { scope: all, limits: { concurrency: 1 }, body: ./any.schema.json }
  slow:
    basePath: /slow
    upstream: slow
    access: authenticated
    routes:
      POST /: { scope: all, limits: { concurrency: 1 } }
tenants:
  globex:
    keys:
      caller: { digest: "${digestOf(SECRET)}", scopes: [all], expires: 2099-01-01 }
`

let upstream: RecordingUpstream
/** Takes nothing for a while, then everything, and says nothing. */
let slow: PlainUpstream
let gateway: TestGateway
beforeAll(async () => {
  upstream = await startRecordingUpstream((request, { socket }) => {
    switch (targetOf(request).split(' ')[1]) {
      case '/silent':
        return null
      case '/pieces':
        setTimeout(() => socket.write('5\r\nworld\r\n0\r\n\r\n'), 30)
        return 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n'
      case '/large':
        return `HTTP/1.1 200 OK\r\nContent-Length: ${LARGE_BYTES}\r\n\r\n${'l'.repeat(LARGE_BYTES)}`
      default:
        return ok('here')
    }
  })
  const runtime = await buildVariant('faults', FAULTS)
  slow = await startPlainUpstream((socket) => setTimeout(() => socket.resume(), 300))
  const targets = { origin: [upstream.url], slow: [slow.url] }
  gateway = await startTestGateway(CONFIG, { files: { 'any.schema.json': '{}' }, targets, runtime })
})
afterAll(async () => {
  await gateway.stop()
  await upstream.close()
  await slow.close()
})
beforeEach(() => upstream.forget())

const bugs = (): Promise<number> => gateway.metric('keysmith_bugs_total')

interface Asked {
  readonly method?: string
  readonly path?: string
  readonly fields?: string
  readonly body?: string | Buffer
}

function requestOf(fault: string, { method = 'GET', path = '/things', fields = '', body = '' }: Asked): Buffer {
  const length = body.length > 0 ? `Content-Length: ${body.length}\r\n` : ''
  const head = `${method} ${path} HTTP/1.1\r\nHost: a\r\nX-Api-Key: ${SECRET}\r\nX-Fault: ${fault}\r\n${fields}${length}\r\n`
  return Buffer.concat([Buffer.from(head), Buffer.from(body)])
}

/** After whatever a fault did: nothing is under way, limits are left, and the next hundred requests are served. */
async function expectUnharmed(): Promise<void> {
  await until(async () => (await gateway.metric('http_server_active_requests')) === 0)
  const request = requestOf('none', {})
  const result = await sendRaw(gateway.port, [request], { until: answered(1) })
  expect(statusesIn(result)).toEqual([200])
  for (let i = 0; i < 9; i++) {
    const parts = Array.from({ length: 11 }, () => request)
    expect(statusesIn(await sendInTurn(gateway.port, parts))).toEqual(parts.map(() => 200))
  }
  expect(await gateway.metric('keysmith_threads')).toBe(1)
}

const JSON_BODY: Asked = {
  method: 'POST',
  path: '/json',
  fields: 'Content-Type: application/json\r\n',
  body: '{"a":1}',
}
const STREAM_BODY: Asked = { method: 'POST', path: '/things', body: 'abc' }
const PREFLIGHT: Asked = {
  method: 'OPTIONS',
  fields: 'Origin: https://app.test\r\nAccess-Control-Request-Method: GET\r\n',
}
const REFUSED: Asked = { path: '/things?a=1', fields: 'X-Api-Key: other\r\n' }

/** Where the answer has not begun: 500, with the request's id. */
const REFUSED_AT: Readonly<Record<string, Asked>> = {
  'read-request': {},
  decide: {},
  'choose-route': {},
  'check-lifecycle': {},
  'answer-preflight': PREFLIGHT,
  authenticate: {},
  authorize: {},
  'take-limits': {},
  'limits-taken': {},
  'carry-out': {},
  'validate-query': {},
  'check-content': {},
  'read-body': JSON_BODY,
  'validate-body': JSON_BODY,
  'on-data': STREAM_BODY,
  'forward-stream': STREAM_BODY,
  'forward-whole': {},
  'request-lines': {},
  sent: {},
  'take-head': {},
  'answer-lines': {},
  'take-fault': { path: '/silent' },
  refuse: REFUSED,
  problem: REFUSED,
  'allow-preflight': PREFLIGHT,
}

/** Where it has: the connection breaks, so that nobody takes it for a whole answer. */
const CUT_AT: Readonly<Record<string, Asked>> = {
  'head-sent': { path: '/pieces' },
  'take-body': { path: '/pieces' },
  'send-end': { path: '/pieces' },
  'on-writable': { path: '/large' },
  'on-room': { path: '/large' },
}

/** Where the answer was given, whatever goes wrong then. */
const WHOLE_AT: Readonly<Record<string, Asked>> = {
  // A limit that is not left stays taken: here it has none.
  'leave-limits': { path: '/unlimited' },
  record: {},
  'log-line': {},
  promise: {},
}

const OTHERWISE = ['on-drain', 'timer', 'on-aborted']

test('each place of a fault is met by a test', () => {
  const met = [...Object.keys(REFUSED_AT), ...Object.keys(CUT_AT), ...Object.keys(WHOLE_AT), ...OTHERWISE]
  expect(met.sort()).toEqual([...FAULT_POINTS.map(({ step }) => step), 'promise'].sort())
})

describe('row 8: a throw costs its own request, and nothing else', () => {
  const send = (fault: string, asked: Asked, options: RawOptions = {}): Promise<RawResult> =>
    sendRaw(gateway.port, requestOf(fault, asked), options)

  test.each(Object.entries(REFUSED_AT))('in %s: 500', async (step, asked) => {
    const before = await bugs()
    const result = await send(step, asked)
    const [answer] = answersIn(result)
    expect(answer?.start).toBe('HTTP/1.1 500 Internal Server Error')
    expect(answer && valuesOf(answer, 'content-type')).toEqual(['application/problem+json'])
    const [id = ''] = answer === undefined ? [] : valuesOf(answer, 'x-request-id')
    expect(id).toMatch(UUID)
    expect(JSON.parse(answer?.body.toString() ?? '')).toMatchObject({
      status: 500,
      code: 'internal',
      instance: `urn:uuid:${id}`,
    })
    expect(result.text).not.toContain('injected')
    expect(result.ended).toBe('end')
    expect((await bugs()) - before).toBe(1)
    expect(gateway.told.at(-1)).toMatch(new RegExp(`^bug in request ${id} \\(.*\\): Error: injected in ${step}`))
    await until(() => gateway.log().some((line) => line['requestId'] === id))
    expect(gateway.log().find((line) => line['requestId'] === id)).toMatchObject({ status: 500, code: 'internal' })
    await expectUnharmed()
  })

  test.each(Object.entries(CUT_AT))('in %s: the answer is cut', async (step, asked) => {
    const before = await bugs()
    const result = await send(step, asked, { readAfterMs: 100 })
    expect(result.ended).not.toBe('open')
    expect(result.text).toMatch(/^HTTP\/1\.1 200 OK\r\n/)
    expect(() => answersIn({ ...result, ended: 'open' })).toThrow('no whole answer')
    expect((await bugs()) - before).toBe(1)
    await expectUnharmed()
  })

  test.each(Object.entries(WHOLE_AT))('in %s: the answer was given', async (step, asked) => {
    const before = await bugs()
    const result = await send(step, asked, { until: answered(1) })
    expect(statusesIn(result)).toEqual([200])
    await until(async () => (await bugs()) === before + 1)
    await expectUnharmed()
  })

  test('in a refusal, again and again: the connection closes', async () => {
    const before = await bugs()
    const result = await send('problem always', REFUSED)
    expect([result.text, result.ended]).toEqual(['', 'end'])
    expect((await bugs()) - before).toBe(2)
    await expectUnharmed()
  })

  test('when the upload goes on: 500', async () => {
    const before = await bugs()
    const result = await send('on-drain', { method: 'POST', path: '/slow', body: Buffer.alloc(LARGE_BYTES) })
    expect(result.text).toMatch(/^HTTP\/1\.1 500 /)
    expect((await bugs()) - before).toBe(1)
    await expectUnharmed()
  })

  test('in a timer: 500', async () => {
    const before = await bugs()
    const head = requestOf('timer', { method: 'POST', path: '/things', body: Buffer.alloc(200_000) }).subarray(
      0,
      -100_000,
    )
    // Too large for nothing but its key: the answer waits for the rest of the body, until a timer gives it up.
    const request = Buffer.from(head.toString('latin1').replace(SECRET, 'other'), 'latin1')
    const result = await sendRaw(gateway.port, request)
    expect(result.text).toMatch(/^HTTP\/1\.1 500 /)
    expect((await bugs()) - before).toBe(1)
    await expectUnharmed()
  })

  test('when the caller has gone: it is settled all the same', async () => {
    const before = await bugs()
    await send('on-aborted', { path: '/silent' }, { waitMs: 100 })
    await until(async () => (await bugs()) === before + 1)
    await expectUnharmed()
  })

  test('before there is anything to answer with: the connection closes', async () => {
    const before = await bugs()
    const result = await sendRaw(gateway.port, 'GET /fault/peer HTTP/1.1\r\nHost: a\r\n\r\n')
    expect([result.text, result.ended]).not.toContain('open')
    expect((await bugs()) - before).toBe(1)
    await expectUnharmed()
  })
})
