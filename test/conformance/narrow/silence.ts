import { connect, createServer, type Socket } from 'node:net'
import { startOpenGateway } from '../support/conformance-gateway.ts'
import { narrowSockets } from '../support/narrow-sockets.ts'
import { readAnswers } from '../support/read-http.ts'

/**
 * Streams that come in a burst which their callers do not keep up with, are silent for longer than any timer of the engine,
 * and go on. Printed: how many had the whole burst before the silence and were complete behind it, and the others.
 */
const STREAMS = 60
const BURST_BYTES = 150_000
/** Each stream's burst is so much longer than the one before, so that they meet full sockets at different places. */
const STEP_BYTES = 997
const EVENT_BYTES = 3_000
const READ_AFTER_MS = 400
const BURST_MS = 6_000
const SILENCE_MS = 22_000
const LAST = 'data: last\n\n'

const burstOf = (stream: number): number => BURST_BYTES + stream * STEP_BYTES

const upstream = createServer((socket) => {
  socket.on('error', () => undefined)
  socket.on('data', (request) => {
    const [, stream] = /^GET \/([0-9]+) /.exec(request.toString('latin1')) ?? []
    if (stream === undefined) setTimeout(() => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'), 100)
    else sendStream(socket, Number(stream))
  })
})

function sendStream(socket: Socket, stream: number): void {
  socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n')
  const bytes = burstOf(stream)
  for (let at = 0; at < bytes; at += EVENT_BYTES) {
    const event = 'e'.repeat(Math.min(EVENT_BYTES, bytes - at))
    socket.write(`${event.length.toString(16)}\r\n${event}\r\n`)
  }
  setTimeout(() => socket.write(`${LAST.length.toString(16)}\r\n${LAST}\r\n0\r\n\r\n`), SILENCE_MS)
}

/** @returns "whole", or what was missing when. */
function listen(port: number, stream: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const pieces: Buffer[] = []
    let burst = 0
    const bodyBytes = (): number => readAnswers(Buffer.concat(pieces), [], false).messages[0]?.body.length ?? 0
    socket.write(`GET /${stream} HTTP/1.1\r\nHost: a\r\n\r\n`)
    socket.pause()
    setTimeout(() => socket.resume(), READ_AFTER_MS)
    setTimeout(() => (burst = bodyBytes()), BURST_MS)
    setTimeout(() => {
      socket.destroy()
      const bytes = burstOf(stream)
      if (burst !== bytes) return resolve(`${burst} bytes of ${bytes} before the silence`)
      const [answer] = readAnswers(Buffer.concat(pieces), [], false).messages
      resolve(answer?.complete === true && answer.body.toString().endsWith(LAST) ? 'whole' : 'cut in the silence')
    }, SILENCE_MS + 2_000)
    socket.on('data', (piece) => pieces.push(piece))
    socket.on('error', () => undefined)
  })
}

await new Promise<void>((done) => upstream.listen(0, '127.0.0.1', done))
const address = upstream.address()
const upstreamPort = typeof address === 'object' && address !== null ? address.port : 0
const gateway = await startOpenGateway(`http://127.0.0.1:${upstreamPort}`, {
  timeouts: '{ connect: 2s, response: 20s, idle: 60s }',
})
const streams = Array.from({ length: STREAMS }, (_, i) => i)
await Promise.all(streams.map(() => fetch(`http://127.0.0.1:${gateway.port}/`).then((answer) => answer.text())))
narrowSockets(16_384)
const results = await Promise.all(streams.map((stream) => listen(gateway.port, stream)))
const others = results.filter((result) => result !== 'whole')
console.log(JSON.stringify({ whole: results.length - others.length, others: others.slice(0, 5) }))
await gateway.stop()
process.exit(0)
