import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createSecureServer, type TlsOptions } from 'node:tls'

/** An upstream that does with its connections whatever a test says, on a port of its own. */
export interface RawServer {
  readonly url: string
  readonly port: number
  /** In the order in which they came. */
  readonly connections: readonly RawConnection[]
  readonly close: () => Promise<void>
}

export interface RawConnection {
  readonly socket: Socket
  /** Its place among the connections, from 0. */
  readonly position: number
  /** All that came, one character a byte. */
  received: string
  isClosed: boolean
  readonly send: (text: string) => void
}

export interface RawServerOptions {
  readonly onConnect?: (connection: RawConnection) => void
  /** Called for every complete request: what it is made of, and how many came on this connection before. */
  readonly onRequest?: (connection: RawConnection, request: RawRequest) => void
  readonly host?: string
  readonly port?: number
  readonly tls?: TlsOptions
  /** False: what comes is left to `onConnect`; nothing of it is kept. */
  readonly reads?: boolean
}

export interface RawRequest {
  /** Of all connections, from 0. */
  readonly number: number
  /** With the empty line. */
  readonly head: string
  readonly body: string
}

export async function startRawServer(options: RawServerOptions): Promise<RawServer> {
  const { host = '127.0.0.1' } = options
  const connections: RawConnection[] = []
  let requests = 0
  const accept = (socket: Socket): void => {
    const connection: RawConnection = {
      socket,
      position: connections.length,
      received: '',
      isClosed: false,
      send: (text) => socket.write(text, 'latin1'),
    }
    connections.push(connection)
    socket.setNoDelay(true)
    socket.on('error', () => {})
    socket.on('close', () => (connection.isClosed = true))
    options.onConnect?.(connection)
    if (options.reads === false) return
    let unread = ''
    socket.on('data', (bytes) => {
      connection.received += bytes.toString('latin1')
      unread += bytes.toString('latin1')
      for (let end = endOfRequest(unread); end > 0; end = endOfRequest(unread)) {
        const [head = ''] = /^[^]*?\r\n\r\n/.exec(unread) ?? []
        const request = { number: requests++, head, body: unread.slice(head.length, end) }
        unread = unread.slice(end)
        options.onRequest?.(connection, request)
      }
    })
  }
  const server: Server = options.tls === undefined ? createServer(accept) : createSecureServer(options.tls, accept)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, host, resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `${options.tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    connections,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const connection of connections) connection.socket.destroy()
      await closed
    },
  }
}

/** Where the first request ends; 0 while it is not complete. */
function endOfRequest(text: string): number {
  const headEnd = text.indexOf('\r\n\r\n') + 4
  if (headEnd < 4) return 0
  const head = text.slice(0, headEnd)
  if (/^transfer-encoding: chunked\r$/im.test(head)) {
    const last = text.indexOf('0\r\n\r\n', headEnd)
    return last < 0 ? 0 : last + 5
  }
  const end = headEnd + Number(/^content-length: ([0-9]+)\r$/im.exec(head)?.[1] ?? 0)
  return text.length < end ? 0 : end
}
