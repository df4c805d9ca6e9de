import { connect, type Socket } from 'node:net'
import { Worker } from 'node:worker_threads'
import { findEngine, openEngine } from '../../../runtime/engine/load.ts'

/**
 * An upload into the bare engine, which pauses it: how much comes nevertheless? As long as each read fills the engine's
 * buffer, it reads on without looking whether it is paused.
 */
const READ_BYTES = 512 * 1024
const TRIES = 20
const WATCH_MS = 300

/** Sends without an end, as fast as it can. */
const SENDER = `
const { workerData } = require('node:worker_threads')
const socket = require('node:net').connect(workerData.port, '127.0.0.1')
const piece = Buffer.alloc(workerData.pieceBytes)
const write = () => { while (socket.write(piece)); }
socket.on('drain', write).on('error', () => {})
socket.write('POST / HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 100000000000\\r\\n\\r\\n')
write()
`

const engine = openEngine(findEngine())
let bytesAfter = 0
/** Pauses at the first piece of so many bytes. */
let pauseAtBytes = 0
const app = engine.App()
app.any('/*', (response) => {
  let paused = false
  response.onAborted(() => undefined)
  response.onData((piece) => {
    if (paused) bytesAfter += piece.byteLength
    else if (piece.byteLength >= pauseAtBytes) {
      paused = true
      response.pause()
    }
  })
})
let port = 0
app.listen('127.0.0.1', 0, 0, (socket) => {
  if (socket !== false) port = engine.us_socket_local_port(socket)
})

/** @returns The bytes that came after the pause. */
async function upload(atBytes: number): Promise<number> {
  bytesAfter = 0
  pauseAtBytes = atBytes
  const worker = new Worker(SENDER, { eval: true, workerData: { port, pieceBytes: 1024 * 1024 } })
  await new Promise((done) => setTimeout(done, WATCH_MS))
  await worker.terminate()
  return bytesAfter
}

/** A caller that sends no more than a read takes is paused at once. */
async function uploadLittle(): Promise<number> {
  bytesAfter = 0
  pauseAtBytes = 1
  const socket: Socket = connect(port, '127.0.0.1').on('error', () => undefined)
  socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000000\r\n\r\nfirst')
  await new Promise((done) => setTimeout(done, WATCH_MS / 4))
  socket.write(Buffer.alloc(READ_BYTES / 2))
  await new Promise((done) => setTimeout(done, WATCH_MS / 2))
  socket.destroy()
  return bytesAfter
}

const little = await uploadLittle()
let most = 0
for (let i = 0; i < TRIES && most < READ_BYTES; i++) most = Math.max(most, await upload(READ_BYTES))
console.log(JSON.stringify({ heededWhenSmall: little === 0, heededWhenLarge: most < READ_BYTES }))
app.close()
process.exit(0)
