import { connect as connectPlain, type OnReadOpts, type Socket } from 'node:net'
import { connect as connectSecure, type ConnectionOptions } from 'node:tls'
import { createTimer } from '../timer-wheel.ts'
import { createAnswer } from './read-answer.ts'
import { CONNECTING, DEAD, STILL_OPEN, type Call, type Client, type Connection, type Target } from './state.ts'
import { serverNameOf } from './targets.ts'

/** Begins to open a connection for a call. Whatever comes of it is told to the client's `events`, later. */
export function openConnection(client: Client, target: Target, call: Call, nowMs: number): Connection {
  const { events } = client
  const onData = (length: number): boolean => {
    if (connection.phase !== DEAD) events.onData(connection, client.buffers.read, length)
    return true
  }
  const socket = connect(client, target, onData)
  const connection: Connection = {
    target,
    socket,
    timer: createTimer(() => {
      if (connection.phase !== DEAD) events.onDue(connection)
    }),
    answer: createAnswer(),
    onFlushed: (error) => {
      // A write that failed is also told as an error of the socket.
      if (connection.phase !== DEAD && (error === undefined || error === null)) events.onFlushed(connection)
    },
    openedMs: nowMs,
    phase: CONNECTING,
    call,
    served: 0,
    unsentHead: null,
    hasWritten: false,
    isSent: false,
    hasHead: false,
    held: [],
    heldEnd: STILL_OPEN,
  }
  listen(client, connection)
  return connection
}

function connect(client: Client, target: Target, onData: (length: number) => boolean): Socket {
  const { host, port } = target
  const onread = { buffer: client.buffers.read, callback: onData }
  if (client.secureContext === null || !target.isSecure) return connectPlain({ host, port, onread, noDelay: true })
  const servername = serverNameOf(target)
  // `onread` is documented for TLS as well; the typings lack it.
  const options: ConnectionOptions & { onread: OnReadOpts } = {
    host,
    port,
    secureContext: client.secureContext,
    ALPNProtocols: ['http/1.1'],
    // Said, so that no variable of the environment says otherwise.
    rejectUnauthorized: true,
    onread,
    ...(servername === undefined ? {} : { servername }),
    ...(target.session === undefined ? {} : { session: target.session }),
  }
  const socket = connectSecure(options)
  socket.setNoDelay(true)
  return socket
}

function listen(client: Client, connection: Connection): void {
  const { events } = client
  const { socket, target } = connection
  const lost = (): void => {
    if (connection.phase !== DEAD) events.onLost(connection)
  }
  socket.on(target.isSecure ? 'secureConnect' : 'connect', () => {
    if (connection.phase !== DEAD) events.onConnect(connection)
  })
  if (target.isSecure) {
    socket.on('session', (session: Buffer) => {
      target.session = session
    })
  }
  socket.on('end', () => {
    if (connection.phase !== DEAD) events.onEnd(connection)
  })
  socket.on('drain', () => {
    if (connection.phase !== DEAD) events.onDrain(connection)
  })
  // Stays for good: a socket without it would throw what comes after its end.
  socket.on('error', lost)
  socket.on('close', lost)
}
