import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ask, createBench, settle, until, type Bench } from './ask.ts'
import { startDeafTarget } from './deaf-target.ts'

const HEAD = 'HTTP/1.1 200 OK\r\n'
const ANSWER = `${HEAD}Content-Length: 2\r\n\r\nok`
const SETTINGS = { connectMs: 1000, responseMs: 5000, idleMs: 2000 }

let bench: Bench

beforeEach(() => {
  bench = createBench()
})

afterEach(async () => {
  await bench.close()
  expect(bench.bugs).toEqual([])
})

describe('connectMs', () => {
  test('ends an attempt on a target that does not answer; the next target gets the request', async () => {
    const deaf = await startDeafTarget()
    try {
      const server = await bench.serve({ onRequest: (connection) => connection.send(ANSWER) })
      const client = bench.connect([deaf.url, server.url], SETTINGS)
      const { call, told } = ask(client)
      await settle(10)
      expect(server.connections).toHaveLength(0)
      bench.pass(1040)
      expect((await told.end).body).toBe('ok')
      expect(call.attempt()).toEqual({ target: 1, attempts: 2 })
      expect(client.stats()[0]).toMatchObject({ open: 0, failures: 1 })

      const alone = ask(bench.connect(deaf.url, SETTINGS))
      bench.pass(1040)
      expect((await alone.told.end).fault).toBe('timeout')

      // Those who wait for it do not each wait for an attempt of their own.
      const narrow = bench.connect([deaf.url, server.url], { ...SETTINGS, connections: 1 })
      const asked = Array.from({ length: 6 }, () => ask(narrow))
      await settle(5)
      bench.pass(1040)
      expect(await Promise.all(asked.map(async (one) => (await one.told.end).body))).toEqual(Array(6).fill('ok'))

      const short = ask(bench.connect([deaf.url, server.url], SETTINGS), { timeoutMs: 300 })
      bench.pass(340)
      expect((await short.told.end).fault).toBe('timeout')
      expect(short.call.attempt().attempts).toBe(1)
    } finally {
      await deaf.close()
    }
  })
})

describe('responseMs', () => {
  test('ends a request whose answer does not begin, and its connection', async () => {
    const server = await bench.serve({})
    const client = bench.connect(server.url, SETTINGS)
    const { told } = ask(client)
    await until(() => (server.connections[0]?.received ?? '') !== '')
    bench.pass(4900)
    expect(told.fault).toBe(null)
    bench.pass(150)
    expect(told.log).toEqual(['fault timeout'])
    await until(() => server.connections[0]?.isClosed === true)
    expect(client.stats()[0]).toMatchObject({ open: 0, failures: 1 })
  })

  test('is not prolonged by a head that trickles or by interim answers', async () => {
    const server = await bench.serve({ onRequest: (connection) => connection.send('HTTP/1.1 103 Early\r\n\r\nHTTP') })
    const { told } = ask(bench.connect(server.url, SETTINGS))
    await until(() => (server.connections[0]?.received ?? '') !== '')
    for (const part of ['/1.1', ' 200', ' OK\r']) {
      await settle(3)
      bench.pass(1500)
      server.connections[0]?.send(part)
    }
    await settle(3)
    expect(told.fault).toBe(null)
    bench.pass(600)
    expect(told.fault).toBe('timeout')
  })

  test('begins when the body is complete, not before', async () => {
    const server = await bench.serve({})
    const { call, told } = ask(bench.connect(server.url, SETTINGS), { method: 'POST', body: { bytes: -1 } })
    await until(() => (server.connections[0]?.received ?? '') !== '')
    for (let second = 0; second < 10; second++) {
      call.write(Buffer.from('a'))
      bench.pass(1000)
    }
    call.end()
    await settle(3)
    bench.pass(4900)
    expect(told.fault).toBe(null)
    bench.pass(150)
    expect(told.fault).toBe('timeout')
  })
})

describe('idleMs', () => {
  test('ends an answer that stalls, and is prolonged by every byte', async () => {
    const server = await bench.serve({
      onRequest: (connection) => connection.send(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`),
    })
    const { told } = ask(bench.connect(server.url, SETTINGS))
    await told.begin
    for (let round = 0; round < 6; round++) {
      bench.pass(1500)
      server.connections[0]?.send(round % 2 === 0 ? '1\r' : '\na\r\n')
      await settle(4)
    }
    expect(told.fault).toBe(null)
    expect(told.body).toBe('aaa')
    bench.pass(2050)
    expect(told.log.at(-1)).toBe('fault timeout')
  })

  test('ends a request whose body stalls', async () => {
    const server = await bench.serve({})
    const { call, told } = ask(bench.connect(server.url, SETTINGS), { method: 'POST', body: { bytes: 100 } })
    await until(() => (server.connections[0]?.received ?? '') !== '')
    bench.pass(1500)
    call.write(Buffer.from('a'))
    bench.pass(1900)
    expect(told.fault).toBe(null)
    bench.pass(150)
    expect(told.fault).toBe('timeout')
    expect(call.write(Buffer.from('a'))).toBe(true)
  })

  test('ends a large whole body that the upstream does not take', async () => {
    const server = await bench.serve({ onConnect: ({ socket }) => socket.pause() })
    const { told } = ask(bench.connect(server.url, SETTINGS), { method: 'POST', body: Buffer.alloc(20_000_000) })
    await until(() => server.connections.length === 1)
    await settle(10)
    bench.pass(2050)
    expect(told.fault).toBe('timeout')
  })

  test('bounds a pause', async () => {
    const server = await bench.serve({
      onRequest: (connection) => connection.send(`${HEAD}Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n`),
    })
    const { call, told } = ask(bench.connect(server.url, SETTINGS))
    await told.begin
    bench.pass(1500)
    call.pause()
    bench.pass(1500)
    call.pause()
    expect(told.fault).toBe(null)
    bench.pass(600)
    expect(told.fault).toBe('timeout')
    await until(() => server.connections[0]?.isClosed === true)
  })

  test('bounds a pause, however much of the body is sent meanwhile', async () => {
    const server = await bench.serve({
      onConnect: ({ socket }) => socket.write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n`),
    })
    const { call, told } = ask(bench.connect(server.url, SETTINGS), { method: 'POST', body: { bytes: -1 } })
    await told.begin
    call.pause()
    for (let round = 0; round < 3; round++) {
      bench.pass(700)
      call.write(Buffer.from('a'))
    }
    expect(told.fault).toBe('timeout')
  })

  test('begins anew with resume', async () => {
    const server = await bench.serve({
      onRequest: (connection) => connection.send(`${HEAD}Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n`),
    })
    const { call, told } = ask(bench.connect(server.url, SETTINGS))
    await told.begin
    for (let round = 0; round < 3; round++) {
      call.pause()
      bench.pass(1500)
      call.resume()
      bench.pass(1500)
    }
    expect(told.fault).toBe(null)
    bench.pass(600)
    expect(told.fault).toBe('timeout')
  })

  test('does not count while the answer has not begun', async () => {
    const server = await bench.serve({})
    const { told } = ask(bench.connect(server.url, SETTINGS))
    await until(() => (server.connections[0]?.received ?? '') !== '')
    bench.pass(4000)
    server.connections[0]?.send(ANSWER)
    expect((await told.end).body).toBe('ok')
  })
})

describe("the request's own time", () => {
  test('ends it however far it came', async () => {
    const server = await bench.serve({})
    const { told } = ask(bench.connect(server.url, SETTINGS), { timeoutMs: 1500 })
    await until(() => (server.connections[0]?.received ?? '') !== '')
    bench.pass(1450)
    expect(told.fault).toBe(null)
    bench.pass(80)
    expect(told.fault).toBe('timeout')
  })

  test('runs on through a second attempt', async () => {
    const server = await bench.serve({
      onRequest: (connection, { number }) => {
        if (number === 0) connection.send(ANSWER)
      },
    })
    const client = bench.connect(server.url, SETTINGS)
    await ask(client).told.end
    const { told } = ask(client, { timeoutMs: 1500 })
    await settle(3)
    bench.pass(1000)
    server.connections[0]?.socket.destroy()
    await until(() => (server.connections[1]?.received ?? '') !== '')
    bench.pass(460)
    expect(told.fault).toBe(null)
    bench.pass(80)
    expect(told.fault).toBe('timeout')
  })

  test('does not count once the head has come', async () => {
    const server = await bench.serve({
      onRequest: (connection) => connection.send(`${HEAD}Content-Length: 4\r\n\r\nha`),
    })
    const { told } = ask(bench.connect(server.url, SETTINGS), { timeoutMs: 1000 })
    await told.begin
    bench.pass(1500)
    server.connections[0]?.send('lf')
    expect((await told.end).body).toBe('half')
  })

  test('ends a request that waits for a connection', async () => {
    const server = await bench.serve({})
    const client = bench.connect(server.url, { ...SETTINGS, connections: 1 })
    ask(client)
    await until(() => (server.connections[0]?.received ?? '') !== '')
    const waiting = ask(client, { timeoutMs: 1000 })
    expect(waiting.call.attempt()).toEqual({ target: -1, attempts: 0 })
    bench.pass(960)
    expect(waiting.told.fault).toBe(null)
    bench.pass(80)
    expect(waiting.told.log).toEqual(['fault timeout'])
    expect(client.stats()[0]).toMatchObject({ open: 1, busy: 1, queued: 0 })
  })

  test('of nothing ends it, but not within send', async () => {
    const server = await bench.serve({})
    const { told } = ask(bench.connect(server.url, SETTINGS), { timeoutMs: 0 })
    expect(told.fault).toBe(null)
    bench.pass(40)
    expect(told.fault).toBe('timeout')
  })
})

test('no deadline of an exchange outlives it', async () => {
  const server = await bench.serve({ onRequest: (connection) => connection.send(ANSWER) })
  const client = bench.connect(server.url, { ...SETTINGS, idleMs: 500 })
  for (let round = 0; round < 4; round++) {
    expect((await ask(client, { timeoutMs: 700 }).told.end).fault).toBe(null)
    bench.pass(1900)
  }
  expect(server.connections).toHaveLength(1)
})
