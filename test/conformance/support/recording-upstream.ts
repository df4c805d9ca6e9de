import { createServer, type Socket } from 'node:net'
import { readRequests, type Message } from './read-http.ts'

/** An upstream that keeps every byte that it gets, and reads it as strictly as a server may. */
export interface RecordingUpstream {
  readonly url: string
  readonly connections: readonly RecordedConnection[]
  /** All requests so far, of all connections. @throws NotHttp when a connection got something else. */
  readonly requests: () => Message[]
  /** Method and target of each. */
  readonly targets: () => string[]
  /** Forgets what came. */
  readonly forget: () => void
  readonly close: () => Promise<void>
}

export interface RecordedConnection {
  readonly socket: Socket
  readonly pieces: Buffer[]
  isClosed: boolean
}

/** Says what is answered; null for nothing. */
export type Answerer = (request: Message, connection: RecordedConnection) => string | Buffer | null

/** @param answer Called for each complete request. The default says 200 and what was asked. */
export async function startRecordingUpstream(answer: Answerer = echo): Promise<RecordingUpstream> {
  const connections: RecordedConnection[] = []
  const server = createServer((socket) => {
    const connection: RecordedConnection = { socket, pieces: [], isClosed: false }
    connections.push(connection)
    socket.setNoDelay(true)
    socket.on('error', () => undefined)
    socket.on('close', () => (connection.isClosed = true))
    let unread: Buffer = Buffer.alloc(0)
    socket.on('data', (piece) => {
      connection.pieces.push(piece)
      unread = Buffer.concat([unread, piece])
      try {
        const { messages, rest } = readRequests(unread)
        unread = rest
        for (const message of messages) {
          if (!message.complete) continue
          const bytes = answer(message, connection)
          if (bytes !== null) socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes)
        }
      } catch {
        // `requests` reads the same bytes, and says what is wrong with them.
        socket.destroy()
      }
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')

  const requests = (): Message[] =>
    connections.flatMap(({ pieces }) => readRequests(Buffer.concat(pieces)).messages.filter(({ complete }) => complete))
  return {
    url: `http://127.0.0.1:${address.port}`,
    connections,
    requests,
    targets: () => requests().map(targetOf),
    forget: () => {
      for (const connection of connections) connection.pieces.length = 0
    },
    close: async () => {
      const closed = new Promise((done) => server.close(done))
      for (const { socket } of connections) socket.destroy()
      await closed
    },
  }
}

/** "GET /orders?x=1" of a request. */
export function targetOf({ start }: Message): string {
  return start.slice(0, start.lastIndexOf(' '))
}

/** A whole answer, as text. */
export function ok(body: string): string {
  return `HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
}

function echo(message: Message): string {
  return ok(`${targetOf(message)} ${message.body.length}`)
}
