import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { until, type TestGateway } from '../../support/running-gateway.ts'
import { startOpenGateway } from '../support/conformance-gateway.ts'
import { answered, answersIn, sendInTurn, sendRaw, statusesIn } from '../support/raw-client.ts'
import { valuesOf } from '../support/read-http.ts'
import {
  startRecordingUpstream,
  targetOf,
  type Answerer,
  type RecordingUpstream,
} from '../support/recording-upstream.ts'

const NEXT = 'GET /next HTTP/1.1\r\nHost: a\r\n\r\n'

/** What the upstream answers, by path; null: nothing. */
const ANSWERS: Readonly<Record<string, string | null>> = {
  '/next': 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnext',
  '/length': 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nServer: up\r\n\r\nhello',
  '/chunks': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n',
  '/head-of-length': 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n',
  '/head-of-chunks': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n',
  '/204': 'HTTP/1.1 204 No Content\r\n\r\n',
  '/204-with-length': 'HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n',
  '/304': 'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n',
  '/304-with-length': 'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\nContent-Length: 5\r\n\r\n',
  '/205': 'HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n',
  '/empty': 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
  '/hop-by-hop':
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive, X-Secret\r\nKeep-Alive: timeout=5\r\nX-Secret: 1\r\n' +
    'Upgrade: h2c\r\nTrailer: X-T\r\nProxy-Authenticate: Basic\r\nX-Kept: 1\r\n\r\nok',
  '/silence': null,
  '/at-once': 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello',
  '/large': `HTTP/1.1 200 OK\r\nContent-Length: 40000\r\n\r\n${'l'.repeat(40_000)}`,
  '/none': 'HTTP/1.1 204 No Content\r\n\r\n',
  '/cr-in-value': 'HTTP/1.1 200 OK\r\nX-A: a\rX-Injected: 1\r\nContent-Length: 2\r\n\r\nok',
  '/lf-in-value': 'HTTP/1.1 200 OK\r\nX-A: a\nX-Injected: 1\r\nContent-Length: 2\r\n\r\nok',
  '/nul-in-value': 'HTTP/1.1 200 OK\r\nX-A: a\0b\r\nContent-Length: 2\r\n\r\nok',
  '/folded-value': 'HTTP/1.1 200 OK\r\nX-A: a\r\n X-Injected: 1\r\nContent-Length: 2\r\n\r\nok',
  '/latin1': 'HTTP/1.1 200 OK\r\nX-A: caf\xe9\r\nX-B: \xc4\x8d\xc4\x8a\r\nContent-Length: 2\r\n\r\nok',
}

/** What comes in two pieces. */
const PIECES: Readonly<Record<string, readonly [string, string]>> = {
  '/in-pieces': ['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n', '5\r\nworld\r\n0\r\n\r\n'],
  '/of-length': ['HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello', 'world'],
}
const HUGE_BYTES = 20_000_000

const answer: Answerer = (request, { socket }) => {
  const path = targetOf(request).split(' ')[1] ?? ''
  if (path === '/huge') return `HTTP/1.1 200 OK\r\nContent-Length: ${HUGE_BYTES}\r\n\r\n${'h'.repeat(HUGE_BYTES)}`
  const pieces = PIECES[path]
  if (pieces !== undefined) {
    const [first = '', second = ''] = pieces
    setTimeout(() => socket.write(second), 20)
    return first
  }
  return ANSWERS[path] === undefined ? (ANSWERS['/next'] ?? null) : ANSWERS[path]
}

let upstream: RecordingUpstream
let gateway: TestGateway
beforeAll(async () => {
  upstream = await startRecordingUpstream(answer)
  gateway = await startOpenGateway(
    upstream.url,
    {
      routes: `
ANY /{rest...}: {}
POST /json/{path}: { body: ./any.schema.json, forward: { path: "/{path}" } }`,
    },
    { files: { 'any.schema.json': '{}' } },
  )
})
afterAll(async () => {
  await gateway.stop()
  await upstream.close()
})
beforeEach(() => upstream.forget())

/** Asks for a path and then, on the same connection, for another one: both answers must be whole. */
async function askThenNext(method: string, path: string) {
  const methods = [method, 'GET']
  const request = `${method} ${path} HTTP/1.1\r\nHost: a\r\n\r\n`
  const result = await sendInTurn(gateway.port, [request, NEXT], methods)
  const [answer, next] = answersIn(result, methods)
  expect(next?.body.toString()).toBe('next')
  if (answer === undefined) throw new Error('no answer')
  return answer
}

describe('row 7: callers that leave, and answers without a body, cost nothing else', () => {
  test.each(['before the answer', 'at once'])('a caller that leaves %s', async (when) => {
    const waitMs = when === 'at once' ? 0 : 50
    await Promise.all(
      Array.from({ length: 20 }, () => sendRaw(gateway.port, 'GET /silence HTTP/1.1\r\nHost: a\r\n\r\n', { waitMs })),
    )
    expect(statusesIn(await sendRaw(gateway.port, NEXT, { until: answered(1) }))).toEqual([200])
    await until(async () => (await gateway.metric('http_server_active_requests')) === 0)
    const silent = upstream.connections.filter(({ pieces }) => Buffer.concat(pieces).includes('/silence'))
    await until(() => silent.every(({ isClosed }) => isClosed))
  })

  test('HEAD has the length and no body, and the connection goes on', async () => {
    const answer = await askThenNext('HEAD', '/head-of-length')
    expect(valuesOf(answer, 'content-length')).toEqual(['5'])
  })

  test('HEAD of something without a length has none', async () => {
    const answer = await askThenNext('HEAD', '/head-of-chunks')
    expect(valuesOf(answer, 'content-length')).toEqual([])
    expect(valuesOf(answer, 'transfer-encoding')).toEqual([])
  })

  test('a refusal of HEAD has a length and no body', async () => {
    const answer = await askThenNext('HEAD', '/cr-in-value')
    expect(answer.start).toBe('HTTP/1.1 502 Bad Gateway')
    expect(Number(valuesOf(answer, 'content-length')[0])).toBeGreaterThan(100)
  })
})

describe('row 9: an answer whose connection is to close ends whole, and nothing behind it is run', () => {
  const inDoubt = (method: string, path: string, fields: string): string =>
    `${method} ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n${fields}\r\n\r\n`
  const chunked = 'Transfer-Encoding: chunked'
  const body = '1\r\n7\r\n0\r\n\r\n'

  test.each<[name: string, request: string, method: string, path: string, bytes: number]>([
    ['in pieces', inDoubt('POST', '/json/in-pieces', chunked) + body, 'POST', '/in-pieces', 10],
    ['in pieces of known length', inDoubt('POST', '/json/of-length', chunked) + body, 'POST', '/of-length', 10],
    ['in one piece', inDoubt('POST', '/json/at-once', chunked) + body, 'POST', '/at-once', 5],
    ['large, in one piece', inDoubt('POST', '/json/large', chunked) + body, 'POST', '/large', 40_000],
    ['without a body', inDoubt('POST', '/json/none', chunked) + body, 'POST', '/none', 0],
    ['a refusal of HEAD', inDoubt('HEAD', '/any', 'Content-Length: 0\r\nContent-Length: 0'), 'HEAD', '', 0],
  ])('%s', async (_, request, method, path, bytes) => {
    const result = await sendInTurn(gateway.port, [request, NEXT, NEXT], [method], { waitMs: 400 })
    const [answer, ...more] = answersIn(result, [method])
    expect(answer?.body).toHaveLength(bytes)
    expect(answer && valuesOf(answer, 'connection').map((value) => value.toLowerCase())).toEqual(['close'])
    expect(more).toEqual([])
    expect(upstream.targets()).toEqual(path === '' ? [] : [`POST ${path}`])
  })

  test('a caller that is slow still gets all of it', async () => {
    const result = await sendRaw(gateway.port, inDoubt('POST', '/json/huge', chunked) + body, {
      untilBytes: HUGE_BYTES + 100,
      watchMs: 200,
      readAfterMs: 300,
    })
    expect(answersIn(result).map((answer) => answer.body.length)).toEqual([HUGE_BYTES])
  })
})

describe('row 10: what an answer says of itself, it says once', () => {
  test.each(['/length', '/chunks', '/empty', '/205'])('%s', async (path) => {
    const answer = await askThenNext('GET', path)
    const framing = [...valuesOf(answer, 'content-length'), ...valuesOf(answer, 'transfer-encoding')]
    expect(framing).toHaveLength(1)
    expect(valuesOf(answer, 'date')).toHaveLength(1)
    expect(valuesOf(answer, 'date')).not.toEqual(['Thu, 01 Jan 1970 00:00:00 GMT'])
    expect(valuesOf(answer, 'server')).toEqual([])
    expect(valuesOf(answer, 'uwebsockets')).toEqual([])
    expect(valuesOf(answer, 'x-request-id')).toHaveLength(1)
    expect(answer.body.toString()).toBe(path === '/length' || path === '/chunks' ? 'hello' : '')
  })

  test.each(['/204', '/204-with-length', '/304', '/304-with-length'])(
    '%s has no body, and none follows',
    async (path) => {
      const answer = await askThenNext('GET', path)
      expect(valuesOf(answer, 'transfer-encoding')).toEqual([])
      expect(valuesOf(answer, 'content-length')).toEqual(path === '/304-with-length' ? ['5'] : [])
    },
  )

  test('what is about the connection to the upstream stays there', async () => {
    const answer = await askThenNext('GET', '/hop-by-hop')
    const names = answer.fields.map(([name]) => name)
    for (const name of ['connection', 'keep-alive', 'x-secret', 'upgrade', 'trailer', 'proxy-authenticate'])
      expect(names).not.toContain(name)
    expect(valuesOf(answer, 'x-kept')).toEqual(['1'])
  })
})

describe('row 11: no value makes a header of its own', () => {
  test.each(['/cr-in-value', '/lf-in-value', '/nul-in-value', '/folded-value'])('%s is 502', async (path) => {
    const answer = await askThenNext('GET', path)
    expect(answer.start).toBe('HTTP/1.1 502 Bad Gateway')
    expect(valuesOf(answer, 'x-injected')).toEqual([])
  })

  test('bytes above ASCII come through as they are, and none of them becomes a line end', async () => {
    const answer = await askThenNext('GET', '/latin1')
    expect([...valuesOf(answer, 'x-a'), ...valuesOf(answer, 'x-b')]).toEqual(['caf\xe9', '\xc4\x8d\xc4\x8a'])
  })

  test('nothing that a caller sends comes back in a header, but a request id that is a UUID', async () => {
    const evil = 'a%0d%0aX-Injected:%201'
    const request =
      `GET /none/${evil}?x=${evil} HTTP/1.1\r\nHost: a\r\nX-Request-Id: ${evil}\r\nOrigin: http://${evil}\r\n` +
      `Traceparent: ${evil}\r\nX-Forwarded-Host: ${evil}\r\n\r\n`
    const [answer] = answersIn(await sendRaw(gateway.port, request, { until: answered(1) }))
    expect(JSON.stringify(answer?.fields)).not.toContain('njected')
  })

  test('letters whose last byte is a line end reach the upstream as UTF-8, in one line', async () => {
    // U+010D and U+010A end in the bytes of CR and LF when they are cut to one byte.
    const request = Buffer.from('GET /letters HTTP/1.1\r\nHost: a\r\nX-A: a\u010d\u010aX-Injected: 1\r\n\r\n')
    const result = await sendRaw(gateway.port, request, { until: answered(1) })
    expect(statusesIn(result)).toEqual([200])
    const forwarded = upstream.requests().find((request) => targetOf(request) === 'GET /letters')
    expect(forwarded && valuesOf(forwarded, 'x-injected')).toEqual([])
    expect(forwarded && valuesOf(forwarded, 'x-a')).toEqual([
      Buffer.from('a\u010d\u010aX-Injected: 1').toString('latin1'),
    ])
  })
})
