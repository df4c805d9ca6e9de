import type { Engine, EngineApp, EngineListenSocket, EngineRequest, EngineResponse } from './engine/types.ts'
import type { AddressRow } from '../schemas/table.ts'
import { createExchange } from './exchange.ts'
import { createEvents, createHandle } from './handle.ts'
import { openAnswer } from './respond.ts'
import type { Thread } from './thread.ts'

/** The listening side of one thread. */
export interface Server {
  /**
   * @param options `exclusive`: nobody else may listen there, other threads of this process included.
   * @returns With the real port, or null when the address cannot be had.
   */
  readonly listen: (address: AddressRow, options: { readonly exclusive: boolean }) => AddressRow | null
  /** Takes no new connections. */
  readonly stopListening: () => void
  readonly connections: () => number
  /** Cuts what is left. Nothing of the engine is used after it. */
  readonly close: () => void
}

const SHARED_PORT = 0

/** One handler for everything: the routes are in the table, and a new table is one pointer. */
export function createServer(engine: Engine, thread: Thread): Server {
  const app: EngineApp = engine.App()
  const sockets: EngineListenSocket[] = []
  const handle = createHandle(thread)
  const events = createEvents(thread)
  let connections = 0

  app.filter((_, count) => {
    connections += count
  })
  const onRequest = (response: EngineResponse, request: EngineRequest): void => {
    const serving = thread.serving()
    const peer = thread.addresses.ofPeer(response.getRemoteAddress())
    const exchange = createExchange(serving.table, peer, thread.wallMs(), thread.monotonicMs())
    const answer = openAnswer(response, exchange, thread.wheel, events)
    handle(answer, serving, request)
    answer.inHandler = false
  }
  app.any('/*', (response, request) => {
    try {
      onRequest(response, request)
    } catch (error) {
      // Left without an answer and without anybody to tell of its end, a response ends the process.
      thread.onBug(error, null)
      response.close()
    }
  })

  return {
    listen: ({ host, port }, { exclusive }) => {
      let listening: AddressRow | null = null
      app.listen(host, port, exclusive ? engine.LIBUS_LISTEN_EXCLUSIVE_PORT : SHARED_PORT, (socket) => {
        if (socket === false) return
        sockets.push(socket)
        listening = { host, port: engine.us_socket_local_port(socket) }
      })
      return listening
    },
    stopListening: () => {
      for (const socket of sockets.splice(0)) engine.us_listen_socket_close(socket)
    },
    connections: () => connections,
    close: () => app.close(),
  }
}
