import { createHash } from 'node:crypto'
import { createServer, type Socket } from 'node:net'
import { connect } from 'node:net'
import { startOpenGateway } from '../support/conformance-gateway.ts'
import { narrowSockets } from '../support/narrow-sockets.ts'
import { readAnswers } from '../support/read-http.ts'

/**
 * Downloads that are compared with what the upstream sent. Printed: those that are not the same, and how many were.
 */
const BYTES = 1_000_000
const WAIT_MS = 15_000

/** Of the pieces in which the upstream sends. */
const PIECE_BYTES = [700, 15_500, 16_500, 33_333, 65_536, 200_000]
const KINDS: readonly (readonly [kind: string, pieceBytes: readonly number[]])[] = [
  ['chunks', [...PIECE_BYTES, ...PIECE_BYTES]],
  ['close', PIECE_BYTES],
  ['length', [700, 65_536]],
]

/**
 * So many small pieces, each by itself, and then large ones, to a caller that does not read yet. At one of these numbers the
 * socket is just full, and nothing has said so, when the first large piece comes: the moment at which one can be lost.
 */
const BRINKS = Array.from({ length: 64 }, (_, i) => i + 1)
const BRINK_BYTES = 200_000
const SMALL_BYTES = 1000
const SMALL_GAP_MS = 3
const DEAF_MS = 600

const content = Buffer.alloc(BYTES)
for (let i = 0; i < BYTES; i += 4) content.writeUInt32LE((i * 2_654_435_761) % 4_294_967_296, i)

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function lengthOf(kind: string): number {
  return kind === 'brink' ? BRINK_BYTES : BYTES
}

const upstream = createServer((socket) => {
  socket.on('error', () => undefined)
  socket.on('data', (request) => {
    const [, kind = '', pieceBytes = ''] = /^[A-Z]+ \/([a-z]+)\/([0-9]+)/.exec(request.toString('latin1')) ?? []
    if (kind === 'warm') setTimeout(() => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'), 100)
    else if (kind === 'brink') void sendToBrink(socket, Number(pieceBytes))
    else if (kind !== '') void send(socket, kind, Number(pieceBytes))
  })
})

async function send(socket: Socket, kind: string, pieceBytes: number): Promise<void> {
  const framing = { chunks: 'Transfer-Encoding: chunked\r\n', length: `Content-Length: ${BYTES}\r\n` }[kind] ?? ''
  socket.write(`HTTP/1.1 200 OK\r\n${framing}\r\n`)
  for (let at = 0; at < BYTES; at += pieceBytes) {
    const piece = content.subarray(at, at + pieceBytes)
    if (kind === 'chunks') socket.write(`${piece.length.toString(16)}\r\n`)
    const hasRoom = socket.write(piece)
    if (kind === 'chunks') socket.write('\r\n')
    if (!hasRoom) await new Promise((done) => socket.once('drain', done))
  }
  if (kind === 'chunks') socket.write('0\r\n\r\n')
  if (kind === 'close') socket.end()
}

async function sendToBrink(socket: Socket, smallPieces: number): Promise<void> {
  const chunk = (from: number, to: number): boolean => {
    const piece = content.subarray(from, Math.min(to, BRINK_BYTES))
    return socket.write(Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from('\r\n')]))
  }
  socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
  let at = 0
  for (; at < smallPieces * SMALL_BYTES; at += SMALL_BYTES) {
    chunk(at, at + SMALL_BYTES)
    await new Promise((done) => setTimeout(done, SMALL_GAP_MS))
  }
  for (; at < BRINK_BYTES; at += 60_000) {
    if (!chunk(at, at + 60_000)) await new Promise((done) => socket.once('drain', done))
  }
  socket.write('0\r\n\r\n')
}

/** @returns "same", or what is wrong. */
function download(port: number, request: string): Promise<string> {
  const kind = /^[A-Z]+ (?:\/doubt)?\/([a-z]+)/.exec(request)?.[1] ?? ''
  const total = lengthOf(kind)
  const expected = digestOf(content.subarray(0, total))
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const pieces: Buffer[] = []
    let bytes = 0
    const finish = (why: string): void => {
      clearTimeout(timer)
      socket.destroy()
      try {
        const [answer] = readAnswers(Buffer.concat(pieces), [], false).messages
        if (answer?.complete !== true) return resolve(`${answer?.body.length ?? 0} bytes of ${total} (${why})`)
        resolve(digestOf(answer.body) === expected ? 'same' : `other bytes, ${answer.body.length} of ${total}`)
      } catch (error) {
        resolve(`broken: ${String(error)}`)
      }
    }
    const timer = setTimeout(() => finish('not in time'), WAIT_MS)
    socket.write(request)
    if (kind === 'brink') {
      socket.pause()
      setTimeout(() => socket.resume(), DEAF_MS)
    }
    socket.on('data', (piece) => {
      pieces.push(piece)
      bytes += piece.length
      if (bytes > total && isWhole(pieces)) return finish('all')
      // A caller that is a little slower than the gateway, now and then.
      socket.pause()
      setTimeout(() => socket.resume(), Math.random() * 0.4)
    })
    socket.on('close', () => finish('closed'))
    socket.on('error', () => undefined)
  })
}

/** @returns False as well when it is broken: then nothing more is to come that would mend it. */
function isWhole(pieces: readonly Buffer[]): boolean {
  try {
    return readAnswers(Buffer.concat(pieces), [], false).messages[0]?.complete === true
  } catch {
    return false
  }
}

await new Promise<void>((done) => upstream.listen(0, '127.0.0.1', done))
const address = upstream.address()
const upstreamPort = typeof address === 'object' && address !== null ? address.port : 0
const gateway = await startOpenGateway(
  `http://127.0.0.1:${upstreamPort}`,
  {
    timeouts: '{ connect: 2s, response: 20s, idle: 30s }',
    routes: 'ANY /{rest...}: {}\nPOST /doubt/{rest...}: { body: ./any.schema.json, forward: { path: "/{rest}" } }',
  },
  { files: { 'any.schema.json': '{}' } },
)
const requests = KINDS.flatMap(([kind, pieceBytes]) =>
  pieceBytes.flatMap((bytes) => [
    `GET /${kind}/${bytes} HTTP/1.1\r\nHost: a\r\n\r\n`,
    // An answer whose connection is to close.
    `POST /doubt/${kind}/${bytes} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n7\r\n0\r\n\r\n`,
  ]),
)
requests.push(...BRINKS.map((pieces) => `GET /brink/${pieces} HTTP/1.1\r\nHost: a\r\n\r\n`))
// The connections to the upstream are opened before sockets become small: what comes from there comes in large pieces.
await Promise.all(requests.map(() => fetch(`http://127.0.0.1:${gateway.port}/warm/1`).then((answer) => answer.text())))
narrowSockets(16_384)
const results = await Promise.all(
  requests.map(async (request) => ({
    request: request.slice(0, request.indexOf(' HTTP')),
    result: await download(gateway.port, request),
  })),
)
console.log(
  JSON.stringify({
    wrong: results.filter(({ result }) => result !== 'same').map(({ request, result }) => `${request}: ${result}`),
    same: results.filter(({ result }) => result === 'same').length,
  }),
)
await gateway.stop()
process.exit(0)
