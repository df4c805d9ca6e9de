import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { startAdmin, type AdminListener, type AdminView } from '../../runtime/admin.ts'
import { StartFault } from '../../runtime/start-faults.ts'

const LOOPBACK = { host: '127.0.0.1', port: 0 }

const listeners: AdminListener[] = []
const bugs: unknown[] = []

const VIEW: AdminView = {
  readiness: () => ({ missing: [], upstreams: [], revocations: null, issuers: [] }),
  table: () => ({
    gateway: 'acme',
    configHash: '0123456789abcdef',
    builtAt: null,
    loadedAt: '2026-11-22T12:00:00.000Z',
    threads: 2,
    counts: { routes: 3 },
  }),
  metrics: () => Promise.resolve({ contentType: 'text/plain; version=0.0.4', text: 'up 1\n' }),
  onBug: (error) => bugs.push(error),
}

afterEach(async () => {
  await Promise.all(listeners.splice(0).map((listener) => listener.close()))
  bugs.length = 0
})

async function started(view: Partial<AdminView> = {}): Promise<AdminListener> {
  const listener = await startAdmin(LOOPBACK, { ...VIEW, ...view })
  listeners.push(listener)
  return listener
}

async function fetched({ address }: AdminListener, path: string, init: RequestInit = {}) {
  const answer = await fetch(`http://127.0.0.1:${address.port}${path}`, init)
  return { status: answer.status, headers: answer.headers, text: await answer.text() }
}

function connected({ address }: AdminListener): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(address.port, '127.0.0.1', () => resolve(socket))
    socket.on('error', reject)
  })
}

const ended = (socket: Socket) => new Promise<void>((resolve) => socket.resume().once('close', () => resolve()))

describe('pages', () => {
  test('/healthz answers as long as the process lives', async () => {
    const { status, text } = await fetched(
      await started({ readiness: () => ({ missing: ['table'], upstreams: [], revocations: null, issuers: [] }) }),
      '/healthz',
    )
    expect([status, text]).toEqual([200, '{"alive":true}\n'])
  })

  test('/readyz is 200 when nothing is missing, however upstreams are', async () => {
    const targets = [{ target: 'http://127.0.0.1:9001', open: 0, busy: 0, queued: 0, failures: 7 }]
    const upstreams = [{ name: 'orders', targets }]
    const { status, text } = await fetched(
      await started({ readiness: () => ({ missing: [], upstreams, revocations: null, issuers: [] }) }),
      '/readyz',
    )
    expect(status).toBe(200)
    expect(JSON.parse(text)).toEqual({ ready: true, missing: [], upstreams, revocations: null, issuers: [] })
  })

  test('/readyz is 503 with what is missing, and follows what changes', async () => {
    const missing = ['table', 'threads']
    const listener = await started({ readiness: () => ({ missing, upstreams: [], revocations: null, issuers: [] }) })
    const before = await fetched(listener, '/readyz')
    expect([before.status, JSON.parse(before.text)]).toEqual([
      503,
      { ready: false, missing, upstreams: [], revocations: null, issuers: [] },
    ])
    missing.length = 0
    expect((await fetched(listener, '/readyz')).status).toBe(200)
  })

  test('/table says which table serves', async () => {
    const { status, headers, text } = await fetched(await started(), '/table?x=1')
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json'])
    expect(JSON.parse(text)).toEqual(VIEW.table())
  })

  test('/metrics has the text and the type that it is given', async () => {
    const { status, headers, text } = await fetched(await started(), '/metrics')
    expect([status, headers.get('content-type'), text]).toEqual([200, 'text/plain; version=0.0.4', 'up 1\n'])
    expect(headers.get('cache-control')).toBe('no-store')
  })

  test('HEAD has the headers of GET and no body', async () => {
    const { status, headers, text } = await fetched(await started(), '/metrics', { method: 'HEAD' })
    expect([status, headers.get('content-length'), text]).toEqual([200, '5', ''])
  })
})

describe('refusals', () => {
  test.each(['/', '/health', '/healthz/', '//metrics', '/METRICS', '/table/keys', '/..', '/constructor'])(
    '%s is 404',
    async (path) => {
      const { status, headers, text } = await fetched(await started(), path)
      expect([status, headers.get('content-type')]).toEqual([404, 'application/problem+json'])
      expect(JSON.parse(text)).toMatchObject({ type: 'urn:keysmith:no-route', status: 404, code: 'no-route' })
    },
  )

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('%s is 405 and says what is allowed', async (method) => {
    const { status, headers, text } = await fetched(await started(), '/healthz', { method })
    expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD'])
    expect(JSON.parse(text)).toMatchObject({ code: 'method-not-allowed' })
  })

  test('a body without an end cannot keep its connection', async () => {
    const socket = await connected(await started())
    const closed = ended(socket)
    socket.write('POST /table HTTP/1.1\r\nhost: a\r\ncontent-length: 1000000\r\n\r\nx')
    await closed
  })

  test('a page that fails is 500 without the reason, which is told inside', async () => {
    const failure = new Error('s3cret')
    const listener = await started({ metrics: () => Promise.reject(failure) })
    const { status, text } = await fetched(listener, '/metrics')
    expect(status).toBe(500)
    expect(text).not.toContain('s3cret')
    expect(bugs).toEqual([failure])
    expect((await fetched(listener, '/healthz')).status).toBe(200)
  })

  test('garbage gets an answer of its own and harms nobody else', async () => {
    const listener = await started()
    const socket = await connected(listener)
    const closed = ended(socket)
    socket.write('\x16\x03\x01 not http\r\n\r\n')
    await closed
    expect((await fetched(listener, '/healthz')).status).toBe(200)
  })
})

describe('start and stop', () => {
  test('a port in use is a start fault that names the address', async () => {
    const { address } = await started()
    const fault = await startAdmin(address, VIEW).catch((error: unknown) => error)
    expect(fault).toBeInstanceOf(StartFault)
    expect(fault).toHaveProperty('message', `The admin address 127.0.0.1:${address.port} is in use by another program.`)
  })

  test('an address of another machine is a start fault', async () => {
    const fault = await startAdmin({ host: '2001:db8::1', port: 0 }, VIEW).catch((error: unknown) => error)
    expect(fault).toBeInstanceOf(StartFault)
    expect(fault).toHaveProperty('message', expect.stringContaining('The admin address [2001:db8::1]:0 '))
  })

  test('IPv6 is listened on', async () => {
    const listener = await startAdmin({ host: '::1', port: 0 }, VIEW)
    listeners.push(listener)
    const answer = await fetch(`http://[::1]:${listener.address.port}/healthz`)
    expect([answer.status, listener.address.host]).toEqual([200, '::1'])
  })

  test('stopping waits neither for idle nor for silent nor for slow connections', async () => {
    const listener = await started({ metrics: () => new Promise(() => undefined) })
    const idle = await connected(listener)
    idle.write('GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n')
    await new Promise((resolve) => idle.once('data', resolve))
    const silent = await connected(listener)
    const half = await connected(listener)
    half.write('GET /healthz HTTP/1.1\r\nhost:')
    const waiting = await connected(listener)
    waiting.write('GET /metrics HTTP/1.1\r\nhost: a\r\n\r\n')
    const closed = Promise.all([idle, silent, half, waiting].map(ended))
    const startMs = performance.now()
    await listener.close()
    await closed
    expect(performance.now() - startMs).toBeLessThan(3_000)
  })

  test('an answer under way is finished while the listener stops', async () => {
    let finish: (text: string) => void = () => undefined
    let asked: () => void = () => undefined
    const text = new Promise<string>((resolve) => (finish = resolve))
    const isAsked = new Promise<void>((resolve) => (asked = resolve))
    const listener = await started({
      metrics: async () => {
        asked()
        return { contentType: 'text/plain', text: await text }
      },
    })
    const answer = fetched(listener, '/metrics')
    await isAsked
    const closed = listener.close()
    finish('late\n')
    expect((await answer).text).toBe('late\n')
    await closed
  })
})
