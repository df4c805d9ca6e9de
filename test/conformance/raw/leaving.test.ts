import { randomUUID } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until, type TestGateway } from '../../support/running-gateway.ts'
import { startOpenGateway } from '../support/conformance-gateway.ts'
import { answered, sendRaw, statusesIn } from '../support/raw-client.ts'
import { readAnswers } from '../support/read-http.ts'
import { ok, startRecordingUpstream, targetOf, type RecordingUpstream } from '../support/recording-upstream.ts'

const PART = 'x'.repeat(1000)

/** What the upstream sends, by path, before it waits or ends the connection. */
const BEGINNINGS: Readonly<Record<string, string>> = {
  '/silence': '',
  '/length': `HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n${PART}`,
  '/chunks': `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n${PART}\r\n`,
}

let upstream: RecordingUpstream
let gateway: TestGateway
beforeAll(async () => {
  upstream = await startRecordingUpstream((request, { socket }) => {
    const [, path = '', how] = /^\S+ ([^?]*)\??(.*)$/.exec(targetOf(request)) ?? []
    const beginning = BEGINNINGS[path]
    if (beginning === undefined) return ok(path)
    if (how === 'end') setTimeout(() => socket.end(), 30)
    if (how === 'reset') setTimeout(() => socket.resetAndDestroy(), 30)
    return beginning
  })
  gateway = await startOpenGateway(upstream.url, { timeouts: '{ connect: 1s, response: 20s, idle: 20s }' })
})
afterAll(async () => {
  await gateway.stop()
  await upstream.close()
})

/** What the log says of a request; its line comes a moment after its answer. */
async function logged(id: string): Promise<Record<string, unknown> | undefined> {
  const find = () => gateway.log().find(({ requestId }) => requestId === id)
  await until(() => find() !== undefined)
  return find()
}

/** Sends a request, waits until the upstream has it and the caller what it is to have, and leaves. @returns The log's status. */
async function leave(
  line: string,
  leaving: (socket: Socket) => void,
  { fields = '', body = '', answerBytes = 0 } = {},
): Promise<unknown> {
  const id = randomUUID()
  const socket = connect(gateway.port, '127.0.0.1').on('error', () => undefined)
  let received = 0
  socket.on('data', (piece) => (received += piece.length))
  socket.write(`${line} HTTP/1.1\r\nHost: a\r\nX-Request-Id: ${id}\r\n${fields}\r\n${body}`)
  const connectionOf = () => upstream.connections.find(({ pieces }) => Buffer.concat(pieces).includes(id))
  await until(() => connectionOf() !== undefined && received >= answerBytes)
  leaving(socket)
  await until(() => connectionOf()?.isClosed === true)
  return (await logged(id))?.['status']
}

describe('a caller that leaves takes its request to the upstream with it, and is 499 in the log', () => {
  const ends = [
    ['by an end', (socket: Socket) => void socket.end()],
    ['by a reset', (socket: Socket) => void socket.resetAndDestroy()],
  ] as const

  test.each(ends)('while it waits for an answer, %s', async (_, leaving) => {
    expect(await leave('GET /silence', leaving)).toBe(499)
  })

  test.each(ends)('in the middle of a download of known length, %s', async (_, leaving) => {
    expect(await leave('GET /length', leaving, { answerBytes: PART.length })).toBe(499)
  })

  test.each(ends)('in the middle of a download in chunks, %s', async (_, leaving) => {
    expect(await leave('GET /chunks', leaving, { answerBytes: PART.length })).toBe(499)
  })

  test.each(ends)('in the middle of an upload, %s', async (_, leaving) => {
    expect(await leave('PUT /upload', leaving, { fields: 'Content-Length: 100000\r\n', body: PART })).toBe(499)
  })

  test('and the next caller is served', async () => {
    const result = await sendRaw(gateway.port, 'GET /next HTTP/1.1\r\nHost: a\r\n\r\n', { until: answered(1) })
    expect(statusesIn(result)).toEqual([200])
    await until(async () => (await gateway.metric('http_server_active_requests')) === 0)
  })
})

describe('an upstream that leaves in the middle of its answer', () => {
  test.each([
    ['/length', 'end'],
    ['/length', 'reset'],
    ['/chunks', 'end'],
    ['/chunks', 'reset'],
  ])('%s, by %s: the caller sees that it is not whole', async (path, how) => {
    const id = randomUUID()
    const request = `GET ${path}?${how} HTTP/1.1\r\nHost: a\r\nX-Request-Id: ${id}\r\n\r\n`
    const result = await sendRaw(gateway.port, request)
    expect(result.ended).not.toBe('open')
    const [answer] = readAnswers(result.bytes, [], true).messages
    expect([answer?.start, answer?.complete, answer?.body.toString()]).toEqual(['HTTP/1.1 200 OK', false, PART])
    expect(await logged(id)).toMatchObject({ status: 200, code: 'upstream-broken', bytesOut: PART.length })
  })

  test.each(['end', 'reset'])('before it, by %s: the caller gets 502', async (how) => {
    // Not sent again: who knows what became of it.
    const request = `POST /silence?${how} HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx`
    const result = await sendRaw(gateway.port, request, { until: answered(1) })
    expect(statusesIn(result)).toEqual([502])
    await sleep(50)
    const sent = upstream.requests().filter((one) => targetOf(one) === `POST /silence?${how}`)
    expect(sent).toHaveLength(1)
  })
})
