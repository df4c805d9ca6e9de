import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { TestGateway } from '../../support/running-gateway.ts'
import { startOpenGateway } from '../support/conformance-gateway.ts'
import { answered, sendRaw, statusesIn, type RawResult } from '../support/raw-client.ts'
import { startRecordingUpstream, targetOf, type RecordingUpstream } from '../support/recording-upstream.ts'

const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n'
const HOST = 'Host: a\r\n'
/** Time enough for whatever came in the same segment to be forwarded. */
const WATCH_MS = 60

let upstream: RecordingUpstream
let gateway: TestGateway
beforeAll(async () => {
  upstream = await startRecordingUpstream()
  gateway = await startOpenGateway(
    upstream.url,
    {
      routes: `
ANY /{rest...}: {}
POST /json: { body: ./any.schema.json }`,
    },
    { files: { 'any.schema.json': '{}' } },
  )
})
afterAll(async () => {
  await gateway.stop()
  await upstream.close()
})
beforeEach(() => upstream.forget())

function statusOf({ text }: RawResult): number {
  return Number(/^HTTP\/1\.1 ([0-9]{3}) /.exec(text)?.[1] ?? 0)
}

/** Sends it alone, for its answer, and once more with another request behind it, which must not be run. */
async function refusalOf(request: string): Promise<RawResult> {
  const [result] = await Promise.all([
    sendRaw(gateway.port, request),
    sendRaw(gateway.port, request + SMUGGLED, { waitMs: WATCH_MS }),
  ])
  return result
}

describe('row 4: a refusal closes, and what follows in the same segment is not run', () => {
  const bad = `POST /first HTTP/1.1\r\n${HOST}Content-Length: 3\r\nContent-Length: 60\r\n\r\nabc`

  test('a request behind a refused one reaches no upstream', async () => {
    const result = await sendRaw(gateway.port, bad + SMUGGLED)
    expect(result.ended).toBe('end')
    await new Promise((done) => setTimeout(done, WATCH_MS))
    expect(upstream.targets()).toEqual([])
  })

  test('the refusal is one whole answer that says that it closes', async () => {
    const result = await sendRaw(gateway.port, bad)
    expect(statusesIn(result)).toEqual([400])
    expect(result.text).toMatch(/^connection: close\r$/im)
  })

  test('a request that comes a moment later finds the connection closed', async () => {
    const result = await sendRaw(gateway.port, [bad, SMUGGLED], { gapMs: 40 })
    expect([statusOf(result), result.ended]).not.toContain('open')
    await new Promise((done) => setTimeout(done, WATCH_MS))
    expect(upstream.targets()).toEqual([])
  })

  test('nor does one behind a body that is refused when it is complete', async () => {
    const request = `POST /json HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n0\r\n\r\n`
    const alone = await sendRaw(gateway.port, request)
    expect([statusOf(alone), alone.ended]).toEqual([400, 'end'])
    const followed = await sendRaw(gateway.port, request + SMUGGLED)
    expect(followed.ended).toBe('end')
    await new Promise((done) => setTimeout(done, WATCH_MS))
    expect(upstream.targets()).toEqual([])
  })

  test('of 50 pairs at a time not one runs its second request', async () => {
    const results = await Promise.all(Array.from({ length: 50 }, () => sendRaw(gateway.port, bad + SMUGGLED)))
    expect(results.filter(({ ended }) => ended === 'open')).toEqual([])
    await new Promise((done) => setTimeout(done, WATCH_MS))
    expect(upstream.targets()).toEqual([])
  })
})

describe('row 5: what says where a request ends is said once and clearly', () => {
  const post = (fields: string, body = 'abc'): string => `POST /p HTTP/1.1\r\n${HOST}${fields}\r\n${body}`
  const chunks = '3\r\nabc\r\n0\r\n\r\n'

  test.each<[name: string, request: string, status: number]>([
    ['two equal lengths', post('Content-Length: 3\r\nContent-Length: 3\r\n'), 400],
    ['two lengths', post('Content-Length: 3\r\nContent-Length: 6\r\n', 'abcdef'), 400],
    ['a list of lengths', post('Content-Length: 3, 3\r\n'), 400],
    ['a length with a sign', post('Content-Length: +3\r\n'), 400],
    ['a length below zero', post('Content-Length: -1\r\n'), 400],
    ['a length in hex', post('Content-Length: 0x3\r\n'), 400],
    ['an empty length', post('Content-Length:\r\n'), 400],
    ['a length beyond any number', post('Content-Length: 1000000000000000000\r\n'), 400],
    ['a length and a coding', post('Content-Length: 3\r\nTransfer-Encoding: chunked\r\n', chunks), 400],
    ['a coding and a length', post('Transfer-Encoding: chunked\r\nContent-Length: 3\r\n', chunks), 400],
    ['an empty length and a coding', post('Content-Length:\r\nTransfer-Encoding: chunked\r\n', chunks), 400],
    ['two codings', post('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n', chunks), 400],
    ['chunked twice', post('Transfer-Encoding: chunked, chunked\r\n', chunks), 400],
    ['an empty coding', post('Transfer-Encoding:\r\n'), 400],
    ['a coding behind a control character', post('Transfer-Encoding: \x0bchunked\r\n', chunks), 400],
    ['a coding in a folded line', post('Transfer-Encoding:\r\n chunked\r\n', chunks), 400],
    ['a blank before the colon', post('Content-Length : 3\r\n'), 400],
  ])('%s is refused', async (_, request, status) => {
    const result = await refusalOf(request)
    expect([statusOf(result), result.ended]).toEqual([status, 'end'])
    expect(upstream.targets()).toEqual([])
  })

  test.each(['xchunked', 'identity', 'gzip, chunked', 'gzip'])('the coding "%s" is 501', async (coding) => {
    const result = await refusalOf(post(`Transfer-Encoding: ${coding}\r\n`, chunks))
    expect([statusOf(result), result.ended]).toEqual([501, 'end'])
    expect(upstream.targets()).toEqual([])
  })

  test.each<[name: string, request: string, status: number]>([
    ['no Host', 'GET / HTTP/1.1\r\nX: y\r\n\r\n', 400],
    ['an empty Host', 'GET / HTTP/1.1\r\nHost:\r\n\r\n', 400],
    ['two Hosts', 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', 400],
    ['a Host with a path', 'GET / HTTP/1.1\r\nHost: a/b\r\n\r\n', 400],
    ['a Host with a user', 'GET / HTTP/1.1\r\nHost: b@a\r\n\r\n', 400],
    ['a list of Hosts', 'GET / HTTP/1.1\r\nHost: a, b\r\n\r\n', 400],
    ['DEL in a value', `GET / HTTP/1.1\r\n${HOST}X: a\x7fb\r\n\r\n`, 400],
    ['a byte that is no UTF-8 in a value', `GET / HTTP/1.1\r\n${HOST}X: a\xe9b\r\n\r\n`, 400],
    ['a method with a character of none', `F@O / HTTP/1.1\r\n${HOST}\r\n`, 400],
    ['a method in small letters', `get / HTTP/1.1\r\n${HOST}\r\n`, 501],
    ['an unknown method', `FOO / HTTP/1.1\r\n${HOST}\r\n`, 501],
    ['TRACE', `TRACE / HTTP/1.1\r\n${HOST}\r\n`, 501],
    ['a length on GET', `GET / HTTP/1.1\r\n${HOST}Content-Length: 3\r\n\r\nabc`, 400],
  ])('%s is refused', async (_, request, status) => {
    const result = await refusalOf(request)
    expect([statusOf(result), result.ended]).toEqual([status, 'end'])
    expect(upstream.targets()).toEqual([])
  })

  test('a coding in other letters is the same coding', async () => {
    const request = `POST /json HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nTransfer-Encoding: Chunked\r\n\r\n1\r\n7\r\n0\r\n\r\n`
    expect(statusesIn(await sendRaw(gateway.port, request))).toEqual([200])
  })
})

describe('row 6: what the engine lets through in chunks ends with its request', () => {
  const chunked = (body: string, path = '/json'): string =>
    `POST ${path} HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n${body}`

  test('where no body is read whole, chunks are 411 and the connection closes', async () => {
    const result = await refusalOf(chunked('1\r\n7\r\n0\r\n\r\n', '/p'))
    expect([statusOf(result), result.ended]).toEqual([411, 'end'])
    expect(upstream.targets()).toEqual([])
  })

  test('where it is, the upstream gets a length, and the connection closes behind the answer', async () => {
    const result = await sendRaw(gateway.port, chunked('1\r\n7\r\n1\r\n8\r\n0\r\n\r\n'))
    expect([statusesIn(result), result.ended]).toEqual([[200], 'end'])
    const [request] = upstream.requests()
    expect([request?.framing, request?.body.toString()]).toEqual(['length', '78'])
  })

  test.each<[name: string, body: string]>([
    ['a last chunk without its line end', `1\r\n7\r\n0\r\nXX${SMUGGLED}`],
    ['a chunk without its line end', `1\r\n7XX0\r\n\r\n${SMUGGLED}`],
    ['line ends without CR', `1\n7\r\n0\n\r\n${SMUGGLED}`],
    ['trailers', `1\r\n7\r\n0\r\nX-T: 1\r\n\r\n${SMUGGLED}`],
    ['a digit that is none', `g\r\n"3456789abcdef"\r\n0\r\n\r\n${SMUGGLED}`],
    ['an extension that is read as a size', `1;a\r\n7\r\n0\r\n\r\n${SMUGGLED}`],
    ['a size beyond any number', `FFFFFFFFFFFFFFFFF\r\n7\r\n0\r\n\r\n${SMUGGLED}`],
    ['a size below zero', `-1\r\n7\r\n0\r\n\r\n${SMUGGLED}`],
    ['no size', `\r\n\r\n${SMUGGLED}`],
  ])('with %s, no second request is read out of the body', async (_, body) => {
    await sendRaw(gateway.port, chunked(body), { waitMs: 150 })
    await new Promise((done) => setTimeout(done, WATCH_MS))
    expect(upstream.requests().map(targetOf)).not.toContain('GET /smuggled')
  })

  test('nor when the rest comes after the answer', async () => {
    await sendRaw(gateway.port, [chunked('1\r\n7\r\n0\r\nXX'), SMUGGLED, SMUGGLED], { gapMs: 60 })
    await new Promise((done) => setTimeout(done, WATCH_MS))
    expect(upstream.targets()).toEqual(['POST /json'])
  })

  test('a header without a name hides those behind it, but no request behind it is run', async () => {
    const request = `POST /hiding HTTP/1.1\r\n${HOST}: x\r\nContent-Length: ${SMUGGLED.length}\r\n\r\n`
    await sendRaw(gateway.port, request + SMUGGLED, { waitMs: 150 })
    expect(upstream.targets()).not.toContain('GET /smuggled')
  })

  test('the gateway frames what it forwards itself, and drops names that look like framing', async () => {
    const request = `POST /framed HTTP/1.1\r\n${HOST}Transfer_Encoding: chunked\r\nTransfer-%45ncoding: chunked\r\ncontent_length: 7\r\nContent-Length: 3\r\n\r\nabc`
    expect(statusesIn(await sendRaw(gateway.port, request, { until: answered(1) }))).toEqual([200])
    const forwarded = upstream.requests().find((request) => targetOf(request) === 'POST /framed')
    const names = forwarded?.fields
      .map(([name]) => name)
      .filter((name) => /^(transfer|content).(encoding|length|%45ncoding)$/.test(name))
    expect(names).toEqual(['content-length'])
  })
})
