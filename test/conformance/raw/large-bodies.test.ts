import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { serveKeysmith } from '../../support/serve-keysmith.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { openConfig } from '../support/conformance-gateway.ts'
import { startPlainUpstream } from '../support/plain-upstream.ts'
import { answered, answersIn, sendRaw, statusesIn } from '../support/raw-client.ts'
import { readAnswers, readRequests } from '../support/read-http.ts'
import { createLargeBody, digestOf, residentBytes, sendLargeBody, untilStalled, type Sending } from './large-body.ts'

const MIB = 1024 * 1024
const GROWTH_BYTES_MAX = 40_000_000
const TIMEOUT_MS = 60_000
/** The stall is watched so much longer: memory must not creep. */
const WATCH_MS = 600

const body = createLargeBody(1024)
const warm = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

interface Served {
  readonly port: number
  /** By how much the memory has grown since it was warm. */
  readonly growthBytes: () => number
}

/** Serves in a process of its own, warmed up by a few requests. */
async function serveBefore(url: string): Promise<Served> {
  const config = openConfig({
    gateway: `requests: { body: 80MB }\nlog: { access: ${JSON.stringify(join(temporaryFolder(), 'access.log'))} }`,
    timeouts: '{ connect: 2s, response: 30s, idle: 30s }',
  })
  const folder = temporaryFolder({ 'gateway.yaml': config.replace('http://127.0.0.1:9000', url) })
  const { base, pid } = await serveKeysmith([folder])
  const port = Number(new URL(base).port)
  const warming = Array.from({ length: 30 }, () =>
    sendRaw(port, 'GET /warm HTTP/1.1\r\nHost: a\r\n\r\n', { until: answered(1) }),
  )
  expect((await Promise.all(warming)).map((result) => statusesIn(result))).toEqual(warming.map(() => [200]))
  const before = residentBytes(pid)
  return { port, growthBytes: () => residentBytes(pid) - before }
}

/** The most that the memory has grown while nothing moved. */
async function growthWhileStalled(served: Served, sending: Sending): Promise<number> {
  await untilStalled(sending)
  let most = served.growthBytes()
  for (const end = performance.now() + WATCH_MS; performance.now() < end; await sleep(50))
    most = Math.max(most, served.growthBytes())
  return most
}

function everythingFrom(socket: Socket, isWhole: (bytes: Buffer) => boolean, bytesMin: number): Promise<Buffer> {
  const pieces: Buffer[] = []
  let bytes = 0
  return new Promise((done) => {
    const onData = (piece: Buffer): void => {
      pieces.push(piece)
      bytes += piece.length
      if (bytes >= bytesMin && isWhole(Buffer.concat(pieces))) done(Buffer.concat(pieces))
    }
    socket.on('data', onData).on('close', () => done(Buffer.concat(pieces)))
    socket.resume()
  })
}

test.each(['length', 'chunks'] as const)(
  'a caller that stops reading 64 MB (%s) costs little memory, and gets all of it when it goes on',
  { timeout: TIMEOUT_MS },
  async (framing) => {
    const sending: Sending = { bytes: 0 }
    const upstream = await startPlainUpstream((socket) => {
      socket.resume().on('data', (request) => {
        if (!request.includes('/large')) return void socket.write(warm)
        if (framing === 'length') {
          socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.bytes}\r\n\r\n`)
          return void sendLargeBody(socket, body, sending)
        }
        socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
        const frame = (block: Buffer): Buffer =>
          Buffer.concat([Buffer.from(`${block.length.toString(16)}\r\n`), block, Buffer.from('\r\n')])
        void sendLargeBody(socket, body, sending, frame).then(() => socket.write('0\r\n\r\n'))
      })
    })
    onTestFinished(upstream.close)
    const served = await serveBefore(upstream.url)

    const caller = connect(served.port, '127.0.0.1').pause()
    onTestFinished(() => void caller.destroy())
    caller.write('GET /large HTTP/1.1\r\nHost: a\r\n\r\n')
    expect(await growthWhileStalled(served, sending)).toBeLessThan(GROWTH_BYTES_MAX)
    expect(sending.bytes).toBeLessThan(body.bytes - 16 * MIB)

    const isWhole = (bytes: Buffer): boolean => readAnswers(bytes, [], false).messages[0]?.complete === true
    const got = await everythingFrom(caller, isWhole, body.bytes)
    const { messages, rest } = readAnswers(got, [], false)
    expect([messages.length, rest.length]).toEqual([1, 0])
    const [answer] = messages
    expect([answer?.framing, answer && digestOf(answer.body)]).toEqual([framing, body.digest])
  },
)

test(
  'an upstream that stops reading 64 MB costs little memory, and gets all of it when it goes on',
  { timeout: TIMEOUT_MS },
  async () => {
    const waiting: Socket[] = []
    const upstream = await startPlainUpstream((socket) => {
      socket.resume().on('data', (request) => {
        if (request.includes('/warm')) return void socket.write(warm)
        // What came with the head is put back, to be read with the rest.
        socket.pause().removeAllListeners('data')
        socket.unshift(request)
        waiting.push(socket)
      })
    })
    onTestFinished(upstream.close)
    const served = await serveBefore(upstream.url)

    const sending: Sending = { bytes: 0 }
    const caller = connect(served.port, '127.0.0.1')
    onTestFinished(() => void caller.destroy())
    caller.write(`PUT /large HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.bytes}\r\n\r\n`)
    const answer = everythingFrom(caller, (bytes) => bytes.includes('ok'), 1)
    const sent = sendLargeBody(caller, body, sending)
    expect(await growthWhileStalled(served, sending)).toBeLessThan(GROWTH_BYTES_MAX)
    expect(sending.bytes).toBeLessThan(body.bytes - 16 * MIB)

    const [socket] = waiting
    if (socket === undefined) throw new Error('nothing reached the upstream')
    const isWhole = (bytes: Buffer): boolean => readRequests(bytes).messages[0]?.complete === true
    const got = await everythingFrom(socket, isWhole, body.bytes)
    const { messages, rest } = readRequests(got)
    expect([messages.length, rest.length]).toEqual([1, 0])
    expect(messages[0] && digestOf(messages[0].body)).toBe(body.digest)
    socket.write(warm)
    await sent
    expect(answersIn({ bytes: await answer, text: '', ended: 'open', afterMs: 0 }).map(({ start }) => start)).toEqual([
      'HTTP/1.1 200 OK',
    ])
  },
)
