import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createUpstreamBuffers } from '../../../runtime/upstream/client.ts'
import { ask, createBench, settle, until, type Bench } from './ask.ts'

const BODY_BYTES = 32 * 1024 * 1024
const PIECE = Buffer.alloc(64 * 1024, 'abcdefghijklmnopqrstuvwxyz')
/** What may lie in this process of a body that stalls: some buffers of both ends, which share the process here. */
const GROWTH_BYTES_MAX = 2 * 1024 * 1024

let bench: Bench

beforeEach(() => {
  bench = createBench()
})

afterEach(async () => {
  await bench.close()
  expect(bench.bugs).toEqual([])
})

/** Memory of buffers alone: of what stalls, all is there. */
function bufferBytes(): number {
  return process.memoryUsage().arrayBuffers
}

describe('an answer', () => {
  /** Sends a body as far as it is taken. */
  async function startSource(): Promise<{ url: string; taken: () => number }> {
    let bytes = 0
    const server = await bench.serve({
      onRequest: ({ socket }) => {
        const pour = (): void => {
          while (bytes < BODY_BYTES) {
            bytes += PIECE.length
            if (!socket.write(PIECE)) return
          }
          socket.removeListener('drain', pour)
        }
        socket.on('drain', pour)
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${BODY_BYTES}\r\n\r\n`)
        pour()
      },
    })
    return { url: server.url, taken: () => bytes }
  }

  test('is not read on while its reader has it paused, and arrives whole after it', async () => {
    const source = await startSource()
    const hash = createHash('sha256')
    let received = 0
    let pieces = 0
    const { call, told } = ask(
      bench.connect(source.url),
      {},
      {
        onHead: (_, piece) => count(piece),
        onBody: (piece) => count(piece),
      },
    )
    const count = (piece: Uint8Array): void => {
      told.body = ''
      hash.update(piece)
      received += piece.length
      pieces++
    }
    await told.begin
    call.pause()
    await settle(30)
    const [receivedBefore, piecesBefore, bytesBefore, takenBefore] = [received, pieces, bufferBytes(), source.taken()]
    await settle(100)
    expect(pieces - piecesBefore).toBeLessThanOrEqual(1)
    expect(received).toBe(receivedBefore)
    expect(source.taken()).toBe(takenBefore)
    expect(source.taken()).toBeLessThan(BODY_BYTES)
    expect(bufferBytes() - bytesBefore).toBeLessThan(GROWTH_BYTES_MAX)
    call.resume()
    await told.end
    expect(told.fault).toBe(null)
    expect(received).toBe(BODY_BYTES)
    const wanted = createHash('sha256')
    for (let at = 0; at < BODY_BYTES; at += PIECE.length) wanted.update(PIECE)
    expect(hash.digest('hex')).toBe(wanted.digest('hex'))
  })

  test('may be paused in every callback', async () => {
    const source = await startSource()
    let isPaused = false
    let early = 0
    let received = 0
    const take = (piece: Uint8Array): void => {
      received += piece.length
      told.body = ''
      if (isPaused) early++
      isPaused = true
      call.pause()
      setImmediate(() => {
        isPaused = false
        call.resume()
      })
    }
    const { call, told } = ask(bench.connect(source.url), {}, { onHead: (_, piece) => take(piece), onBody: take })
    await told.end
    expect({ received, early, fault: told.fault }).toEqual({ received: BODY_BYTES, early: 0, fault: null })
  })
})

describe('a body', () => {
  test('that comes in pieces is held back while the upstream stalls, and goes on with onDrain', async () => {
    let received = 0
    const server = await bench.serve({
      reads: false,
      onConnect: (connection) => {
        connection.socket.on('data', (bytes) => (received += bytes.length))
        connection.socket.pause()
      },
    })
    let given = 0
    const pour = (): void => {
      while (given < BODY_BYTES) {
        given += PIECE.length
        if (!call.write(PIECE)) return
      }
      call.end()
    }
    const request = { method: 'POST', body: { bytes: BODY_BYTES } }
    const { call, told } = ask(bench.connect(server.url), request, { onDrain: pour })
    const bytesBefore = bufferBytes()
    pour()
    await until(() => given > PIECE.length)
    await settle(50)
    const givenBefore = given
    await settle(50)
    expect(given).toBe(givenBefore)
    expect(given).toBeLessThan(BODY_BYTES)
    expect(bufferBytes() - bytesBefore).toBeLessThan(GROWTH_BYTES_MAX)

    server.connections[0]?.socket.resume()
    await until(() => received > BODY_BYTES)
    server.connections[0]?.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    expect((await told.end).body).toBe('ok')
    expect(received - BODY_BYTES).toBe(
      `POST / HTTP/1.1\r\nHost: ${server.url.slice(7)}\r\nContent-Length: ${BODY_BYTES}\r\n\r\n`.length,
    )
  })

  test('that is there whole and large is not copied as a whole', async () => {
    const server = await bench.serve({ onConnect: ({ socket }) => socket.pause() })
    const body = Buffer.alloc(BODY_BYTES)
    const bytesBefore = bufferBytes()
    const { call } = ask(bench.connect(server.url), { method: 'POST', body })
    await until(() => server.connections.length === 1)
    await settle(30)
    expect(bufferBytes() - bytesBefore).toBeLessThan(GROWTH_BYTES_MAX)
    call.abort()
  })
})

test('the buffer in which requests are put together is given away only when a socket keeps it', async () => {
  const server = await bench.serve({
    onRequest: (connection) => connection.send('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'),
  })
  const buffers = createUpstreamBuffers()
  const { write } = buffers
  const client = bench.connect(server.url, {}, { buffers })
  for (let round = 0; round < 10; round++) {
    await ask(client, { method: 'POST', body: PIECE.subarray(0, 1000 * (round + 1)) }).told.end
  }
  expect(buffers.write).toBe(write)

  const stalled = await bench.serve({ onConnect: ({ socket }) => socket.pause() })
  const { call } = ask(bench.connect(stalled.url, {}, { buffers }), { method: 'POST', body: { bytes: -1 } })
  await until(() => stalled.connections.length === 1)
  await settle(5)
  while (call.write(PIECE));
  expect(buffers.write).not.toBe(write)
  call.abort()
})
