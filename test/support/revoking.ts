import { randomInt } from 'node:crypto'
import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { digestOf, makeSecret } from '../../compiler/tools/keys/make-secret.ts'

/** A key of a test, with its secret. */
export interface TestKey {
  readonly id: string
  readonly secret: string
  readonly digest: string
}

export function makeKeys(count: number, prefix: string): TestKey[] {
  return Array.from({ length: count }, (_, i) => {
    const secret = makeSecret(prefix, 'live', (below) => randomInt(below))
    return { id: `key-${i}`, secret, digest: digestOf(secret) }
  })
}

/** One connection that asks again and again, one request after the other. */
export interface Caller {
  readonly ask: (secret: string, path?: string) => Promise<number>
}

/** A caller with a connection of its own; on Linux the kernel spreads connections over the threads that share a port. */
export function createCaller(port: number): Caller {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  onTestFinished(() => agent.destroy())
  return {
    ask: (secret, path = '/things') =>
      new Promise((resolve, reject) => {
        const sent = request({ port, host: '127.0.0.1', path, agent, headers: { 'x-api-key': secret } }, (answer) => {
          answer.resume().on('end', () => resolve(answer.statusCode ?? 0))
        })
        sent.on('error', reject).end()
      }),
  }
}

/** A stream that is open: settles with what ended it. */
export interface OpenStream {
  readonly begun: Promise<number>
  /** When its connection broke or it was complete, by `performance.now()`. */
  readonly ended: Promise<number>
  readonly isComplete: () => boolean
}

export function openStream(port: number, secret: string): OpenStream {
  let answer: IncomingMessage | null = null
  const sent = request({
    port,
    host: '127.0.0.1',
    path: '/things/stream',
    agent: false,
    headers: { 'x-api-key': secret },
  })
  onTestFinished(() => void sent.destroy())
  const begun = new Promise<number>((resolve, reject) => {
    sent.on('error', reject).on('response', (response) => {
      answer = response
      response.resume().on('error', () => undefined)
      resolve(response.statusCode ?? 0)
    })
  })
  const ended = new Promise<number>((resolve) => sent.on('close', () => resolve(performance.now())))
  sent.end()
  return { begun, ended, isComplete: () => answer?.complete === true }
}

/** An upstream that answers at once, under "/things/stream" with events without an end, under "/things/silent" never. */
export async function startEventUpstream(): Promise<string> {
  const streams = new Set<ServerResponse>()
  const server = createServer((incoming, response) => {
    if (incoming.url === '/things/silent') return
    if (incoming.url !== '/things/stream') return void response.end('{}')
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    streams.add(response)
    response.on('close', () => streams.delete(response))
  }).listen(0, '127.0.0.1')
  const beat = setInterval(() => streams.forEach((stream) => stream.write('data: tick\n\n')), 50)
  await new Promise((done) => server.once('listening', done))
  onTestFinished(() => {
    clearInterval(beat)
    server.closeAllConnections()
    server.close()
  })
  // Safe: a TCP server that listens has an address of this kind.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** @param file Null for a config that names no file of revocations. */
export function revokingConfig(keys: readonly TestKey[], file: string | null): string {
  return `version: 1
gateway:
  name: revoking
  listen: 127.0.0.1:8080
  keys: { prefix: revoking }
${file === null ? '' : `  revocations: ${JSON.stringify(file)}\n`}upstreams:
  things: { targets: [http://127.0.0.1:9000] }
scopes: { "things:read": Read things }
apis:
  things:
    basePath: /things
    upstream: things
    access: authenticated
    routes:
      GET /: { scope: "things:read" }
      GET /stream: { scope: "things:read" }
      GET /silent: { scope: "things:read" }
      POST /silent: { scope: "things:read" }
tenants:
  one:
    keys:
${keys.map(({ id, digest }) => `      ${id}: { digest: "${digest}", scopes: ["things:read"], expires: 2099-01-01 }`).join('\n')}
`
}
