import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ask, createBench, settle, until, type Bench } from './ask.ts'
import type { RawConnection, RawRequest, RawServer } from './raw-server.ts'
import type { UpstreamClient, UpstreamRequest } from '../../../runtime/upstream/types.ts'

const HEAD = 'HTTP/1.1 200 OK\r\n'
const ANSWER = `${HEAD}Content-Length: 2\r\n\r\nok`

let bench: Bench

beforeEach(() => {
  bench = createBench()
})

afterEach(async () => {
  await bench.close()
  expect(bench.bugs).toEqual([])
})

function serveText(text: string): Promise<RawServer> {
  return bench.serve({ onRequest: (connection) => connection.send(text) })
}

/** The first connection answers one request; with the next one, the test does what it says. */
async function serveOnceThen(
  onSecond: (connection: RawConnection, request: RawRequest) => void,
): Promise<{ server: RawServer; client: UpstreamClient }> {
  const server = await bench.serve({
    onRequest: (connection, request) =>
      request.number === 1 ? onSecond(connection, request) : connection.send(ANSWER),
  })
  const client = bench.connect(server.url)
  await ask(client).told.end
  return { server, client }
}

describe('idle connections', () => {
  test('are used again, the last one first', async () => {
    const server = await serveText(ANSWER)
    const client = bench.connect(server.url)
    await Promise.all([ask(client), ask(client), ask(client)].map(({ told }) => told.end))
    expect(server.connections).toHaveLength(3)
    const before = server.connections.map(({ received }) => received.length)
    for (let round = 0; round < 5; round++) await ask(client).told.end
    const grown = server.connections.filter(({ received, position }) => received.length > (before[position] ?? 0))
    expect(grown).toHaveLength(1)
    expect(client.stats()[0]).toMatchObject({ open: 3, busy: 0 })
  })

  test('are closed after a while, before common servers do', async () => {
    const server = await serveText(ANSWER)
    const client = bench.connect(server.url)
    await ask(client).told.end
    bench.pass(3900)
    expect(client.stats()[0]?.open).toBe(1)
    bench.pass(150)
    expect(client.stats()[0]?.open).toBe(0)
    await until(() => server.connections[0]?.isClosed === true)
  })

  test.each([
    ['timeout=2', 1000],
    ['timeout=1, max=100', 500],
    ['max=100, timeout=3', 2000],
    ['timeout=60', 4000],
    ['timeout=never', 4000],
  ])('are closed in time before the upstream does that says Keep-Alive: %s', async (value, idleMs) => {
    const server = await serveText(`${HEAD}Keep-Alive: ${value}\r\nContent-Length: 0\r\n\r\n`)
    const client = bench.connect(server.url)
    await ask(client).told.end
    bench.pass(idleMs - 40)
    expect(client.stats()[0]?.open).toBe(1)
    bench.pass(80)
    expect(client.stats()[0]?.open).toBe(0)
  })

  test('that the upstream closes are forgotten', async () => {
    const server = await serveText(ANSWER)
    const client = bench.connect(server.url)
    await ask(client).told.end
    server.connections[0]?.socket.end()
    await until(() => client.stats()[0]?.open === 0)
    expect((await ask(client).told.end).body).toBe('ok')
    expect(client.stats()[0]?.failures).toBe(0)
  })

  test('on which bytes come die, and the bytes are no answer to anyone', async () => {
    const server = await serveText(ANSWER)
    const client = bench.connect(server.url)
    await ask(client).told.end
    server.connections[0]?.send(`${HEAD}Content-Length: 6\r\n\r\npoison`)
    await until(() => client.stats()[0]?.open === 0)
    expect((await ask(client).told.end).body).toBe('ok')
    expect(server.connections).toHaveLength(2)
  })

  test.each([
    ['Connection: close', `${HEAD}Connection: close\r\nContent-Length: 2\r\n\r\nok`],
    ['version 1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok'],
    ['bytes behind its end', `${ANSWER}HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison`],
    ['a line break behind its end', `${ANSWER}\r\n`],
    ['a body that 304 must not have', 'HTTP/1.1 304 Not Modified\r\n\r\nbody'],
  ])('are not made of one whose answer had %s', async (_, text) => {
    const server = await serveText(text)
    const client = bench.connect(server.url)
    for (let round = 1; round <= 3; round++) {
      const { told } = ask(client)
      await told.end
      expect(told.log).toEqual(['head, last'])
      expect(told.body).toBe(told.head?.hasBody === true ? 'ok' : '')
      await until(() => client.stats()[0]?.open === 0)
      expect(server.connections).toHaveLength(round)
    }
  })
})

describe('a connection that the upstream closed while the request was on its way', () => {
  const whole = Buffer.from('body')
  const repeated: readonly Partial<UpstreamRequest>[] = [
    { method: 'GET' },
    { method: 'HEAD' },
    { method: 'OPTIONS' },
    { method: 'DELETE' },
    { method: 'PUT', body: whole },
    { method: 'PUT', body: Buffer.alloc(65_536, 'a') },
  ]
  test.each(repeated)('is replaced by a fresh one for $method', async (request) => {
    const { server, client } = await serveOnceThen(({ socket }) => socket.destroy())
    const { call, told } = ask(client, request)
    await told.end
    expect(told.head?.status).toBe(200)
    expect(call.attempt().attempts).toBe(2)
    expect(server.connections).toHaveLength(2)
  })

  test('is replaced when it is reset, too', async () => {
    const { client } = await serveOnceThen(({ socket }) => socket.resetAndDestroy())
    expect((await ask(client).told.end).body).toBe('ok')
  })

  const notRepeated: readonly Partial<UpstreamRequest>[] = [
    { method: 'POST', body: whole },
    { method: 'POST' },
    { method: 'PATCH', body: whole },
  ]
  test.each(notRepeated)('is a fault for $method, which may have been done', async (request) => {
    const { server, client } = await serveOnceThen(({ socket }) => socket.destroy())
    const { told } = ask(client, request)
    await told.end
    expect(told.fault).toBe('broken')
    expect(server.connections).toHaveLength(1)
    expect((await ask(client).told.end).body).toBe('ok')
  })

  test('is a fault for a body that is too large to be kept', async () => {
    const { client } = await serveOnceThen(({ socket }) => socket.destroy())
    const { told } = ask(client, { method: 'PUT', body: Buffer.alloc(65_537) })
    expect((await told.end).fault).toBe('broken')
  })

  test('is a fault for a body that came in pieces', async () => {
    const { client } = await serveOnceThen(({ socket }) => socket.destroy())
    const { call, told } = ask(client, { method: 'PUT', body: { bytes: -1 } })
    call.write(Buffer.from('a'))
    call.end()
    expect((await told.end).fault).toBe('broken')
  })

  test('is a fault when a byte of the answer had come', async () => {
    const { server, client } = await serveOnceThen(({ socket }) => socket.end('H'))
    const { told } = ask(client)
    expect((await told.end).fault).toBe('broken')
    expect(server.connections).toHaveLength(1)
  })

  test('is replaced only once', async () => {
    const server = await bench.serve({
      onRequest: (connection, { number }) => (number === 0 ? connection.send(ANSWER) : connection.socket.destroy()),
    })
    const client = bench.connect(server.url)
    await ask(client).told.end
    const { call, told } = ask(client)
    expect((await told.end).fault).toBe('broken')
    expect(call.attempt().attempts).toBe(2)
    expect(server.connections).toHaveLength(2)
  })

  test('is replaced only once, also when the next attempt goes to another target', async () => {
    const first = await serveText(ANSWER)
    const second = await bench.serve({
      onRequest: (connection, { number }) => (number === 0 ? connection.send(ANSWER) : connection.socket.destroy()),
    })
    const client = bench.connect([first.url, second.url])
    await ask(client).told.end
    await ask(client).told.end
    // Its idle connection is reset, and nobody listens any more; the other target has an idle one that will die, too.
    await first.close()
    const { call, told } = ask(client)
    expect((await told.end).fault).toBe('broken')
    expect(call.attempt()).toEqual({ target: 1, attempts: 3 })
  })

  test('is replaced by a fresh one, not by another that lay idle', async () => {
    const server = await bench.serve({
      onRequest: (connection, { number }) => (number === 2 ? connection.socket.destroy() : connection.send(ANSWER)),
    })
    const client = bench.connect(server.url)
    await Promise.all([ask(client).told.end, ask(client).told.end])
    expect((await ask(client).told.end).body).toBe('ok')
    expect(server.connections).toHaveLength(3)
  })

  test('that was fresh is not replaced', async () => {
    const server = await bench.serve({ onRequest: ({ socket }) => socket.destroy() })
    const { told } = ask(bench.connect(server.url))
    expect((await told.end).fault).toBe('broken')
    expect(server.connections).toHaveLength(1)
  })

  test.each(['POST', 'PUT'])('before any byte could be written is replaced for %s, too', async (method) => {
    const server = await serveText(ANSWER)
    const client = bench.connect(server.url)
    await ask(client).told.end
    // The kernel knows of the reset and this process does not, so the first write fails.
    server.connections[0]?.socket.resetAndDestroy()
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
    const { call, told } = ask(client, { method, body: { bytes: 8 } })
    expect(call.write(whole)).toBe(false)
    call.write(whole)
    call.end()
    expect((await told.end).body).toBe('ok')
    expect(told.drains).toBe(1)
    expect(call.attempt().attempts).toBe(2)
    expect(server.connections[1]?.received).toMatch(/\r\n\r\nbodybody$/)
  })
})

describe('retire', () => {
  test('closes idle connections, and lets busy ones finish before they are closed', async () => {
    const server = await bench.serve({
      onRequest: async (connection, { number }) => {
        if (number < 2) return connection.send(ANSWER)
        connection.send(`${HEAD}Content-Length: 4\r\n\r\nha`)
        await settle(10)
        connection.send('lf')
      },
    })
    const client = bench.connect(server.url)
    await Promise.all([ask(client).told.end, ask(client).told.end])
    const { told } = ask(client)
    await told.begin
    client.retire()
    expect(client.stats()[0]).toMatchObject({ open: 1, busy: 1 })
    expect((await told.end).body).toBe('half')
    await until(() => server.connections.every(({ isClosed }) => isClosed))
    expect(client.stats()[0]).toMatchObject({ open: 0, busy: 0 })
  })

  test('serves those that wait, and those that come late', async () => {
    const server = await serveText(ANSWER)
    const client = bench.connect(server.url, { connections: 1 })
    const asked = [ask(client), ask(client), ask(client)]
    client.retire()
    for (const { told } of asked) expect((await told.end).body).toBe('ok')
    expect((await ask(client).told.end).body).toBe('ok')
    await until(() => client.stats()[0]?.open === 0)
  })
})
