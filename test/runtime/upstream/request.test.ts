import { Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ask, createBench, settle, until, type Bench } from './ask.ts'
import type { RawConnection, RawRequest, RawServer } from './raw-server.ts'

const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

let bench: Bench
let server: RawServer
let requests: RawRequest[]

beforeEach(async () => {
  bench = createBench()
  requests = []
  server = await bench.serve({ onRequest: answer })
})

afterEach(async () => {
  await bench.close()
  expect(bench.bugs).toEqual([])
})

function answer(connection: RawConnection, request: RawRequest): void {
  requests.push(request)
  connection.send(ANSWER)
}

const received = (): string => server.connections.map((connection) => connection.received).join('')

describe('the head', () => {
  test('is the request line, Host and the given headers', async () => {
    const client = bench.connect(server.url)
    const { told } = ask(client, { path: '/a/b?c=d', headers: 'X-A: 1\r\nx-b: 2\r\n' })
    await told.end
    expect(received()).toBe(`GET /a/b?c=d HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nX-A: 1\r\nx-b: 2\r\n\r\n`)
  })

  test.each([
    ['', '/a?b'],
    ['/', '/a?b'],
    ['/base', '/base/a?b'],
    ['/base/v2/', '/base/v2/a?b'],
  ])("has the target's path %j before its own", async (path, wanted) => {
    const { told } = ask(bench.connect(server.url + path), { path: '/a?b' })
    await told.end
    expect(received()).toContain(`GET ${wanted} HTTP/1.1\r\n`)
  })

  test('carries characters beyond ASCII as the UTF-8 that they came from', async () => {
    const { told } = ask(bench.connect(server.url), { headers: 'X-A: é€𝄞\r\n' })
    await told.end
    expect(Buffer.from(received(), 'latin1').toString('utf8')).toContain('X-A: é€𝄞\r\n')
  })

  test('cannot be broken by a character whose low byte is a line feed', async () => {
    const { told } = ask(bench.connect(server.url), { headers: 'X-A: a\u010aX-B: b\r\n' })
    await told.end
    expect(received().split('\n')).toHaveLength(5)
  })

  test('names the host with the port that is not the usual one', async () => {
    const client = bench.connect(`http://localhost:${server.port}`)
    await ask(client).told.end
    expect(received()).toContain(`Host: localhost:${server.port}\r\n`)
  })

  test('reaches an IPv6 target by its address in brackets', async () => {
    const other = await bench.serve({ host: '::1', onRequest: answer })
    const { told } = ask(bench.connect(other.url))
    await told.end
    expect(told.fault).toBe(null)
    expect(other.connections[0]?.received).toContain(`Host: [::1]:${other.port}\r\n`)
  })

  test('of HEAD gets a head only', async () => {
    const { told } = ask(bench.connect(server.url), { method: 'HEAD' })
    await told.end
    expect(told.log).toEqual(['head, last'])
    expect(told.head).toMatchObject({ status: 200, contentLength: 2, hasBody: false })
  })
})

describe('a body', () => {
  test.each(['POST', 'PUT', 'PATCH'])('that %s does not have is said to be of length 0', async (method) => {
    await ask(bench.connect(server.url), { method }).told.end
    expect(received()).toMatch(/\r\nContent-Length: 0\r\n\r\n$/)
  })

  test.each(['GET', 'HEAD', 'DELETE', 'OPTIONS'])('that %s does not have is not spoken of', async (method) => {
    await ask(bench.connect(server.url), { method }).told.end
    expect(received()).not.toMatch(/content-length|transfer-encoding/i)
  })

  test.each([0, 1, 1000, 65_536, 65_537, 300_000, 2_000_000])(
    'of %i bytes that is there whole goes out whole',
    async (length) => {
      const body = Buffer.alloc(length, 'abcdefg')
      const { told } = ask(bench.connect(server.url), { method: 'POST', body })
      await told.end
      expect(told.body).toBe('ok')
      expect(requests[0]?.head).toMatch(new RegExp(`\r\nContent-Length: ${length}\r\n\r\n$`))
      expect(requests[0]?.body === body.toString('latin1')).toBe(true)
    },
  )

  test('that is there whole is not touched once it is sent', async () => {
    const body = Buffer.from('first')
    const { told } = ask(bench.connect(server.url), { method: 'POST', body })
    await told.end
    expect(body.toString()).toBe('first')
  })

  test('of known length goes out in pieces', async () => {
    const { call, told } = ask(bench.connect(server.url), { method: 'POST', body: { bytes: 9 } })
    for (const piece of ['one', 'two', 'six']) {
      call.write(Buffer.from(piece))
      await settle(3)
    }
    call.end()
    await told.end
    expect(requests[0]?.head).toContain('\r\nContent-Length: 9\r\n')
    expect(requests[0]?.body).toBe('onetwosix')
  })

  test('of unknown length goes out in chunks', async () => {
    const { call, told } = ask(bench.connect(server.url), { method: 'POST', body: { bytes: -1 } })
    call.write(Buffer.from('a'.repeat(26)))
    await settle(3)
    call.write(Buffer.alloc(0))
    call.write(Buffer.from('b'))
    call.end()
    await told.end
    expect(requests[0]?.head).toContain('\r\nTransfer-Encoding: chunked\r\n')
    expect(requests[0]?.body).toBe(`1a\r\n${'a'.repeat(26)}\r\n1\r\nb\r\n0\r\n\r\n`)
  })

  test.each([-1, 0])('of no pieces (%i bytes announced) is complete with its end', async (bytes) => {
    const { call, told } = ask(bench.connect(server.url), { method: 'POST', body: { bytes } })
    call.end()
    await told.end
    expect(requests[0]?.body).toBe(bytes === 0 ? '' : '0\r\n\r\n')
  })

  test('of no pieces is complete with its end on a connection that is there already', async () => {
    const client = bench.connect(server.url)
    await ask(client).told.end
    const { call, told } = ask(client, { method: 'POST', body: { bytes: -1 } })
    call.end()
    await told.end
    expect(requests[1]?.body).toBe('0\r\n\r\n')
    expect(server.connections).toHaveLength(1)
  })

  test.each([
    ['none', null, []],
    ['whole', Buffer.from('abc'), []],
    ['in one piece of known length', { bytes: 3 }, ['abc']],
    ['in one piece of unknown length', { bytes: -1 }, ['abc']],
    ['in two pieces', { bytes: 6 }, ['abc', 'def']],
  ])('goes out with the head in one write, as far as it is there: %s', async (_, body, pieces) => {
    const client = bench.connect(server.url)
    await ask(client).told.end
    const writes = vi.spyOn(Socket.prototype, 'write')
    const { call, told } = ask(client, { method: 'POST', body })
    for (const piece of pieces) call.write(Buffer.from(piece))
    expect(writes).toHaveBeenCalledTimes(Math.max(pieces.length, 1))
    writes.mockRestore()
    call.end()
    await told.end
    expect(told.body).toBe('ok')
  })

  test('sends the head even when no piece comes for a while', async () => {
    const { call } = ask(bench.connect(server.url), { method: 'POST', body: { bytes: 3 } })
    await until(() => received().endsWith('Content-Length: 3\r\n\r\n'))
    call.abort()
  })

  test('is copied while there is no connection yet, and the caller is told when to go on', async () => {
    const { call, told } = ask(bench.connect(server.url), { method: 'POST', body: { bytes: -1 } })
    const piece = Buffer.from('abc')
    expect(call.write(piece)).toBe(false)
    piece.fill('x')
    await until(() => told.drains === 1)
    expect(call.write(Buffer.from('def'))).toBe(true)
    call.end()
    await told.end
    expect(requests[0]?.body).toBe('3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n')
  })

  test('is copied when the upstream does not take it at once', async () => {
    const stalled = await bench.serve({ onConnect: ({ socket }) => socket.pause() })
    const client = bench.connect(stalled.url)
    const { call } = ask(client, { method: 'POST', body: { bytes: -1 } })
    await until(() => client.stats()[0]?.open === 1)
    const piece = Buffer.alloc(60_000)
    let count = 0
    await until(() => {
      piece.fill(65 + (count % 26))
      const goesOn = call.write(piece)
      piece.fill(0)
      return ++count > 2 && !goesOn
    })
    stalled.connections[0]?.socket.resume()
    call.end()
    await until(() => stalled.connections[0]?.received.endsWith('0\r\n\r\n') === true)
    const body = stalled.connections[0]?.received ?? ''
    expect(body.includes('\0')).toBe(false)
    expect(body.match(/[A-Z]{60000}/g)).toHaveLength(count)
  })
})

describe('a body with another length than was announced', () => {
  afterEach(() => {
    bench.bugs.length = 0
  })

  test.each([
    ['longer', 'abcd'],
    ['shorter', 'ab'],
  ])('%s ends the connection, for its bytes would be read as another request', async (_, body) => {
    const client = bench.connect(server.url)
    await ask(client).told.end
    const { call, told } = ask(client, { method: 'POST', body: { bytes: 3 } })
    call.write(Buffer.from(body))
    call.end()
    expect(told.fault).toBe(null)
    await told.end
    expect(told.fault).toBe('broken')
    await until(() => server.connections[0]?.isClosed === true)
    expect(requests).toHaveLength(1)
    expect(String(bench.bugs[0])).toMatch(/body than was announced/)
    expect(client.stats()[0]).toMatchObject({ open: 0, busy: 0 })
  })

  test('a piece behind the end ends the connection', async () => {
    const stalled = await bench.serve({})
    const { call, told } = ask(bench.connect(stalled.url), { method: 'POST', body: { bytes: -1 } })
    call.write(Buffer.from('a'))
    call.end()
    call.write(Buffer.from('b'))
    await told.end
    expect(told.fault).toBe('broken')
    expect(bench.bugs).toHaveLength(1)
  })
})
