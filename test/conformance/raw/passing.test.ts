import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startTestGateway, type TestGateway } from '../../support/running-gateway.ts'
import { openConfig } from '../support/conformance-gateway.ts'
import { answered, answersIn, sendRaw } from '../support/raw-client.ts'
import { statusOf, valuesOf, type Message } from '../support/read-http.ts'
import { ok, startRecordingUpstream, targetOf, type RecordingUpstream } from '../support/recording-upstream.ts'

const NEXT = 'GET /next HTTP/1.1\r\nHost: a\r\n\r\n'

/** What the upstream answers, by path. */
const ANSWERS: Readonly<Record<string, string>> = {
  '/interim': `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${ok('ok')}`,
  '/switch': 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n',
  '/204': 'HTTP/1.1 204 No Content\r\n\r\n',
  '/304': 'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\nContent-Length: 1234\r\n\r\n',
  '/head': 'HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n',
  '/hops':
    'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive, X-Hop, close\r\nKeep-Alive: timeout=5\r\nX-Hop: 1\r\n' +
    'Proxy-Connection: close\r\nProxy-Authenticate: Basic\r\nTE: trailers\r\nTrailer: X-T\r\nUpgrade: x\r\nX-Kept: 1\r\n\r\nok',
  '/401': 'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm="inner"\r\nContent-Length: 6\r\n\r\nsecret',
  '/403': 'HTTP/1.1 403 Forbidden\r\nX-Reason: inner\r\nContent-Length: 6\r\n\r\nsecret',
}

let upstream: RecordingUpstream
let plain: TestGateway
/** Gives the upstream a credential of its own. */
let known: TestGateway
beforeAll(async () => {
  upstream = await startRecordingUpstream((request) => {
    const [, path = ''] = targetOf(request).split(' ')
    return ANSWERS[path] ?? ok(path)
  })
  const options = { targets: { origin: [upstream.url] } }
  plain = await startTestGateway(openConfig(), options)
  process.env['KEYSMITH_RAW_TEST'] = 'dXNlcjpwYXNzd29yZA=='
  const credential = 'connections: 1_000, headers: { authorization: "Basic ${env:KEYSMITH_RAW_TEST}" } }'
  known = await startTestGateway(openConfig().replace('connections: 1_000 }', credential), options)
})
afterAll(async () => {
  delete process.env['KEYSMITH_RAW_TEST']
  await plain.stop()
  await known.stop()
  await upstream.close()
})
beforeEach(() => upstream.forget())

/** Asks, and then for something else on the same connection, which must be what comes. */
async function ask(gateway: TestGateway, method: string, path: string, fields = ''): Promise<Message> {
  const first = `${method} ${path} HTTP/1.1\r\nHost: a\r\n${fields}\r\n`
  const methods = [method, 'GET']
  const result = await sendRaw(gateway.port, [first, NEXT], { gapMs: 60, until: answered(2, methods) })
  const [answer, next] = answersIn(result, methods)
  expect(next?.body.toString()).toBe('/next')
  if (answer === undefined) throw new Error('no answer')
  return answer
}

describe('an answer through the gateway', () => {
  test('comes without the interim ones ahead of it', async () => {
    const answer = await ask(plain, 'GET', '/interim')
    expect([statusOf(answer.start), answer.body.toString(), valuesOf(answer, 'link')]).toEqual([200, 'ok', []])
  })

  test('is never another protocol', async () => {
    const answer = await ask(plain, 'GET', '/switch', 'Connection: upgrade\r\nUpgrade: x\r\n')
    expect(statusOf(answer.start)).toBe(502)
    const [request] = upstream.requests()
    expect(request && valuesOf(request, 'upgrade')).toEqual([])
  })

  test('to HEAD has a length and no body', async () => {
    const answer = await ask(plain, 'HEAD', '/head')
    expect([statusOf(answer.start), valuesOf(answer, 'content-length')]).toEqual([200, ['1234']])
    expect(upstream.targets()).toEqual(['HEAD /head', 'GET /next'])
  })

  test('204 has neither', async () => {
    const answer = await ask(plain, 'GET', '/204')
    const framing = ['content-length', 'transfer-encoding'].flatMap((name) => valuesOf(answer, name))
    expect([statusOf(answer.start), framing]).toEqual([204, []])
  })

  test('304 has the length that it would have had, and no body', async () => {
    const answer = await ask(plain, 'GET', '/304')
    expect([statusOf(answer.start), valuesOf(answer, 'content-length'), valuesOf(answer, 'etag')]).toEqual([
      304,
      ['1234'],
      ['"a"'],
    ])
  })
})

describe('what is about one connection stays there', () => {
  const HOPS = ['keep-alive', 'x-hop', 'proxy-connection', 'proxy-authenticate', 'te', 'trailer', 'upgrade']

  test('on the way back', async () => {
    const answer = await ask(plain, 'GET', '/hops')
    expect(HOPS.flatMap((name) => valuesOf(answer, name))).toEqual([])
    expect(valuesOf(answer, 'connection').join().toLowerCase()).not.toMatch(/close|x-hop/)
    expect(valuesOf(answer, 'x-kept')).toEqual(['1'])
  })

  test('on the way there, with what Connection names', async () => {
    const fields =
      'Connection: keep-alive, X-Hop, Content-Length, Host\r\nKeep-Alive: timeout=5\r\nX-Hop: 1\r\nProxy-Connection: close\r\n' +
      'Proxy-Authorization: Basic eA==\r\nTE: trailers\r\nTrailer: X-T\r\nUpgrade: h2c\r\nHTTP2-Settings: AAA\r\nX-Kept: 1\r\n'
    await ask(plain, 'GET', '/there', fields)
    const request = upstream.requests().find((one) => targetOf(one) === 'GET /there')
    if (request === undefined) throw new Error('it did not come')
    const names = [...HOPS, 'proxy-authorization', 'http2-settings']
    expect(names.flatMap((name) => valuesOf(request, name))).toEqual([])
    expect(valuesOf(request, 'connection').join()).not.toMatch(/x-hop|close/i)
    expect([valuesOf(request, 'x-kept'), valuesOf(request, 'host')]).toEqual([['1'], [upstream.url.slice(7)]])
  })
})

describe('an upstream that says who may not', () => {
  test.each([401, 403])('%i passes where the caller is meant', async (status) => {
    const answer = await ask(plain, 'GET', `/${status}`)
    expect([statusOf(answer.start), answer.body.toString()]).toEqual([status, 'secret'])
  })

  test.each([401, 403])('%i is 502 where the gateway is, and tells nothing of it', async (status) => {
    const answer = await ask(known, 'GET', `/${status}`)
    expect(statusOf(answer.start)).toBe(502)
    expect(JSON.parse(answer.body.toString())).toMatchObject({ code: 'upstream-broken' })
    expect(answer.body.toString()).not.toMatch(/secret/)
    expect([...valuesOf(answer, 'www-authenticate'), ...valuesOf(answer, 'x-reason')]).toEqual([])
    const [request] = upstream.requests()
    expect(request && valuesOf(request, 'authorization')).toEqual(['Basic dXNlcjpwYXNzd29yZA=='])
  })
})
