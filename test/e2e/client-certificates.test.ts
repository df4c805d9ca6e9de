import { createHash, X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { answered, answersIn, sendRaw } from '../conformance/support/raw-client.ts'
import { statusOf, valuesOf, type Message } from '../conformance/support/read-http.ts'
import { startRecordingUpstream, type RecordingUpstream } from '../conformance/support/recording-upstream.ts'
import { contentsOf, createAuthority, type Authority, type Certified } from '../support/certificates.ts'
import { group } from '../support/group.ts'
import { startTestGateway, until, type TestGateway } from '../support/running-gateway.ts'

const ANY_PORT = { host: '127.0.0.1', port: 0 }
const [PLAIN, TLS] = [0, 1]

const config = (own: Certified, clients: Authority, service: string): string => `version: 1
gateway:
  name: acme
  listen:
    - 127.0.0.1:0
    - { address: 127.0.0.1:0, tls: { cert: ${own.cert}, key: ${own.key}, clientCa: ${clients.cert} } }
  admin: 127.0.0.1:0
upstreams: { origin: { targets: [http://127.0.0.1:9000] } }
identity:
  machines: { certificates: [{ san: "*.globex.example" }], tenant: globex, roles: [reader] }
  opaque: { introspect: { url: "${service}", cache: 30s }, audience: acme, tenant: claims.org, roles: [reader] }
scopes: { read: Read }
roles: { reader: [read] }
apis:
  machines: { basePath: /machines, upstream: origin, access: authenticated, auth: [machines], routes: { GET /: { scope: read } } }
  tokens: { basePath: /tokens, upstream: origin, access: authenticated, auth: [opaque], routes: { GET /: { scope: read } } }
tenants: { globex: {} }
`

group('certificates over sockets', () => {
  let folder: string
  let clients: Authority
  let upstream: RecordingUpstream
  let service: Server
  let gateway: TestGateway
  let trusted: Buffer
  /** By token the thumbprint that it is bound to. */
  const boundTo = new Map<string, string>()
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'keysmith-mtls-'))
    const servers = createAuthority(folder)
    clients = createAuthority(folder, '/CN=Clients')
    trusted = readFileSync(servers.cert)
    upstream = await startRecordingUpstream()
    service = createServer(async (request, response) => {
      let form = ''
      for await (const piece of request) form += String(piece)
      const thumbprint = boundTo.get(new URLSearchParams(form).get('token') ?? '')
      const exp = Math.floor(Date.now() / 1000) + 60
      const said = { active: true, aud: 'acme', sub: 'ann', org: 'globex', exp, cnf: { 'x5t#S256': thumbprint } }
      response.setHeader('content-type', 'application/json')
      setTimeout(() => response.end(JSON.stringify(thumbprint === undefined ? { active: false } : said)), 50)
    }).listen(0, '127.0.0.1')
    await new Promise((done) => service.once('listening', done))
    const own = servers.issue({ subject: '/CN=localhost', names: 'DNS:localhost' })
    const { port } = service.address() as AddressInfo
    gateway = await startTestGateway(config(own, clients, `http://127.0.0.1:${port}/introspect`), {
      targets: { origin: [upstream.url] },
      listen: [ANY_PORT, ANY_PORT],
      threads: 2,
    })
  })
  afterAll(async () => {
    await gateway.stop()
    await upstream.close()
    service.closeAllConnections()
    await new Promise((done) => service.close(done))
    rmSync(folder, { recursive: true })
  })

  const shown = (certified: Certified | null): ConnectionOptions => ({
    ca: trusted,
    servername: 'localhost',
    ...(certified === null ? {} : contentsOf(certified)),
  })
  const issue = (name: string): Certified => clients.issue({ subject: '/CN=x', names: `DNS:${name}` })
  const GET = (path: string, fields = ''): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n${fields}\r\n`

  async function ask(request: string, tls?: ConnectionOptions): Promise<Message> {
    const options = tls === undefined ? {} : { tls }
    const port = gateway.ports[tls === undefined ? PLAIN : TLS] ?? 0
    const [answer] = answersIn(await sendRaw(port, request, { until: answered(1), ...options }))
    if (answer === undefined) throw new Error('no answer')
    return answer
  }
  const resultOf = ({ start, body }: Message): unknown[] => {
    const status = statusOf(start)
    return status === 200 ? [status] : [status, (JSON.parse(body.toString()) as { code: string }).code]
  }
  const told = async (...args: Parameters<typeof ask>): Promise<unknown[]> => resultOf(await ask(...args))

  test('a machine is known by its certificate, to the upstream and in the log', async () => {
    upstream.forget()
    expect(await told(GET('/machines'), shown(issue('m1.globex.example')))).toEqual([200])
    const [request] = upstream.requests()
    expect(request && valuesOf(request, 'x-keysmith-subject')).toEqual(['m1.globex.example'])
    const hex = createHash('sha256').update('m1.globex.example').digest('hex').slice(0, 12)
    await until(() => gateway.log().some(({ key, tenant }) => key === `machines/${hex}` && tenant === 'globex'))
    expect(gateway.logText()).not.toContain('CERTIFICATE')
  })

  test('row 22: a caller without one, with one that nobody knows, or over plain text is nobody', async () => {
    const nobody = [401, 'missing-credential']
    expect(await told(GET('/machines'), shown(null))).toEqual(nobody)
    expect(await told(GET('/machines'), shown(issue('a.b.globex.example')))).toEqual(nobody)
    expect(await told(GET('/machines'))).toEqual(nobody)
    // What others take for a certificate is a header that anybody can write.
    const pem = readFileSync(issue('m1.globex.example').cert)
    const headers = `client-cert: :${pem.toString('base64')}:\r\nx-keysmith-subject: m1.globex.example\r\n`
    expect(await told(GET('/machines', headers))).toEqual(nobody)
  })

  test('a certificate that is meant for servers is not a caller', async () => {
    const server = clients.issue({ subject: '/CN=x', names: 'DNS:m1.globex.example', usage: 'serverAuth' })
    const result = await sendRaw(gateway.ports[TLS] ?? 0, GET('/machines'), { tls: shown(server) })
    expect(result.ended).not.toBe('open')
    expect(result.text).toBe('')
  })

  test.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'a session of %s that is resumed is of the same machine',
    async (version) => {
      const options = { ...shown(issue('m3.globex.example')), maxVersion: version }
      const first = await openSession(options)
      // Each thread has keys of its own for tickets: another one begins anew.
      let resumed = 0
      for (let i = 0; i < 20 && resumed === 0; i++) {
        const again = await openSession({ ...options, session: first.session })
        expect(again.answer).toContain('HTTP/1.1 200 OK')
        if (again.isReused) resumed++
      }
      expect(resumed).toBe(1)
    },
  )

  test('a token that a service is asked about holds only with the certificate that it is bound to', async () => {
    const own = issue('m4.globex.example')
    const thumbprint = createHash('sha256')
      .update(new X509Certificate(readFileSync(own.cert)).raw)
      .digest('base64url')
    const invalid = [401, 'invalid-token']
    // The service is asked for each token anew, by one thread or both, and the certificate read when it has answered.
    for (let i = 0; i < 4; i++) {
      const token = `opaque-token-${i}-of-ann`
      boundTo.set(token, thumbprint)
      const fields = `Authorization: Bearer ${token}\r\n`
      expect(await told(GET('/tokens', fields), shown(own))).toEqual([200])
      expect(await told(GET('/tokens', fields), shown(issue('m4.globex.example')))).toEqual(invalid)
      expect(await told(GET('/tokens', fields), shown(null))).toEqual(invalid)
      expect(await told(GET('/tokens', fields))).toEqual(invalid)
    }
    expect(gateway.told).toEqual([])
  })

  /** Asks once, and keeps what is needed to resume. */
  function openSession(options: ConnectionOptions): Promise<{ session: Buffer; isReused: boolean; answer: string }> {
    return new Promise((done, fail) => {
      const socket: TLSSocket = connect({ port: gateway.ports[TLS] ?? 0, host: '127.0.0.1', ...options })
      let session = Buffer.of()
      let answer = ''
      let isReused = false
      socket.on('secureConnect', () => {
        isReused = socket.isSessionReused()
        socket.write(GET('/machines', 'Connection: close\r\n'))
      })
      socket.on('session', (made) => (session = made))
      socket.on('data', (piece) => (answer += String(piece)))
      socket.on('error', fail)
      socket.on('close', () => done({ session, isReused, answer }))
    })
  }
})
