import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ask, createBench, settle, until, type Bench } from './ask.ts'
import type { RawServer } from './raw-server.ts'
import type { UpstreamClient } from '../../../runtime/upstream/types.ts'

const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

let bench: Bench

beforeEach(() => {
  bench = createBench()
})

afterEach(async () => {
  await bench.close()
  expect(bench.bugs).toEqual([])
})

function serve(name: string): Promise<RawServer> {
  return bench.serve({
    onRequest: (connection) => connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${name.length}\r\n\r\n${name}`),
  })
}

/** A port on which nobody listens, and which stays free for a server of the same test. */
async function closedPort(): Promise<number> {
  const server = await bench.serve({})
  await server.close()
  return server.port
}

async function askMany(client: UpstreamClient, count: number): Promise<string> {
  let answers = ''
  for (let i = 0; i < count; i++) {
    const { told } = ask(client)
    await told.end
    answers += told.fault ?? told.body
  }
  return answers
}

describe('targets', () => {
  test('take turns', async () => {
    const servers = [await serve('a'), await serve('b'), await serve('c')]
    const client = bench.connect(servers.map(({ url }) => url))
    expect(await askMany(client, 9)).toBe('abcabcabc')
  })

  test('take turns as often as their weights say, spread evenly', async () => {
    const servers = [await serve('a'), await serve('b'), await serve('c')]
    const targets = servers.map(({ url }, i) => ({ url, weight: [5, 1, 1][i] ?? 0 }))
    const client = bench.connect([], { targets })
    expect(await askMany(client, 14)).toBe('aabacaaaabacaa')
  })

  test('are told apart by the position that an attempt names', async () => {
    const servers = [await serve('a'), await serve('b')]
    const client = bench.connect(servers.map(({ url }) => url))
    await askMany(client, 1)
    const { call, told } = ask(client)
    await told.end
    expect(call.attempt()).toEqual({ target: 1, attempts: 1 })
  })

  test('whose connections are all busy are passed over while others have room', async () => {
    const silent = await bench.serve({})
    const server = await serve('b')
    const client = bench.connect([silent.url, server.url], { connections: 1 })
    ask(client)
    expect(await askMany(client, 4)).toBe('bbbb')
  })
})

describe('a target that refuses', () => {
  test('is followed by the next one, and then passed over', async () => {
    const server = await serve('b')
    const client = bench.connect([`http://127.0.0.1:${await closedPort()}`, server.url])
    const { call, told } = ask(client, { method: 'POST', body: Buffer.from('x') })
    expect((await told.end).body).toBe('b')
    expect(call.attempt()).toEqual({ target: 1, attempts: 2 })
    for (let round = 0; round < 5; round++) {
      const next = ask(client)
      await next.told.end
      expect(next.call.attempt()).toEqual({ target: 1, attempts: 1 })
    }
    expect(client.stats()[0]).toMatchObject({ failures: 1, open: 0 })
  })

  test('is followed by the next one when the body comes in pieces, too', async () => {
    const server = await serve('b')
    const client = bench.connect([`http://127.0.0.1:${await closedPort()}`, server.url])
    const { call, told } = ask(client, { method: 'POST', body: { bytes: -1 } })
    call.write(Buffer.from('abc'))
    call.end()
    expect((await told.end).body).toBe('b')
    expect(server.connections[0]?.received).toMatch(/\r\n\r\n3\r\nabc\r\n0\r\n\r\n$/)
  })

  test('is tried again after a while, by one request at a time, and less often while it goes on refusing', async () => {
    const server = await serve('b')
    const client = bench.connect([`http://127.0.0.1:${await closedPort()}`, server.url])
    const failures = (): number => client.stats()[0]?.failures ?? 0
    await askMany(client, 1)
    for (const [waitMs, wanted] of [
      [900, 1],
      [150, 2],
      [1900, 2],
      [150, 3],
      [3900, 3],
      [150, 4],
      [7900, 4],
      [150, 5],
      [9900, 5],
      [150, 6],
      [9900, 6],
    ] as const) {
      bench.pass(waitMs)
      await Promise.all(Array.from({ length: 4 }, () => ask(client).told.end))
      expect(failures()).toBe(wanted)
    }
  })

  test('is passed over no longer because many requests found it so at once', async () => {
    const server = await serve('b')
    const client = bench.connect([`http://127.0.0.1:${await closedPort()}`, server.url])
    await Promise.all(Array.from({ length: 8 }, () => ask(client).told.end))
    expect(client.stats()[0]?.failures).toBe(4)
    bench.pass(1050)
    await Promise.all(Array.from({ length: 8 }, () => ask(client).told.end))
    expect(client.stats()[0]?.failures).toBe(5)
  })

  test('takes its turns again once it accepts', async () => {
    const port = await closedPort()
    const server = await serve('b')
    const client = bench.connect([`http://127.0.0.1:${port}`, server.url])
    expect(await askMany(client, 3)).toBe('bbb')
    await bench.serve({ port, onRequest: (connection) => connection.send(ANSWER) })
    bench.pass(1100)
    expect(await askMany(client, 4)).toMatch(/^(okb){2}$|^(bok){2}$/)
  })

  test('is tried in spite of it when there is no other', async () => {
    const port = await closedPort()
    const client = bench.connect(`http://127.0.0.1:${port}`)
    expect(await askMany(client, 2)).toBe('unreachableunreachable')
    await bench.serve({ port, onRequest: (connection) => connection.send(ANSWER) })
    expect(await askMany(client, 2)).toBe('okok')
  })

  test('leaves a request unreachable when all others refuse, too, each tried once', async () => {
    const ports = [await closedPort(), await closedPort(), await closedPort()]
    const client = bench.connect(ports.map((port) => `http://127.0.0.1:${port}`))
    const { call, told } = ask(client)
    expect(told.fault).toBe(null)
    await told.end
    expect(told.log).toEqual(['fault unreachable'])
    expect(call.attempt().attempts).toBe(3)
    expect(client.stats().map(({ open, failures }) => [open, failures])).toEqual([
      [0, 1],
      [0, 1],
      [0, 1],
    ])
  })

  test('is a name that does not resolve, too', async () => {
    const client = bench.connect('http://no-such-host.invalid:80')
    expect(await askMany(client, 1)).toBe('unreachable')
  })

  test('is not one that accepted and broke: the request may have been done', async () => {
    const broken = await bench.serve({ onRequest: ({ socket }) => socket.destroy() })
    const server = await serve('b')
    const client = bench.connect([broken.url, server.url])
    expect(await askMany(client, 2)).toBe('brokenb')
  })

  test('sends those who wait for it to the others', async () => {
    const port = await closedPort()
    const blocker = await bench.serve({ port })
    const server = await serve('b')
    const client = bench.connect([blocker.url, server.url], { connections: 1 })
    const busyA = ask(client, { method: 'POST' })
    const busyB = ask(client, { method: 'POST' })
    const waiting = [ask(client), ask(client), ask(client)]
    await until(() => blocker.connections.length === 1)
    await blocker.close()
    await Promise.all([busyA, busyB, ...waiting].map(({ told }) => told.end))
    expect([busyA.told.fault, busyB.told.body]).toEqual(['broken', 'b'])
    expect(waiting.map(({ told }) => told.body)).toEqual(['b', 'b', 'b'])
  })
})

describe('the queue', () => {
  /** Answers a request only when told to. */
  async function startSlow(): Promise<{ server: RawServer; answer: () => void; order: string[] }> {
    const answers: (() => void)[] = []
    const order: string[] = []
    const server = await bench.serve({
      onRequest: (connection, { head }) => {
        order.push(/^GET \/(\S*)/.exec(head)?.[1] ?? '')
        answers.push(() => connection.send(ANSWER))
      },
    })
    return { server, order, answer: () => answers.shift()?.() }
  }

  test('holds requests while all connections are busy, and serves the one that waits longest first', async () => {
    const { server, answer, order } = await startSlow()
    const client = bench.connect(server.url, { connections: 2, queue: 10 })
    const asked = Array.from({ length: 6 }, (_, i) => ask(client, { path: `/${i}` }))
    expect(client.stats()[0]).toMatchObject({ open: 2, busy: 2, queued: 4 })
    for (let i = 0; i < asked.length; i++) {
      await until(() => order.length > i)
      answer()
    }
    await Promise.all(asked.map(({ told }) => told.end))
    expect(order.slice(2)).toEqual(['2', '3', '4', '5'])
    expect(server.connections).toHaveLength(2)
    expect(client.stats()[0]).toMatchObject({ open: 2, busy: 0, queued: 0 })
  })

  test('is bounded: who does not fit is told, but not within send', async () => {
    const { server, answer } = await startSlow()
    const client = bench.connect(server.url, { connections: 1, queue: 2 })
    const asked = Array.from({ length: 5 }, () => ask(client))
    expect(asked.map(({ told }) => told.fault)).toEqual([null, null, null, null, null])
    await Promise.all(asked.slice(3).map(({ told }) => told.end))
    expect(asked.map(({ told }) => told.fault)).toEqual([null, null, null, 'overloaded', 'overloaded'])
    const pump = setInterval(answer, 1)
    await Promise.all(asked.map(({ told }) => told.end))
    clearInterval(pump)
    expect(asked.slice(0, 3).map(({ told }) => told.body)).toEqual(['ok', 'ok', 'ok'])
  })

  test('may have no room at all', async () => {
    const { server } = await startSlow()
    const client = bench.connect(server.url, { connections: 1, queue: 0 })
    ask(client)
    expect((await ask(client).told.end).fault).toBe('overloaded')
  })

  test('spills over to other targets before anyone is refused', async () => {
    const first = await startSlow()
    const second = await startSlow()
    const client = bench.connect([first.server.url, second.server.url], { connections: 1, queue: 1 })
    const asked = Array.from({ length: 5 }, () => ask(client))
    expect(client.stats().map(({ busy, queued }) => [busy, queued])).toEqual([
      [1, 1],
      [1, 1],
    ])
    expect((await asked[4]?.told.end)?.fault).toBe('overloaded')
  })

  test('lets go of who gives up', async () => {
    const { server, answer, order } = await startSlow()
    const client = bench.connect(server.url, { connections: 1, queue: 2 })
    const [, second, third] = [ask(client, { path: '/0' }), ask(client, { path: '/1' }), ask(client, { path: '/2' })]
    second?.call.abort()
    expect(client.stats()[0]?.queued).toBe(1)
    await until(() => order.length === 1)
    answer()
    await until(() => order.length === 2)
    answer()
    await third?.told.end
    expect(order).toEqual(['0', '2'])
    expect(second?.told.log).toEqual([])
  })

  test('goes on when a connection dies instead of answering', async () => {
    const server = await bench.serve({
      onRequest: (connection, { number }) => (number === 0 ? connection.socket.destroy() : connection.send(ANSWER)),
    })
    const client = bench.connect(server.url, { connections: 1 })
    const asked = [ask(client, { method: 'POST' }), ask(client), ask(client)]
    await Promise.all(asked.map(({ told }) => told.end))
    expect(asked.map(({ told }) => told.fault ?? told.body)).toEqual(['broken', 'ok', 'ok'])
  })

  test('goes on when the one whose connection is being opened gives up', async () => {
    const server = await serve('a')
    const client = bench.connect(server.url, { connections: 1 })
    const asked = [ask(client), ask(client)]
    asked[0]?.call.abort()
    expect((await asked[1]?.told.end)?.body).toBe('a')
  })

  test('fails those who wait when the target refuses all of them', async () => {
    const client = bench.connect(`http://127.0.0.1:${await closedPort()}`, { connections: 1 })
    const asked = Array.from({ length: 4 }, () => ask(client))
    await Promise.all(asked.map(({ told }) => told.end))
    expect(asked.map(({ told }) => told.fault)).toEqual(Array(4).fill('unreachable'))
    expect(client.stats()[0]).toMatchObject({ open: 0, busy: 0, queued: 0 })
  })

  test('never opens more connections than there may be, whatever happens to them', async () => {
    let most = 0
    let open = 0
    const server = await bench.serve({
      onConnect: ({ socket }) => {
        most = Math.max(most, ++open)
        socket.on('close', () => open--)
      },
      onRequest: (connection, { number }) =>
        number % 3 === 0 ? connection.socket.end() : connection.send(number % 3 === 1 ? ANSWER : `${ANSWER}x`),
    })
    const client = bench.connect(server.url, { connections: 3, queue: 100 })
    const asked = Array.from({ length: 60 }, (_, i) => ask(client, { method: i % 2 === 0 ? 'GET' : 'POST' }))
    await Promise.all(asked.map(({ told }) => told.end))
    await settle(3)
    // A connection that the client has closed may be seen a moment longer by the server.
    expect(most).toBeLessThanOrEqual(6)
    expect(client.stats()[0]?.open).toBeLessThanOrEqual(3)
    expect(client.stats()[0]).toMatchObject({ busy: 0, queued: 0 })
  })
})

test('a port that this file calls closed is closed', async () => {
  const port = await closedPort()
  const error = await new Promise((resolve) => connect(port, '127.0.0.1').on('error', resolve))
  expect(String(error)).toContain('ECONNREFUSED')
})
