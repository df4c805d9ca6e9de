import { randomUUID } from 'node:crypto'
import { readFileSync, rmSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contentsOf, createAuthority, createSelfSigned, type Authority } from '../../support/certificates.ts'
import { group } from '../../support/group.ts'
import { startTestGateway, until, type TestGateway } from '../../support/running-gateway.ts'
import { openConfig } from '../support/conformance-gateway.ts'
import { answered, answersIn, sendRaw, statusesIn, type RawOptions } from '../support/raw-client.ts'
import { valuesOf } from '../support/read-http.ts'
import { ok, startRecordingUpstream, targetOf, type RecordingUpstream } from '../support/recording-upstream.ts'
import { createLargeBody, digestOf } from './large-body.ts'

const MIB = 1024 * 1024
const LARGE = createLargeBody(128)
const EVENT = 'data: 1\n\n'
const GET = 'GET /any HTTP/1.1\r\nHost: a\r\n\r\n'

/** Plain text, TLS, and TLS that asks callers for certificates. */
const LISTEN = (cert: string, key: string, clientCa: string): string =>
  `listen:
    - 127.0.0.1:0
    - { address: 127.0.0.1:0, tls: { cert: ${cert}, key: ${key} } }
    - { address: 127.0.0.1:0, tls: { cert: ${cert}, key: ${key}, clientCa: ${clientCa} } }`
const ANY_PORT = { host: '127.0.0.1', port: 0 }

group('certificates made for the test', () => {
  let folder: string
  let servers: Authority
  let clients: Authority
  let upstream: RecordingUpstream
  let gateway: TestGateway
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'keysmith-tls-'))
    servers = createAuthority(folder)
    clients = createAuthority(folder, '/CN=Authority of clients')
    const { cert, key } = servers.issue({ subject: '/CN=localhost', names: 'DNS:localhost, IP:127.0.0.1' })
    upstream = await startRecordingUpstream((request, { socket }) => {
      const [, path = ''] = targetOf(request).split(' ')
      if (path === '/digest') return ok(digestOf(request.body))
      if (path === '/large') {
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${LARGE.bytes}\r\n\r\n`)
        for (let i = 0; i < LARGE.blocks; i++) socket.write(LARGE.block(i))
        return null
      }
      if (path === '/events') {
        const send = (): unknown => socket.write(`${EVENT.length.toString(16)}\r\n${EVENT}\r\n`)
        for (const afterMs of [0, 50, 100]) setTimeout(send, afterMs)
        setTimeout(() => socket.write('0\r\n\r\n'), 150)
        return 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n'
      }
      return path === '/silence' ? null : ok(path)
    })
    const config = openConfig({ gateway: 'requests: { body: 20MB }' })
    gateway = await startTestGateway(config.replace(/listen: .*/, LISTEN(cert, key, clients.cert)), {
      targets: { origin: [upstream.url] },
      listen: [ANY_PORT, ANY_PORT, ANY_PORT],
      threads: 2,
    })
  })
  afterAll(async () => {
    await gateway.stop()
    await upstream.close()
    rmSync(folder, { recursive: true })
  })

  const faultOf = async (config: string): Promise<string> => {
    const started = await startTestGateway(config, { listen: [ANY_PORT, ANY_PORT, ANY_PORT] }).catch(String)
    if (typeof started !== 'string') await started.stop()
    return typeof started === 'string' ? started : 'it started'
  }
  const portOf = (position: number): number => gateway.ports[position] ?? 0
  const trusting = (options: ConnectionOptions = {}): ConnectionOptions => ({
    ca: readFileSync(servers.cert),
    servername: 'localhost',
    ...options,
  })
  const send = (request: string | Buffer, options: RawOptions = {}) =>
    sendRaw(portOf(1), request, { until: answered(1), tls: trusting(), ...options })

  /** Opens a connection. @returns It, or the code of the alert or error that ended it. */
  function open(position: number, options: ConnectionOptions): Promise<TLSSocket | string> {
    return new Promise((done) => {
      const socket = connect({ port: portOf(position), host: '127.0.0.1', ...trusting(options) })
      socket.on('error', (error: Error & { code?: string }) => done(error.code ?? error.message))
      // With TLS 1.3 a client is told later that its certificate is refused.
      socket.on('secureConnect', () => socket.write(GET))
      socket.on('data', () => done(socket))
      socket.on('close', () => done('closed'))
    })
  }

  async function protocolOf(options: ConnectionOptions, position = 1): Promise<string | null> {
    const opened = await open(position, options)
    if (typeof opened === 'string') return opened
    const protocol = opened.getProtocol()
    opened.destroy()
    return protocol
  }

  describe('over TLS', () => {
    test('a request is answered, and its upstream is told how it came', async () => {
      for (const [position, scheme] of [
        [0, 'http'],
        [1, 'https'],
        [2, 'https'],
      ] as const) {
        upstream.forget()
        const options = scheme === 'http' ? { until: answered(1) } : { until: answered(1), tls: trusting() }
        expect(statusesIn(await sendRaw(portOf(position), GET, options))).toEqual([200])
        const [request] = upstream.requests()
        expect(request && valuesOf(request, 'x-forwarded-proto')).toEqual([scheme])
        expect(request && valuesOf(request, 'forwarded')).toEqual([`for=127.0.0.1;host="a";proto=${scheme}`])
      }
    })

    test('all threads share the port', async () => {
      const before = await gateway.metric('http_server_request_duration_seconds_count')
      const results = await Promise.all(Array.from({ length: 20 }, () => send(GET)))
      expect(results.map((result) => statusesIn(result))).toEqual(results.map(() => [200]))
      await until(async () => (await gateway.metric('http_server_request_duration_seconds_count')) === before + 20)
    })

    test.each([1, 16_384, MIB, 4 * MIB])('a body of %i bytes reaches the upstream as it was sent', async (bytes) => {
      const body = Buffer.alloc(bytes, 'abcdefghijklmnopqrstuvwxyz')
      const head = Buffer.from(`POST /digest HTTP/1.1\r\nHost: a\r\nContent-Length: ${bytes}\r\n\r\n`)
      const [answer] = answersIn(await send(Buffer.concat([head, body])))
      expect(answer?.body.toString()).toBe(digestOf(body))
    })

    test('a caller that does not read for a while gets all of a large answer', async () => {
      const request = 'GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
      const result = await sendRaw(portOf(1), request, { readAfterMs: 500, tls: trusting() })
      const [answer] = answersIn(result)
      expect([answer?.complete, digestOf(answer?.body ?? Buffer.of())]).toEqual([true, LARGE.digest])
    })

    test('events come as they are sent', async () => {
      const result = await send('GET /events HTTP/1.1\r\nHost: a\r\n\r\n')
      expect(answersIn(result)[0]?.body.toString()).toBe(EVENT.repeat(3))
      const first = await send('GET /events HTTP/1.1\r\nHost: a\r\n\r\n', { until: (text) => text.includes(EVENT) })
      expect(first.afterMs).toBeLessThan(result.afterMs)
    })

    test('a caller that leaves takes its request to the upstream with it', async () => {
      const id = randomUUID()
      const socket = connect({ port: portOf(1), host: '127.0.0.1', ...trusting() })
      socket.write(`GET /silence HTTP/1.1\r\nHost: a\r\nX-Request-Id: ${id}\r\n\r\n`)
      const connectionOf = () => upstream.connections.find(({ pieces }) => Buffer.concat(pieces).includes(id))
      await until(() => connectionOf() !== undefined)
      socket.destroy()
      await until(() => connectionOf()?.isClosed === true)
      await until(() => gateway.log().some(({ requestId, status }) => requestId === id && status === 499))
    })

    test('a request in plain text is not answered', async () => {
      const result = await sendRaw(portOf(1), GET)
      expect(result.ended).not.toBe('open')
      expect(result.text).not.toContain('HTTP/')
      expect(statusesIn(await send(GET))).toEqual([200])
    })

    test('TLS 1.2 and 1.3 are spoken, and nothing older', async () => {
      expect(await protocolOf({ maxVersion: 'TLSv1.2' })).toBe('TLSv1.2')
      expect(await protocolOf({})).toBe('TLSv1.3')
      const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' } as const
      expect(await protocolOf(old)).toBe('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION')
    })

    test('HTTP/1.1 is all there is: an offer of HTTP/2 is not taken', async () => {
      const opened = await open(1, { ALPNProtocols: ['h2', 'http/1.1'] })
      if (typeof opened === 'string') throw new Error(opened)
      expect(opened.alpnProtocol).toBe(false)
      opened.destroy()
    })
  })

  describe('where callers are asked for certificates', () => {
    test('one of the right authority is let in, and so is a caller without', async () => {
      const good = clients.issue({ subject: '/CN=robot-7' })
      expect(await protocolOf(contentsOf(good), 2)).toBe('TLSv1.3')
      expect(await protocolOf({}, 2)).toBe('TLSv1.3')
    })

    test('one of another authority, of itself, or out of its time ends the handshake', async () => {
      const day = 86_400_000
      const expired = clients.issue({ subject: '/CN=a', from: new Date(0), until: new Date(Date.now() - day) })
      const early = clients.issue({ subject: '/CN=a', from: new Date(Date.now() + day) })
      const self = createSelfSigned(folder, '/CN=robot-7', 'DNS:a.example')
      const foreign = createAuthority(folder, '/CN=Authority of clients').issue({ subject: '/CN=robot-7' })
      for (const shown of [expired, early, self, foreign, servers.issue({ subject: '/CN=robot-7' })])
        for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const)
          expect(await protocolOf({ ...contentsOf(shown), maxVersion }, 2)).toMatch(/^ERR_SSL_|^ECONNRESET$/)
    })

    test('nobody looks at certificates where none was asked for', async () => {
      const self = createSelfSigned(folder, '/CN=robot-7', 'DNS:a.example')
      expect(await protocolOf(contentsOf(self), 1)).toBe('TLSv1.3')
    })
  })

  test('files that cannot be served with keep a gateway from starting, and all are named', async () => {
    const other = servers.issue({ subject: '/CN=other' })
    const config = openConfig().replace(/listen: .*/, LISTEN(servers.cert, other.key, join(folder, 'none.pem')))
    const started = await faultOf(config)
    expect(started).toContain(`${other.key}: is not the key of the first certificate in ${servers.cert}`)
    expect(started).toContain('none.pem: is not there')
  })

  test('a key that the engine does not take is told of with the address', async () => {
    const weak = createAuthority(folder).issue({ subject: '/CN=localhost', curve: 'secp256k1' })
    const config = openConfig().replace(/listen: .*/, LISTEN(weak.cert, weak.key, clients.cert))
    const started = await faultOf(config)
    expect(started).toContain('127.0.0.1:0 cannot serve with')
  })
})
