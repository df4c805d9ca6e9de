import type { Engine, EngineApp, EngineListenSocket, EngineRequest, EngineResponse } from './engine/types.ts'
import type { ListenRow, TlsRow } from '../schemas/table.ts'
import { createExchange, type Scheme } from './exchange.ts'
import { createEvents, createHandle } from './handle.ts'
import { openAnswer } from './respond.ts'
import { StartFault } from './start-faults.ts'
import type { Thread } from './thread.ts'

/** The listening side of one thread. */
export interface Server {
  /**
   * @param options `exclusive`: nobody else may listen there, other threads of this process included.
   * @returns With the real port, or null when the address cannot be had.
   * @throws StartFault when the engine does not take the certificate.
   */
  readonly listen: (address: ListenRow, options: { readonly exclusive: boolean }) => ListenRow | null
  /** Takes no new connections. */
  readonly stopListening: () => void
  readonly connections: () => number
  /** Cuts what is left. Nothing of the engine is used after it. */
  readonly close: () => void
}

/** How callers come in at one address. */
interface Listening {
  readonly scheme: Scheme
  /** True where they are asked for a certificate. */
  readonly asks: boolean
}

const SHARED_PORT = 0

/**
 * One handler for everything: the routes are in the table, and a new table is one pointer. An app for each address, because
 * each may have a certificate of its own.
 */
export function createServer(engine: Engine, thread: Thread): Server {
  const apps: EngineApp[] = []
  const sockets: EngineListenSocket[] = []
  const handle = createHandle(thread)
  const events = createEvents(thread)
  let connections = 0

  const onRequest = ({ scheme, asks }: Listening, response: EngineResponse, request: EngineRequest): void => {
    const serving = thread.serving()
    // Reading it takes microseconds: whoever has no use for it does not.
    const readCertificate =
      asks && serving.table.certificates !== null ? (): string => response.getX509Certificate() : null
    const peer = thread.addresses.ofPeer(response.getRemoteAddress())
    const { table } = serving
    const exchange = createExchange(table, peer, thread.wallMs(), thread.monotonicMs(), scheme, readCertificate)
    const answer = openAnswer(response, exchange, thread.wheel, events)
    handle(answer, serving, request)
    answer.inHandler = false
  }
  const openApp = ({ tls, ...address }: ListenRow): EngineApp => {
    const app = tls === null ? engine.App() : openTls(engine, tls, address)
    const listening: Listening = {
      scheme: tls === null ? 'http' : 'https',
      asks: tls !== null && tls.clientCa !== null,
    }
    apps.push(app)
    app.filter((_, count) => {
      connections += count
    })
    app.any('/*', (response, request) => {
      try {
        onRequest(listening, response, request)
      } catch (error) {
        // Left without an answer and without anybody to tell of its end, a response ends the process.
        thread.onBug(error, null)
        response.close()
      }
    })
    return app
  }

  return {
    listen: (address, { exclusive }) => {
      const { host, port } = address
      let listening: ListenRow | null = null
      openApp(address).listen(host, port, exclusive ? engine.LIBUS_LISTEN_EXCLUSIVE_PORT : SHARED_PORT, (socket) => {
        if (socket === false) return
        sockets.push(socket)
        listening = { ...address, port: engine.us_socket_local_port(socket) }
      })
      return listening
    },
    stopListening: () => {
      for (const socket of sockets.splice(0)) engine.us_listen_socket_close(socket)
    },
    connections: () => connections,
    close: () => {
      for (const app of apps) app.close()
    },
  }
}

function openTls(engine: Engine, { cert, key, clientCa }: TlsRow, address: Omit<ListenRow, 'tls'>): EngineApp {
  const files = { cert_file_name: cert, key_file_name: key }
  try {
    return engine.SSLApp(clientCa === null ? files : { ...files, ca_file_name: clientCa })
  } catch {
    // It says nothing but that it failed. What can be said of the files was, before they came here.
    const { host, port } = address
    throw new StartFault(
      `${host}:${port} cannot serve with ${[cert, key, clientCa].filter((file) => file !== null).join(', ')}: the engine does not take them. Keys of RSA (2048 bits or more) and of the curves P-256 and P-384 are taken by all clients.`,
    )
  }
}
