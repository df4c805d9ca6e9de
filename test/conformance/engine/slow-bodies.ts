import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { until, type TestGateway } from '../../support/running-gateway.ts'
import { startOpenGateway } from '../support/conformance-gateway.ts'
import { startPlainUpstream } from '../support/plain-upstream.ts'
import { answered, answersIn, sendRaw, statusesIn, type RawResult } from '../support/raw-client.ts'
import { ok, startRecordingUpstream, targetOf, type RecordingUpstream } from '../support/recording-upstream.ts'

/** The slowest that is allowed: 16 KB in 10 s. */
const ALLOWED_BYTES_PER_S = 2_000
const REFUSED_BYTES_PER_S = 500
const STEP_MS = 500
/** More than the sockets on the way keep while the upstream takes nothing. */
const FAST_BYTES = 16_000_000
const TAKEN_AFTER_MS = 500
const LATE_MS = 14_000
/** Longer than the engine's own timer waits for a body that is slower than 16 KB a second. */
const SLOW_MS = 16_000

/** Sends a JSON text of spaces and a digit, little by little, for as long as it is listened to. */
function drip(port: number, path: string, bytesPerSecond: number, forMs: number): Promise<RawResult> {
  const startMs = performance.now()
  const step = Math.round((bytesPerSecond * STEP_MS) / 1000)
  const steps = Math.ceil(forMs / STEP_MS)
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined)
    const pieces: Buffer[] = []
    socket.on('data', (piece) => pieces.push(piece))
    socket.on('close', () => {
      const bytes = Buffer.concat(pieces)
      resolve({ bytes, text: bytes.toString('latin1'), ended: 'end', afterMs: performance.now() - startMs })
    })
    const head = `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nConnection: close\r\n`
    socket.write(`${head}Content-Length: ${step * steps}\r\n\r\n`)
    const sendAll = async (): Promise<void> => {
      for (let i = 0; i < steps && !socket.destroyed; i++) {
        socket.write(' '.repeat(step - 1) + (i === steps - 1 ? '7' : ' '))
        await sleep(STEP_MS)
      }
    }
    void sendAll()
  })
}

/** How slow a body may be. They wait most of the time: to be run at one time. */
export function slowBodyTests(): void {
  describe('row 13: how slow a body may be is decided by the gateway', () => {
    let upstream: RecordingUpstream
    let gateway: TestGateway
    beforeAll(async () => {
      upstream = await startRecordingUpstream()
      gateway = await startOpenGateway(
        upstream.url,
        {
          timeouts: '{ connect: 1s, response: 20s, idle: 20s }',
          gateway: 'requests: { timeout: 60s }',
          routes: 'ANY /{rest...}: {}\nPOST /json: { body: ./any.schema.json }',
        },
        { files: { 'any.schema.json': '{}' } },
      )
    })
    afterAll(async () => {
      await gateway.stop()
      await upstream.close()
    })

    test.each(['/stream', '/json'])('%s: one of 2 KB a second is taken whole', { timeout: 30_000 }, async (path) => {
      const result = await drip(gateway.port, path, ALLOWED_BYTES_PER_S, SLOW_MS)
      expect(answersIn(result).map(({ start }) => start)).toEqual(['HTTP/1.1 200 OK'])
      const forwarded = upstream.requests().find((request) => targetOf(request) === `POST ${path}`)
      expect(forwarded?.body).toHaveLength((ALLOWED_BYTES_PER_S * SLOW_MS) / 1000)
    })

    test.each(['/too-slow', '/json'])('%s: one of 500 bytes a second is 408', { timeout: 30_000 }, async (path) => {
      const result = await drip(gateway.port, path, REFUSED_BYTES_PER_S, SLOW_MS)
      const [answer] = answersIn(result)
      expect(answer?.start).toBe('HTTP/1.1 408 Request Timeout')
      expect(answer?.body.toString()).toContain('"code":"body-timeout"')
      expect(result.afterMs).toBeGreaterThan(9_000)
      expect(result.afterMs).toBeLessThan(14_000)
      await until(() => upstream.requests().every((request) => targetOf(request) !== 'POST /too-slow'))
    })

    test('one that almost stops is 408, and its upstream is let go', { timeout: 30_000 }, async () => {
      const result = await drip(gateway.port, '/stops', 2, SLOW_MS)
      expect(answersIn(result).map(({ start }) => start)).toEqual(['HTTP/1.1 408 Request Timeout'])
      const silent = upstream.connections.filter(({ pieces }) => Buffer.concat(pieces).includes('/stops'))
      await until(() => silent.every(({ isClosed }) => isClosed))
    })
  })

  test(
    'row 12: a body that comes faster than it can be paused waits for its answer as any other',
    { timeout: 40_000 },
    async () => {
      const taking = await startPlainUpstream((socket) => {
        let bytes = 0
        setTimeout(() => socket.resume(), TAKEN_AFTER_MS)
        socket.on('data', (piece) => {
          bytes += piece.length
          if (bytes >= FAST_BYTES) setTimeout(() => socket.write(ok('late')), LATE_MS)
        })
      })
      const patient = await startOpenGateway(taking.url, {
        gateway: 'requests: { body: 64MB, timeout: 60s }',
        timeouts: '{ connect: 1s, response: 30s, idle: 30s }',
      })
      const request = Buffer.concat([
        Buffer.from(`POST /fast HTTP/1.1\r\nHost: a\r\nContent-Length: ${FAST_BYTES}\r\n\r\n`),
        Buffer.alloc(FAST_BYTES),
      ])
      const options = { until: answered(1), waitMs: 2 * LATE_MS }
      const results = await Promise.all(Array.from({ length: 4 }, () => sendRaw(patient.port, request, options)))
      expect(results.map((result) => statusesIn(result))).toEqual(results.map(() => [200]))
      await patient.stop()
      await taking.close()
    },
  )
}
