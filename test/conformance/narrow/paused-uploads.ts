import { connect, type Socket } from 'node:net'
import { until, type TestGateway } from '../../support/running-gateway.ts'
import { startOpenGateway } from '../support/conformance-gateway.ts'
import { narrowSockets } from '../support/narrow-sockets.ts'
import { startPlainUpstream, type PlainUpstream } from '../support/plain-upstream.ts'
import { answered } from '../support/raw-client.ts'

/**
 * Uploads that the gateway pauses, because their upstream takes nothing. Sockets keep less than the engine reads at a time:
 * only then does it heed a pause. Printed: "ok" for each check, or why not.
 */
const BYTES = 6_000_000
const SOCKET_BYTES = 100_000
const IDLE_MS = 1_500
const STALL_MS = 250
const PIECE = Buffer.alloc(64 * 1024)

interface Upload {
  readonly socket: Socket
  readonly text: () => string
  /** Nothing more is taken: the gateway has stopped reading. */
  readonly stalled: Promise<void>
  readonly isSent: () => boolean
}

function startUpload(port: number): Upload {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined)
  let text = ''
  let sent = 0
  let movedMs = performance.now()
  socket.setEncoding('latin1').on('data', (piece: string) => (text += piece))
  const write = (): void => {
    movedMs = performance.now()
    while (sent < BYTES && !socket.destroyed) {
      const piece = PIECE.subarray(0, BYTES - sent)
      sent += piece.length
      if (!socket.write(piece)) return
    }
  }
  socket.on('drain', write)
  socket.write(`POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: ${BYTES}\r\n\r\n`)
  write()
  return {
    socket,
    text: () => text,
    stalled: until(() => performance.now() - movedMs > STALL_MS),
    isSent: () => sent === BYTES && socket.writableLength === 0,
  }
}

type Check = (gateway: TestGateway, upstream: PlainUpstream) => Promise<void>

const nothingIsUnderWay = async (gateway: TestGateway, mostMs?: number): Promise<void> =>
  until(async () => (await gateway.metric('http_server_active_requests')) === 0, mostMs)

const CHECKS: Readonly<Record<string, Check>> = {
  'a caller that leaves is given up when the silence has lasted': async (gateway, upstream) => {
    const upload = startUpload(gateway.port)
    await upload.stalled
    if ((await gateway.metric('http_server_active_requests')) !== 1) throw new Error('nothing was under way')
    upload.socket.resetAndDestroy()
    await nothingIsUnderWay(gateway, IDLE_MS + 2_000)
    // What the upstream was sent is still there to be read; behind it is the end.
    upstream.sockets.at(-1)?.resume()
    await until(() => upstream.sockets.at(-1)?.destroyed === true)
  },

  'a whole answer is received behind the rest of the body': async (gateway, upstream) => {
    const upload = startUpload(gateway.port)
    await upload.stalled
    upstream.sockets.at(-1)?.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nearly')
    await until(() => answered(1)(upload.text()))
    if (!upload.isSent()) throw new Error('the rest of the body was not read over')
    await until(() => upload.socket.destroyed)
    await nothingIsUnderWay(gateway)
  },

  'behind an answer in pieces the body is read over': async (gateway, upstream) => {
    const upload = startUpload(gateway.port)
    await upload.stalled
    const socket = upstream.sockets.at(-1)
    socket?.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nearly\r\n')
    await until(() => upload.text().includes('early'))
    socket?.write('0\r\n\r\n')
    await until(() => answered(1)(upload.text()) && upload.isSent())
    upload.socket.destroy()
    await nothingIsUnderWay(gateway)
  },

  'a connection whose request was paused serves the next one': async (gateway, upstream) => {
    const upload = startUpload(gateway.port)
    await upload.stalled
    const socket = upstream.sockets.at(-1)
    let bytes = 0
    socket?.on('data', (piece) => {
      bytes += piece.length
      if (bytes >= BYTES) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    })
    socket?.resume()
    await until(() => answered(1)(upload.text()))
    upload.socket.write('GET /next HTTP/1.1\r\nHost: a\r\n\r\n')
    await until(() => answered(2)(upload.text()))
    upload.socket.destroy()
  },
}

narrowSockets(SOCKET_BYTES)
const results: Record<string, string> = {}
for (const [name, check] of Object.entries(CHECKS)) {
  const upstream = await startPlainUpstream(() => undefined)
  const gateway = await startOpenGateway(upstream.url, {
    gateway: 'requests: { body: 64MB }',
    timeouts: '{ connect: 1s, response: 5s, idle: 1500ms }',
  })
  results[name] = await check(gateway, upstream).then(
    () => 'ok',
    (error: unknown) => String(error),
  )
  await gateway.stop()
  await upstream.close()
}
console.log(JSON.stringify(results))
process.exit(0)
