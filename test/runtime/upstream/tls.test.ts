import type { TLSSocket } from 'node:tls'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ask, createBench, settle, until, type Bench } from './ask.ts'
import { CERTIFICATE, PRIVATE_KEY } from './certificate.ts'
import type { RawConnection, RawServer } from './raw-server.ts'
import type { UpstreamClient } from '../../../runtime/upstream/types.ts'

const ANSWER = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const TLS = { cert: CERTIFICATE, key: PRIVATE_KEY, ALPNProtocols: ['h2', 'http/1.1'] }

let bench: Bench

beforeEach(() => {
  bench = createBench()
})

afterEach(async () => {
  await bench.close()
  expect(bench.bugs).toEqual([])
})

function serve(onRequest: (connection: RawConnection) => void): Promise<RawServer> {
  return bench.serve({ tls: TLS, onRequest })
}

function connect({ port }: RawServer, host = 'localhost'): UpstreamClient {
  return bench.connect(`https://${host}:${port}`, {}, { authorities: CERTIFICATE })
}

/** What the server's side of a connection knows of its opening. */
function secureOf(server: RawServer, position = 0): TLSSocket {
  // Safe: the server was started with TLS.
  return server.connections[position]?.socket as TLSSocket
}

describe('an https target', () => {
  test('is spoken to in HTTP/1.1 and asked for by its name, over connections that are kept', async () => {
    const server = await serve((connection) => connection.send(ANSWER))
    const client = connect(server)
    for (let round = 0; round < 3; round++) expect((await ask(client).told.end).body).toBe('ok')
    expect(server.connections).toHaveLength(1)
    expect(secureOf(server).alpnProtocol).toBe('http/1.1')
    expect(secureOf(server)).toMatchObject({ servername: 'localhost' })
    expect(server.connections[0]?.received).toContain(`Host: localhost:${server.port}\r\n`)
  })

  test('may be an address', async () => {
    const server = await serve((connection) => connection.send(ANSWER))
    expect((await ask(connect(server, '127.0.0.1')).told.end).body).toBe('ok')
    expect(secureOf(server)).toMatchObject({ servername: false })
  })

  test('that nobody vouches for is unreachable, and gets no byte of the request', async () => {
    const server = await serve((connection) => connection.send(ANSWER))
    const client = bench.connect(`https://localhost:${server.port}`)
    expect((await ask(client, { headers: 'Authorization: secret\r\n' }).told.end).fault).toBe('unreachable')
    expect(server.connections.map(({ received }) => received).join('')).toBe('')
  })

  test('is verified even where the environment says that it need not be', async () => {
    // Node warns of the variable.
    const warning = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0')
    try {
      const server = await serve((connection) => connection.send(ANSWER))
      expect((await ask(bench.connect(`https://localhost:${server.port}`)).told.end).fault).toBe('unreachable')
    } finally {
      vi.unstubAllEnvs()
      warning.mockRestore()
    }
  })

  test('with the certificate of another name is unreachable', async () => {
    const server = await serve((connection) => connection.send(ANSWER))
    // The same address by a name that is not in the certificate.
    expect((await ask(connect(server, '127.0.0.2')).told.end).fault).toBe('unreachable')
  })

  test('that does not speak TLS is unreachable', async () => {
    const server = await bench.serve({ onConnect: (connection) => connection.send(ANSWER) })
    expect((await ask(connect(server)).told.end).fault).toBe('unreachable')
  })

  test('that does not finish the handshake is given up after connectMs', async () => {
    const server = await bench.serve({})
    const { told } = ask(connect(server))
    await until(() => (server.connections[0]?.received ?? '') !== '')
    bench.pass(1050)
    expect((await told.end).fault).toBe('timeout')
  })

  test('takes up the session of an earlier connection', async () => {
    const reused: boolean[] = []
    const server = await serve((connection) => {
      reused.push(secureOf(server, connection.position).isSessionReused())
      connection.socket.end(`HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok`)
    })
    const client = connect(server)
    for (let round = 0; round < 2; round++) {
      expect((await ask(client).told.end).body).toBe('ok')
      await settle(5)
    }
    expect(reused).toEqual([false, true])
  })

  test('gets and gives large bodies', async () => {
    const body = Buffer.alloc(3_000_000, 'abcdefghijklm')
    const server = await serve((connection) => {
      connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`)
      connection.socket.write(body)
    })
    const client = connect(server)
    for (const sent of [body, Buffer.alloc(60_000, 'x'), { bytes: body.length }]) {
      const { call, told } = ask(client, { method: 'PUT', body: sent })
      if ('bytes' in sent) {
        for (let at = 0; at < body.length; at += 50_000) {
          const piece = Buffer.from(body.subarray(at, at + 50_000))
          call.write(piece)
          piece.fill(0)
        }
        call.end()
      }
      expect((await told.end).body === body.toString('latin1')).toBe(true)
      const wanted = sent instanceof Buffer ? sent : body
      expect(server.connections[0]?.received.endsWith(wanted.toString('latin1'))).toBe(true)
    }
    expect(server.connections).toHaveLength(1)
  })

  test('may be paused at every piece: no byte is lost, and none comes while it is paused', async () => {
    const body = Buffer.alloc(1_000_000, 'abcdefghijklm')
    const server = await serve((connection) => {
      connection.send(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`)
      connection.socket.write(body)
    })
    let isPaused = false
    let early = 0
    const pauseAWhile = (): void => {
      if (isPaused) early++
      isPaused = true
      asked.call.pause()
      setImmediate(() => {
        isPaused = false
        asked.call.resume()
      })
    }
    const asked = ask(connect(server), {}, { onHead: pauseAWhile, onBody: pauseAWhile })
    expect((await asked.told.end).body === body.toString('latin1')).toBe(true)
    expect(early).toBe(0)
  })

  test('whose answer ends with the connection is read to its end while it is paused now and then', async () => {
    const body = Buffer.alloc(200_000, 'abcdefghijklm')
    const server = await serve((connection) => {
      connection.send('HTTP/1.1 200 OK\r\n\r\n')
      connection.socket.end(body)
    })
    const pauseAWhile = (): void => {
      asked.call.pause()
      setTimeout(() => asked.call.resume(), 2)
    }
    const asked = ask(connect(server), {}, { onHead: pauseAWhile, onBody: pauseAWhile })
    expect((await asked.told.end).body === body.toString('latin1')).toBe(true)
    expect(asked.told.fault).toBe(null)
  })
})
