import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until, type TestGateway } from '../support/running-gateway.ts'
import { startOpenGateway } from './support/conformance-gateway.ts'
import { answered, answersIn, sendInTurn, sendRaw, statusesIn, type RawResult } from './support/raw-client.ts'
import {
  startRecordingUpstream,
  targetOf,
  type RecordedConnection,
  type RecordingUpstream,
} from './support/recording-upstream.ts'

const CHUNKED_HEAD = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'
const SLOTS = 2

let upstream: RecordingUpstream
let gateway: TestGateway
beforeAll(async () => {
  upstream = await startRecordingUpstream((request, { socket }) => answerTo(targetOf(request), socket))
  gateway = await startOpenGateway(upstream.url, {
    timeouts: '{ connect: 1s, response: 20s, idle: 20s }',
    routes: `ANY /{rest...}: {}\nANY /counted/{rest...}: { limits: { concurrency: ${SLOTS}, per: everyone } }`,
  })
})
afterAll(async () => {
  await gateway.stop()
  await upstream.close()
})

function answerTo(target: string, socket: Socket): string | null {
  const [, path = ''] = target.split(' ')
  if (path.startsWith('/counted/') || path === '/silent') return null
  switch (path) {
    case '/endless': {
      const timer = setInterval(() => socket.write('5\r\nhello\r\n'), 5)
      socket.once('close', () => clearInterval(timer))
      return CHUNKED_HEAD
    }
    case '/dies-at-once':
      socket.resetAndDestroy()
      return null
    case '/ends-at-once':
      socket.end()
      return null
    case '/dies-in-length':
      setTimeout(() => socket.resetAndDestroy(), 20)
      return 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello'
    case '/ends-in-chunks':
      setTimeout(() => socket.end(), 20)
      return `${CHUNKED_HEAD}5\r\nhello\r\n`
    case '/hints':
      return 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
    default:
      return 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
  }
}

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`
const ask = (path: string): Promise<RawResult> => sendRaw(gateway.port, get(path), { until: answered(1) })

/** Where a request was sent. */
function connectionOf(path: string): RecordedConnection | undefined {
  return upstream.connections.findLast(({ pieces }) => Buffer.concat(pieces).includes(` ${path} `))
}

function logOf(path: string): Record<string, unknown> | undefined {
  const id = /x-request-id: (\S+)/i.exec(Buffer.concat(connectionOf(path)?.pieces ?? []).toString('latin1'))?.[1]
  return gateway.log().find(({ requestId }) => requestId === id)
}

function sending(bytes: string | Buffer): Socket {
  const socket = connect(gateway.port, '127.0.0.1').on('error', () => undefined)
  socket.resume().write(bytes)
  return socket
}

describe('a caller that leaves', () => {
  const ways: readonly (readonly [how: string, leave: (socket: Socket) => void])[] = [
    ['with a reset', (socket) => void socket.resetAndDestroy()],
    ['with an end', (socket) => void socket.end()],
  ]

  test.each(ways)('in a download, %s: the upstream is let go, and the log says 499', async (_, leave) => {
    upstream.forget()
    const socket = sending(get('/endless'))
    await until(() => socket.bytesRead > 300)
    leave(socket)
    await until(() => connectionOf('/endless')?.isClosed === true)
    await until(() => logOf('/endless')?.['status'] === 499)
  })

  test.each(ways)('in an upload, %s: the upstream is let go', async (_, leave) => {
    upstream.forget()
    const socket = sending(`POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n${'u'.repeat(5_000)}`)
    await until(() => connectionOf('/upload') !== undefined)
    leave(socket)
    await until(() => connectionOf('/upload')?.isClosed === true)
  })

  test.each(ways)('while it waits, %s: its place is free again', async (_, leave) => {
    upstream.forget()
    const held = Array.from({ length: SLOTS }, (_, i) => sending(get(`/counted/${i}`)))
    await until(() => upstream.targets().length === SLOTS)
    expect(statusesIn(await ask('/counted/more'))).toEqual([429])
    for (const socket of held) leave(socket)
    await until(() => connectionOf('/counted/0')?.isClosed === true && connectionOf('/counted/1')?.isClosed === true)
    const again = sending(get('/counted/again'))
    await until(() => upstream.targets().includes('GET /counted/again'))
    again.destroy()
    await until(async () => (await gateway.metric('http_server_active_requests')) === 0)
  })
})

describe('an upstream that dies', () => {
  test.each(['/dies-at-once', '/ends-at-once'])(
    'before its answer (%s): 502, and the connection goes on',
    async (path) => {
      const result = await sendInTurn(gateway.port, [get(path), get('/next')])
      expect(statusesIn(result)).toEqual([502, 200])
    },
  )

  test.each(['/dies-in-length', '/ends-in-chunks'])(
    'in its answer (%s): the caller sees that it is cut',
    async (path) => {
      const result = await sendRaw(gateway.port, get(path))
      expect(result.ended).not.toBe('open')
      expect(result.text).toContain('hello')
      expect(() => answersIn(result)).toThrow('no whole answer')
    },
  )
})

test('interim answers are read over, and 100 is said by the gateway', async () => {
  expect(statusesIn(await ask('/hints'))).toEqual([200])
  upstream.forget()
  const head = 'POST /expects HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n'
  const result = await sendRaw(gateway.port, [head, 'abc'], { gapMs: 50, until: answered(1) })
  expect(result.text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\n/)
  expect(statusesIn(result)).toEqual([200])
  expect(upstream.requests()[0]?.fields.map(([name]) => name)).not.toContain('expect')
})
