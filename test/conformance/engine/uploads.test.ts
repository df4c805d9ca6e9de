import { connect } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { until, type TestGateway } from '../../support/running-gateway.ts'
import { startOpenGateway } from '../support/conformance-gateway.ts'
import { startPlainUpstream } from '../support/plain-upstream.ts'
import { sendRaw, statusesIn } from '../support/raw-client.ts'
import { startRecordingUpstream, type RecordingUpstream } from '../support/recording-upstream.ts'

const MB = 1_000_000

let upstream: RecordingUpstream
let gateway: TestGateway
beforeAll(async () => {
  upstream = await startRecordingUpstream()
  gateway = await startOpenGateway(
    upstream.url,
    { gateway: 'requests: { body: 1MB }', routes: 'ANY /{rest...}: {}\nPOST /json: { body: ./any.schema.json }' },
    { files: { 'any.schema.json': '{}' } },
  )
})
afterAll(async () => {
  await gateway.stop()
  await upstream.close()
})
beforeEach(() => upstream.forget())

describe('row 15: a body that is too large is refused in words, not by a broken connection', () => {
  const head = (bytes: number): string => `POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: ${bytes}\r\n\r\n`

  test('60 callers that send 2 MB at one time all get their 413', async () => {
    const body = Buffer.alloc(2 * MB)
    const results = await Promise.all(
      Array.from({ length: 60 }, () => sendRaw(gateway.port, [head(body.length), body], { gapMs: 1 })),
    )
    expect(results.map((result) => statusesIn(result))).toEqual(results.map(() => [413]))
    expect(upstream.targets()).toEqual([])
  })

  test('one that sends without an end is cut off after a moment', async () => {
    const socket = connect(gateway.port, '127.0.0.1').on('error', () => undefined)
    socket.write(head(10_000 * MB))
    const flood = setInterval(() => socket.writableLength < MB && socket.write(Buffer.alloc(100_000)), 1)
    const startMs = performance.now()
    await new Promise((done) => socket.resume().once('close', done))
    clearInterval(flood)
    expect(performance.now() - startMs).toBeLessThan(3_000)
    await until(async () => (await gateway.metric('http_server_active_requests')) === 0)
  })

  test('chunks that become too many are refused in words, too', async () => {
    const chunked = 'Content-Type: application/json\r\nTransfer-Encoding: chunked'
    const chunk = `10000\r\n${'1'.repeat(0x10000)}\r\n`
    const request = `POST /json HTTP/1.1\r\nHost: a\r\n${chunked}\r\n\r\n${chunk.repeat(30)}0\r\n\r\n`
    const results = await Promise.all(Array.from({ length: 20 }, () => sendRaw(gateway.port, request)))
    expect(results.map((result) => statusesIn(result))).toEqual(results.map(() => [413]))
    expect(upstream.targets()).toEqual([])
  })

  test('an answer that comes late in a large body waits for the rest of it, too', async () => {
    const sentBefore = 10 * MB
    const sentAfter = 4 * MB
    let bytes = 0
    const early = await startPlainUpstream((socket) => {
      socket.resume().on('data', (piece) => {
        bytes += piece.length
        if (bytes - piece.length < sentBefore && bytes >= sentBefore)
          socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nearly')
      })
    })
    const large = await startOpenGateway(early.url, { gateway: 'requests: { body: 64MB }' })
    const rest = Buffer.alloc(sentAfter / 2)
    const parts = [head(sentBefore + sentAfter), Buffer.alloc(sentBefore), rest, rest]
    const result = await sendRaw(large.port, parts, { gapMs: 200 })
    expect(statusesIn(result)).toEqual([200])
    await until(() => large.log().length === 1)
    expect(large.log()[0]?.['bytesIn']).toBe(sentBefore + sentAfter)
    await large.stop()
    await early.close()
  })
})
