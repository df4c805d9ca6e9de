import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressRow } from '../schemas/table.ts'
import type { IssuerHealth } from './identity/key-fetcher.ts'
import { REFUSALS, type RefusalCode } from './refusals.ts'
import type { RevocationHealth } from './revocations/keeper.ts'
import { StartFault } from './start-faults.ts'

/** What the admin listener shows. Nothing of it may be a secret. */
export interface AdminView {
  readonly readiness: () => Readiness
  readonly table: () => TableFacts
  readonly metrics: () => Promise<MetricsText>
  /** Told of whatever one of these throws. */
  readonly onBug: (error: unknown) => void
}

export interface Readiness {
  /** What keeps the gateway from taking requests: "table", "threads", "draining"; empty when it is ready. */
  readonly missing: readonly string[]
  /** For people only: an upstream that is down makes no gateway unready. */
  readonly upstreams: readonly UpstreamHealth[]
  /** For people only, too: the last good list holds whatever became of its file. Null where the config names none. */
  readonly revocations: RevocationHealth | null
  /** And so are the issuers of tokens: their keys serve on for a while when they are out of reach. */
  readonly issuers: readonly IssuerHealth[]
}

export interface UpstreamHealth {
  readonly name: string
  readonly targets: readonly TargetHealth[]
}

export interface TargetHealth {
  /** Its URL with secrets left out. */
  readonly target: string
  readonly open: number
  readonly busy: number
  readonly queued: number
  readonly failures: number
}

export interface TableFacts {
  readonly gateway: string
  readonly configHash: string
  /** When the bundle was built, RFC 3339; null when the table was compiled in memory. */
  readonly builtAt: string | null
  /** When the table took over, RFC 3339. */
  readonly loadedAt: string
  readonly threads: number
  readonly counts: Readonly<Record<string, number>>
}

export interface MetricsText {
  readonly contentType: string
  readonly text: string
}

export interface AdminListener {
  /** With the real port. */
  readonly address: AddressRow
  /** Takes no more connections, closes those that are idle, and after a moment the others. */
  readonly close: () => Promise<void>
}

interface Answer {
  readonly status: number
  readonly contentType: string
  readonly body: string
  readonly allow?: string
}

type Page = (view: AdminView) => Answer | Promise<Answer>

const HEADERS_TIMEOUT_MS = 5_000
const REQUEST_TIMEOUT_MS = 10_000
/** A client that neither sends nor reads for so long is gone. */
const SOCKET_IDLE_MS = 15_000
const KEEP_ALIVE_MS = 5_000
const CHECK_INTERVAL_MS = 1_000
const CONNECTIONS_MAX = 256
const CLOSE_GRACE_MS = 500
const METHODS = 'GET, HEAD'
/** What callers see may have a brand; this listener is for operators. */
const PROBLEM_BASE = 'urn:keysmith:'

const PAGES: ReadonlyMap<string, Page> = new Map<string, Page>([
  ['/healthz', () => json(200, { alive: true })],
  ['/readyz', readyPage],
  ['/table', (view) => json(200, view.table())],
  ['/metrics', metricsPage],
])

/**
 * Serves `/healthz`, `/readyz`, `/metrics` and `/table`. Runs on the main thread, so that it answers while those that serve
 * traffic are busy.
 *
 * @throws A `StartFault` that names the address when it cannot be listened on.
 */
export async function startAdmin(address: AddressRow, view: AdminView): Promise<AdminListener> {
  const server = createServer(
    {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: CHECK_INTERVAL_MS,
    },
    (request, response) => {
      answer(request, view)
        .catch((error: unknown) => {
          view.onBug(error)
          return problem('internal')
        })
        .then((page) => send(response, page))
        .catch(view.onBug)
    },
  )
  server.maxConnections = CONNECTIONS_MAX
  server.setTimeout(SOCKET_IDLE_MS)
  const port = await listen(server, address)
  server.on('error', view.onBug)
  return { address: { host: address.host, port }, close: () => close(server) }
}

async function answer({ url = '/', method = '' }: IncomingMessage, view: AdminView): Promise<Answer> {
  const page = PAGES.get(url.split('?', 1)[0] ?? '')
  if (page === undefined) return problem('no-route')
  if (method !== 'GET' && method !== 'HEAD') return { ...problem('method-not-allowed'), allow: METHODS }
  return await page(view)
}

function readyPage(view: AdminView): Answer {
  const { missing, upstreams, revocations, issuers } = view.readiness()
  const ready = missing.length === 0
  return json(ready ? 200 : 503, { ready, missing, upstreams, revocations, issuers })
}

async function metricsPage(view: AdminView): Promise<Answer> {
  const { contentType, text } = await view.metrics()
  return { status: 200, contentType, body: text }
}

function json(status: number, value: unknown): Answer {
  return { status, contentType: 'application/json', body: `${JSON.stringify(value)}\n` }
}

function problem(code: RefusalCode): Answer {
  const [status, title] = REFUSALS[code]
  const instance = `urn:uuid:${randomUUID()}`
  const body = { type: `${PROBLEM_BASE}${code}`, title, status, detail: `${title}.`, instance, code }
  return { ...json(status, body), contentType: 'application/problem+json' }
}

function send(response: ServerResponse, { status, contentType, body, allow }: Answer): void {
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    // A request of another method may have a body that never ends.
    ...(allow === undefined ? {} : { allow, connection: 'close' }),
  })
  response.end(body)
}

const LISTEN_FAULTS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use by another program',
  EACCES: 'may not be used by this user',
  EADDRNOTAVAIL: 'is no address of this machine',
}

function listen(server: Server, { host, port }: AddressRow): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (error: NodeJS.ErrnoException): void => {
      const reason = LISTEN_FAULTS[error.code ?? ''] ?? `cannot be listened on (${error.code ?? error.message})`
      reject(new StartFault(`The admin address ${host.includes(':') ? `[${host}]` : host}:${port} ${reason}.`))
    }
    server.once('error', fail)
    server.listen({ host, port }, () => {
      server.off('error', fail)
      const bound = server.address()
      resolve(bound === null || typeof bound === 'string' ? port : bound.port)
    })
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const grace = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS)
    server.close(() => {
      clearTimeout(grace)
      resolve()
    })
  })
}
