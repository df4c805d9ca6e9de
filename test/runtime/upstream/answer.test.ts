import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ask, createBench, settle, until, type Bench } from './ask.ts'
import type { RawConnection, RawServer } from './raw-server.ts'

const HEAD = 'HTTP/1.1 200 OK\r\n'
const ANSWER = `${HEAD}Content-Length: 2\r\n\r\nok`

let bench: Bench

beforeEach(() => {
  bench = createBench()
})

afterEach(async () => {
  await bench.close()
})

function serveText(text: string): Promise<RawServer> {
  return bench.serve({ onRequest: (connection) => connection.send(text) })
}

describe('an answer', () => {
  test('that comes in one read is told in one callback, once send has returned', async () => {
    const server = await serveText(`${HEAD}Content-Length: 5\r\nX-A: b\r\n\r\nhello`)
    const client = bench.connect(server.url)
    for (let round = 0; round < 3; round++) {
      const { told } = ask(client)
      expect(told.log).toEqual([])
      await told.end
      expect(told.log).toEqual(['head, last'])
      expect(told.body).toBe('hello')
      expect(told.head).toEqual({ status: 200, fields: ['x-a', 'b'], isAscii: true, contentLength: 5, hasBody: true })
    }
    expect(server.connections).toHaveLength(1)
  })

  test('in many chunks that come in one read is one piece', async () => {
    const server = await serveText(`${HEAD}Transfer-Encoding: chunked\r\n\r\n${'1\r\na\r\n'.repeat(500)}0\r\n\r\n`)
    const { told } = ask(bench.connect(server.url))
    await told.end
    expect(told.log).toEqual(['head, last'])
    expect(told.body).toBe('a'.repeat(500))
  })

  test('that comes slowly is told piece by piece', async () => {
    const server = await bench.serve({
      onRequest: async (connection) => {
        for (const part of [
          `${HEAD}Transfer-`,
          'Encoding: chunked\r\n\r\n',
          '1\r',
          '\na\r\n2\r\nbc',
          '\r\n0\r\n',
          '\r\n',
        ]) {
          connection.send(part)
          await settle(4)
        }
      },
    })
    const { told } = ask(bench.connect(server.url))
    await told.end
    expect(told.log).toEqual(['head', 'body', 'body, last'])
    expect(told.body).toBe('abc')
  })

  test('without a length ends with its connection, which is not used again', async () => {
    const server = await bench.serve({
      onRequest: (connection) => connection.socket.end(`${HEAD}\r\nup to the end`),
    })
    const client = bench.connect(server.url)
    for (let round = 0; round < 2; round++) {
      const { told } = ask(client)
      await told.end
      expect(told.log.at(-1)).toBe('body, last')
      expect(told.body).toBe('up to the end')
    }
    expect(server.connections).toHaveLength(2)
    expect(client.stats()[0]).toMatchObject({ open: 0, busy: 0, failures: 0 })
  })

  test('without a length whose connection is reset is not whole', async () => {
    const server = await bench.serve({
      onRequest: async ({ socket }) => {
        socket.write(`${HEAD}\r\nup to`)
        await settle(5)
        socket.resetAndDestroy()
      },
    })
    const { told } = ask(bench.connect(server.url))
    await told.end
    expect(told.log).toEqual(['head', 'fault broken'])
  })

  test('is read over while it is 1xx', async () => {
    const server = await serveText(`HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n${ANSWER}`)
    const { told } = ask(bench.connect(server.url))
    await told.end
    expect(told.head).toMatchObject({ status: 200, fields: [] })
  })

  test('that breaks off is a fault, and what came before it stays told', async () => {
    const server = await bench.serve({
      onRequest: async ({ socket }) => {
        socket.write(`${HEAD}Content-Length: 10\r\n\r\nhalf`)
        await settle(5)
        socket.end()
      },
    })
    const { told } = ask(bench.connect(server.url))
    await told.end
    expect(told.log).toEqual(['head', 'fault broken'])
    expect(told.body).toBe('half')
    await settle(5)
    expect(told.log).toHaveLength(2)
  })

  test('that turns out broken in its body is a fault', async () => {
    const server = await bench.serve({
      onRequest: async (connection) => {
        connection.send(`${HEAD}Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n`)
        await settle(5)
        connection.send('x\r\n')
      },
    })
    const client = bench.connect(server.url)
    const { told } = ask(client)
    await told.end
    expect(told.log).toEqual(['head', 'fault broken'])
    await until(() => server.connections[0]?.isClosed === true)
    expect(client.stats()[0]).toMatchObject({ open: 0, failures: 1 })
  })
})

describe('an early answer', () => {
  test('is told, and its connection is not used again while the body was not complete', async () => {
    const early = (connection: RawConnection): void => {
      connection.socket.once('data', () => connection.send(ANSWER))
    }
    const server = await bench.serve({ onConnect: early })
    const client = bench.connect(server.url)
    const { call, told } = ask(client, { method: 'POST', body: { bytes: 1000 } })
    await told.end
    expect(told.body).toBe('ok')
    expect(call.write(Buffer.from('more'))).toBe(true)
    call.end()
    await until(() => server.connections[0]?.isClosed === true)
    await ask(client).told.end
    expect(server.connections).toHaveLength(2)
    expect(bench.bugs).toEqual([])
  })

  test('may begin before the body is complete and end after it; then its connection is used again', async () => {
    const server = await bench.serve({
      onConnect: ({ socket }) => socket.once('data', () => socket.write(`${HEAD}Content-Length: 4\r\n\r\nea`)),
      onRequest: (connection, { number }) => connection.send(number === 0 ? 'rl' : ANSWER),
    })
    const client = bench.connect(server.url)
    const { call, told } = ask(client, { method: 'POST', body: { bytes: -1 } })
    await told.begin
    call.write(Buffer.from('all'))
    call.end()
    await told.end
    expect(told.body).toBe('earl')
    await ask(client).told.end
    expect(server.connections).toHaveLength(1)
  })

  test('to a large whole body is told, too', async () => {
    const server = await bench.serve({
      onConnect: ({ socket }) => {
        socket.pause()
        socket.write('HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno')
      },
    })
    const client = bench.connect(server.url)
    const { told } = ask(client, { method: 'POST', body: Buffer.alloc(40_000_000) })
    await told.end
    expect(told.head?.status).toBe(413)
    expect(client.stats()[0]?.open).toBe(0)
  })
})

describe('abort', () => {
  test.each(['before the head', 'within the body'])(
    '%s kills the connection, and nothing more is told',
    async (when) => {
      const server = await bench.serve({
        onRequest: (connection, { number }) => {
          if (number > 0) connection.send(ANSWER)
          else if (when === 'within the body') connection.send(`${HEAD}Content-Length: 9\r\n\r\nhalf`)
        },
      })
      const client = bench.connect(server.url)
      const { call, told } = ask(client)
      if (when === 'within the body') await told.begin
      else await until(() => (server.connections[0]?.received ?? '') !== '')
      const before = [...told.log]
      call.abort()
      call.abort()
      await until(() => server.connections[0]?.isClosed === true)
      await settle(5)
      expect(told.log).toEqual(before)
      expect(client.stats()[0]).toMatchObject({ open: 0, busy: 0 })
      await ask(client).told.end
      expect(server.connections).toHaveLength(2)
    },
  )

  test('at once, before the connection is there, leaves nothing behind', async () => {
    const server = await serveText(ANSWER)
    const client = bench.connect(server.url)
    const { call, told } = ask(client)
    call.abort()
    await settle()
    expect(told.log).toEqual([])
    expect(client.stats()[0]).toMatchObject({ open: 0, busy: 0, queued: 0 })
  })

  test('from within a callback is obeyed', async () => {
    const server = await serveText(`${HEAD}Content-Length: 9\r\n\r\nhalf`)
    const client = bench.connect(server.url)
    const asked = ask(client, {}, { onHead: () => asked.call.abort() })
    await asked.told.begin
    await settle(5)
    expect(asked.told.log).toEqual(['head'])
    expect(client.stats()[0]?.open).toBe(0)
  })

  test('of what is over does nothing', async () => {
    const server = await serveText(ANSWER)
    const client = bench.connect(server.url)
    const { call, told } = ask(client)
    await told.end
    const second = ask(client)
    call.abort()
    call.pause()
    call.end()
    await second.told.end
    expect(second.told.body).toBe('ok')
    expect(server.connections).toHaveLength(1)
  })

  test('says who was tried, and how often', async () => {
    const server = await serveText(ANSWER)
    const { call, told } = ask(bench.connect(server.url))
    await told.end
    expect(call.attempt()).toEqual({ target: 0, attempts: 1 })
  })
})

describe('a receiver that throws', () => {
  const bug = new Error('bug')
  const fail = (): void => {
    throw bug
  }

  test.each([
    ['onHead', { onHead: fail }, `${HEAD}Content-Length: 9\r\n\r\nhalf`],
    ['onHead with the last piece', { onHead: fail }, ANSWER],
  ])('in %s loses its connection and nobody else', async (_, hooks, text) => {
    const server = await bench.serve({
      onRequest: (connection, { number }) => connection.send(number === 0 ? text : ANSWER),
    })
    const client = bench.connect(server.url)
    const { told } = ask(client, {}, hooks)
    await told.begin
    await until(() => server.connections[0]?.isClosed === true)
    expect(bench.bugs).toEqual([bug])
    expect(told.log).toHaveLength(1)
    expect(client.stats()[0]).toMatchObject({ open: 0, busy: 0 })
    expect((await ask(client).told.end).body).toBe('ok')
  })

  test('in onBody loses its connection', async () => {
    const server = await bench.serve({
      onRequest: async (connection) => {
        connection.send(`${HEAD}Content-Length: 9\r\n\r\nhalf`)
        await settle(5)
        connection.send('more')
      },
    })
    const client = bench.connect(server.url)
    ask(client, {}, { onBody: fail })
    await until(() => bench.bugs.length === 1)
    expect(client.stats()[0]?.open).toBe(0)
  })

  test('in onDrain loses its connection', async () => {
    const server = await bench.serve({})
    const client = bench.connect(server.url)
    const { call } = ask(client, { method: 'POST', body: { bytes: -1 } }, { onDrain: fail })
    call.write(Buffer.from('a'))
    await until(() => bench.bugs.length === 1)
    expect(client.stats()[0]?.open).toBe(0)
  })

  test('in onFault takes nothing along', async () => {
    const server = await bench.serve({
      onRequest: (connection, { number }) => (number === 0 ? connection.socket.destroy() : connection.send(ANSWER)),
    })
    const client = bench.connect(server.url, { connections: 1 })
    ask(client, { method: 'POST' }, { onFault: fail })
    const { told } = ask(client)
    await told.end
    expect(told.body).toBe('ok')
    expect(bench.bugs).toEqual([bug])
  })
})
