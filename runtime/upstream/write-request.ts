import { BUSY, type Call, type Client, type Connection, type Target } from './state.ts'
import type { UpstreamRequest } from './types.ts'

/** Up to here a whole body goes out with the head in one write, and can be sent again. */
export const SMALL_BODY_BYTES_MAX = 64 * 1024
/** A larger one goes out in pieces, so that it is seen to move. */
const PIECE_BYTES = 128 * 1024
/** The most that waits in a socket while a caller is told to go on. */
const WAITING_BYTES_MAX = 64 * 1024
/** Room for a head and a small body. */
export const WRITE_BUFFER_BYTES = 128 * 1024
/** Of one UTF-16 unit in UTF-8. */
const BYTES_PER_UNIT_MAX = 3

const LAST_CHUNK = '0\r\n\r\n'
const LINE_END = '\r\n'
const METHODS_WITH_BODY = new Set(['POST', 'PUT', 'PATCH'])

/** Writes a call's request, as far as it is there, to a connection that is free. */
export function writeRequest(client: Client, connection: Connection, call: Call): void {
  const { body } = call.request
  const head = headOf(connection.target, call.request)
  connection.unsentHead = null
  connection.hasWritten = false
  connection.isSent = false
  if (body === null) {
    writeText(connection, head)
    connection.isSent = true
  } else if (body instanceof Uint8Array) {
    writeWhole(client, connection, call, head, body)
  } else if (body.bytes === 0) {
    writeText(connection, head)
    connection.isSent = true
  } else {
    connection.unsentHead = head
    if (call.pending !== null) writePending(client, connection, call, call.pending)
    else if (call.isBodyComplete) writeEnd(connection)
    // The body's first piece, if it comes in this turn of the loop, goes out with the head.
    else setImmediate(writeLateHead, connection, call)
  }
}

/**
 * Writes a piece of a streamed body. The piece is copied.
 *
 * @returns False when the connection turned out to be dead before any byte of the request was written: the piece is still needed.
 */
export function writePiece(client: Client, connection: Connection, call: Call, piece: Uint8Array): boolean {
  const isLast = isStreamOf(call, call.bodyBytes)
  putPiece(client, connection, call, piece, isLast)
  return connection.hasWritten
}

/** Writes what ends a chunked body. */
export function writeEnd(connection: Connection): void {
  const head = connection.unsentHead ?? ''
  connection.unsentHead = null
  writeText(connection, head + LAST_CHUNK, connection.onFlushed)
}

/** Goes on with a large whole body, as far as the upstream keeps up. */
export function writeMore(connection: Connection, call: Call, body: Uint8Array): void {
  const { socket } = connection
  while (call.bodyBytes < body.length && hasRoom(connection) && socket.errored === null) {
    const piece = body.subarray(call.bodyBytes, call.bodyBytes + PIECE_BYTES)
    call.bodyBytes += piece.length
    if (call.bodyBytes < body.length) socket.write(piece)
    else socket.write(piece, connection.onFlushed)
  }
}

export function hasRoom(connection: Connection): boolean {
  return connection.socket.writableLength <= WAITING_BYTES_MAX
}

function headOf(target: Target, request: UpstreamRequest): string {
  const framing = framingOf(request)
  return `${request.method} ${target.path}${request.path}${target.afterPath}${request.headers}${framing}\r\n`
}

function framingOf({ method, body }: UpstreamRequest): string {
  if (body === null) return METHODS_WITH_BODY.has(method) ? 'Content-Length: 0\r\n' : ''
  if (body instanceof Uint8Array) return `Content-Length: ${body.length}\r\n`
  return body.bytes === -1 ? 'Transfer-Encoding: chunked\r\n' : `Content-Length: ${body.bytes}\r\n`
}

function writeWhole(client: Client, connection: Connection, call: Call, head: string, body: Uint8Array): void {
  if (body.length <= SMALL_BODY_BYTES_MAX) {
    writeTogether(client, connection, { before: head, piece: body, after: '', isLast: false })
    connection.isSent = true
    return
  }
  call.bodyBytes = SMALL_BODY_BYTES_MAX
  const piece = body.subarray(0, SMALL_BODY_BYTES_MAX)
  writeTogether(client, connection, { before: head, piece, after: '', isLast: false })
  writeMore(connection, call, body)
}

function writePending(client: Client, connection: Connection, call: Call, pending: readonly Buffer[]): void {
  for (const [i, piece] of pending.entries()) {
    const isLast = i === pending.length - 1 && isStreamOf(call, call.bodyBytes)
    putPiece(client, connection, call, piece, isLast)
    if (!connection.hasWritten) return
  }
  call.pending = null
  if (call.isBodyComplete && isStreamOf(call, -1)) writeEnd(connection)
}

function writeLateHead(connection: Connection, call: Call): void {
  const head = connection.unsentHead
  if (connection.phase !== BUSY || connection.call !== call || head === null) return
  connection.unsentHead = null
  writeText(connection, head)
}

function putPiece(client: Client, connection: Connection, call: Call, piece: Uint8Array, isLast: boolean): void {
  const head = connection.unsentHead ?? ''
  connection.unsentHead = null
  const isChunked = isStreamOf(call, -1)
  const before = isChunked ? `${head}${piece.length.toString(16)}${LINE_END}` : head
  writeTogether(client, connection, { before, piece, after: isChunked ? LINE_END : '', isLast })
}

/** True when the body comes in pieces, so many bytes together. */
function isStreamOf({ request: { body } }: Call, bytes: number): boolean {
  return body !== null && !(body instanceof Uint8Array) && body.bytes === bytes
}

/**
 * UTF-8, whatever is in it: header values that were decoded from UTF-8 go out as they came, and no character can turn
 * into a line's end as it could in latin1. For ASCII that costs 35 ns more than latin1 and less than looking which it is.
 */
function writeText(connection: Connection, text: string, onFlushed?: Connection['onFlushed']): void {
  const { socket } = connection
  if (onFlushed === undefined) socket.write(text, 'utf8')
  else socket.write(text, 'utf8', onFlushed)
  if (socket.errored === null) connection.hasWritten = true
}

interface Parts {
  readonly before: string
  readonly piece: Uint8Array
  /** ASCII. */
  readonly after: string
  /** True when it must be known when all is written. */
  readonly isLast: boolean
}

/** One write of all parts. They are copied into the thread's buffer, which is given away only when the socket keeps it. */
function writeTogether(client: Client, connection: Connection, { before, piece, after, isLast }: Parts): void {
  const { socket } = connection
  const { buffers } = client
  const bytesMax = before.length * BYTES_PER_UNIT_MAX + piece.length + after.length
  const isAtOnce = !connection.target.isSecure && socket.writableLength === 0 && bytesMax <= buffers.write.length
  const buffer = isAtOnce ? buffers.write : Buffer.allocUnsafe(bytesMax)
  let at = before === '' ? 0 : buffer.write(before, 'utf8')
  buffer.set(piece, at)
  at += piece.length
  if (after !== '') at += buffer.write(after, at, 'latin1')
  const whole = buffer.subarray(0, at)
  if (isLast) socket.write(whole, connection.onFlushed)
  else socket.write(whole)
  if (isAtOnce && socket.writableLength > 0) buffers.write = Buffer.allocUnsafeSlow(WRITE_BUFFER_BYTES)
  if (socket.errored === null) connection.hasWritten = true
}
