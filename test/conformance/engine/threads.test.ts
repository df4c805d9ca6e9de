import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildVariant } from '../../support/build-variant.ts'
import { until, type TestGateway } from '../../support/running-gateway.ts'
import { startOpenGateway } from '../support/conformance-gateway.ts'
import { answered, sendRaw, statusesIn, type RawResult } from '../support/raw-client.ts'
import { ok, startRecordingUpstream, targetOf, type RecordingUpstream } from '../support/recording-upstream.ts'

const THREADS = 2
const SLOTS = 8

/** A runtime in which requests for some paths do to their thread what a bug might do. */
const FAULTS = {
  file: 'runtime/server.ts',
  from: '    handle(answer, serving, request)\n',
  to: `    const path = request.getUrl()
    if (path === '/fault/timer') setTimeout(() => { throw new Error('injected') }, 1)
    if (path === '/fault/promise') void Promise.reject(new Error('injected'))
    if (path === '/fault/turn') setImmediate(() => { throw new Error('injected') })
    if (path === '/fault/death') setImmediate(() => { globalThis.isDying = true; for (const app of apps) app.close(); process.exit(1) })
    handle(answer, serving, request)
`,
}

/** A thread that dies settles nothing, though closing its engine tells it that all callers have gone. */
const NOTHING_SETTLED = {
  file: 'runtime/settle.ts',
  from: '  if (exchange.settled) return\n  exchange.settled = true\n',
  to: '  if (exchange.settled || globalThis.isDying) return\n  exchange.settled = true\n',
}

let upstream: RecordingUpstream
let gateway: TestGateway
beforeAll(async () => {
  upstream = await startRecordingUpstream((request) => (targetOf(request).startsWith('GET /slow/') ? null : ok('here')))
  gateway = await startOpenGateway(
    upstream.url,
    {
      timeouts: '{ connect: 1s, response: 30s, idle: 30s }',
      routes: `ANY /{rest...}: {}
GET /slow/everyone: { limits: { concurrency: ${SLOTS}, per: everyone } }
GET /slow/address: { limits: { concurrency: ${SLOTS}, per: address } }`,
    },
    { threads: THREADS, runtime: await buildVariant('thread-faults', [FAULTS, NOTHING_SETTLED]) },
  )
})
afterAll(async () => {
  await gateway.stop()
  await upstream.close()
})

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`
const ask = (path: string): Promise<RawResult> => sendRaw(gateway.port, get(path), { until: answered(1) })
const bugs = (): Promise<number> => gateway.metric('keysmith_bugs_total')

/** So many new connections that each thread has some of them. */
async function expectAllServe(): Promise<void> {
  const results = await Promise.all(Array.from({ length: 40 }, () => ask('/fast')))
  expect(results.map((result) => statusesIn(result))).toEqual(results.map(() => [200]))
}

describe('row 19: what goes wrong in a thread stays there', () => {
  test.each(['timer', 'promise', 'turn'])('a throw in a %s is counted and told, and costs nothing', async (where) => {
    const before = await bugs()
    expect(statusesIn(await ask(`/fault/${where}`))).toEqual([200])
    await until(async () => (await bugs()) === before + 1)
    await until(() => gateway.told.some((line) => line.startsWith('bug in request - (-): Error: injected')))
    await expectAllServe()
    expect(await gateway.metric('keysmith_threads')).toBe(THREADS)
  })

  test.each(['everyone', 'address'])(
    'a thread that ends under load is replaced, and only what it had in flight is forgotten, per %s',
    { timeout: 30_000 },
    async (whose) => {
      const path = `/slow/${whose}`
      const slow = (): number => upstream.requests().filter((request) => targetOf(request) === `GET ${path}`).length
      const deaths = (): number => gateway.told.filter((line) => /^thread [01] ended; another/.test(line)).length
      const deathsBefore = deaths()
      const load = startLoad()
      const held = Array.from({ length: SLOTS }, () => hold(path))
      await until(() => slow() === SLOTS)
      expect(statusesIn(await ask(path))).toEqual([429])

      await sendRaw(gateway.port, get('/fault/death'), { waitMs: 1_000 })
      await until(() => deaths() > deathsBefore)
      await until(async () => (await gateway.metric('keysmith_threads')) === THREADS)
      await expectAllServe()

      const left = held.filter((socket) => !socket.destroyed)
      const again = Array.from({ length: SLOTS - left.length }, () => hold(path))
      await until(() => slow() === SLOTS + again.length)
      expect(statusesIn(await ask(path))).toEqual([429])

      const { served, lost } = await load()
      expect(served).toBeGreaterThan(100)
      // Each of the load's connections can be lost once.
      expect(lost).toBeLessThanOrEqual(LOAD_CONNECTIONS)
      for (const socket of [...left, ...again]) socket.destroy()
      await until(async () => (await gateway.metric('http_server_active_requests')) === 0)
    },
  )
})

const LOAD_CONNECTIONS = 10

function hold(path: string): Socket {
  const socket = connect(gateway.port, '127.0.0.1').on('error', () => undefined)
  socket.resume().write(get(path))
  return socket
}

/** Requests one after the other on some connections, until the result is asked for. A connection that ends is opened again. */
function startLoad(): () => Promise<{ readonly served: number; readonly lost: number }> {
  let served = 0
  let lost = 0
  let going = true
  const run = async (): Promise<void> => {
    while (going) await useConnection()
  }
  const useConnection = (): Promise<void> =>
    new Promise((done) => {
      const socket = connect(gateway.port, '127.0.0.1')
      let text = ''
      socket.setEncoding('latin1').on('data', (piece: string) => {
        text += piece
        if (!answered(1)(text)) return
        if (text.startsWith('HTTP/1.1 200 ')) served++
        text = ''
        if (going) socket.write(get('/fast'))
        else socket.destroy()
      })
      socket.on('error', () => undefined)
      socket.on('close', () => {
        if (going) lost++
        done()
      })
      socket.write(get('/fast'))
    })
  const all = Promise.all(Array.from({ length: LOAD_CONNECTIONS }, run))
  return async () => {
    going = false
    await all
    return { served, lost }
  }
}
