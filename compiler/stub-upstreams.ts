import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What Keysmith tells an upstream of the caller begins with this. */
const IDENTITY_PREFIX = 'x-keysmith-'

export interface StubUpstreams {
  /** Addresses to use in place of an upstream's targets, by its name. */
  readonly targets: Readonly<Record<string, readonly string[]>>
  /** Keeps every request that comes from now on waiting, until it is released. */
  readonly hold: () => HeldRequests
  readonly stop: () => Promise<void>
}

export interface HeldRequests {
  /** How many wait now, at all of them together. */
  readonly waiting: () => number
  /** Answers those that wait, and whatever comes, as before. */
  readonly release: () => void
}

export interface StubOptions {
  /** How long each answer is kept back. */
  readonly latencyMs?: number
}

/**
 * Answers for upstreams that are not there: a server for each, on a free port of this machine, that says what it was asked
 * and on whose behalf. For trying a gateway out; never part of a bundle.
 */
export async function startStubUpstreams(
  names: readonly string[],
  { latencyMs = 0 }: StubOptions = {},
): Promise<StubUpstreams> {
  let held: (() => void)[] | null = null
  const whenDue: WhenDue = (send) => {
    if (held !== null) held.push(send)
    else if (latencyMs === 0) send()
    else setTimeout(send, latencyMs)
  }
  const servers = await Promise.all(names.map(async (name) => [name, await startStub(name, whenDue)] as const))
  return {
    targets: Object.fromEntries(servers.map(([name, server]) => [name, [addressOf(server)]])),
    hold: () => {
      const waiting: (() => void)[] = []
      held = waiting
      return {
        waiting: () => waiting.length,
        release: () => {
          if (held === waiting) held = null
          for (const send of waiting.splice(0)) send()
        },
      }
    },
    stop: async () => {
      await Promise.all(servers.map(([, server]) => stopStub(server)))
    },
  }
}

/** Sends an answer, now or later. */
type WhenDue = (send: () => void) => void

async function startStub(name: string, whenDue: WhenDue): Promise<Server> {
  const server = createServer((request, response) => answer(name, request, response, whenDue))
  // The gateway decides how long a connection is kept: one that closes here first would cost a request.
  server.keepAliveTimeout = 0
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

/** Says what came in, and nothing of when or where: the same request gets the same answer. */
function answer(upstream: string, request: IncomingMessage, response: ServerResponse, whenDue: WhenDue): void {
  let bodyBytes = 0
  request.on('data', (chunk: Buffer) => {
    bodyBytes += chunk.length
  })
  request.on('end', () => {
    const { method, url: path, headers } = request
    const caller = Object.entries(headers).filter(([name]) => name.startsWith(IDENTITY_PREFIX))
    const said = {
      upstream,
      method,
      path,
      ...(bodyBytes === 0 ? {} : { bodyBytes }),
      caller: Object.fromEntries(caller),
    }
    const body = JSON.stringify(said) + '\n'
    whenDue(() => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
      response.end(body)
    })
  })
}

async function stopStub(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
}

function addressOf(server: Server): string {
  // Safe: a server that listens on a port has one.
  const { port } = server.address() as AddressInfo
  return `http://127.0.0.1:${port}`
}
