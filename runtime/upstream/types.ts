/**
 * What forwarding knows of an upstream, whatever speaks to it. Callbacks run on the thread's loop, never inside the call
 * that registers them, and never after `onFault` or after the piece that was the last.
 */
export interface UpstreamClient {
  /** Starts one request. What becomes of it is told to `receiver`, once the call has returned. */
  readonly send: (request: UpstreamRequest, receiver: UpstreamReceiver) => UpstreamCall
  /** Lets what is in flight finish and closes idle connections; used when another table takes over. */
  readonly retire: () => void
  readonly stats: () => readonly TargetStats[]
}

export interface UpstreamRequest {
  /** Upper case. */
  readonly method: string
  /** Path and query, visible ASCII, beginning with "/". The target's own path is put before it. */
  readonly path: string
  /** Finished lines, each ended by CR LF. Without Host, Content-Length, Transfer-Encoding and Connection: the client writes them. */
  readonly headers: string
  /**
   * Null: none. Bytes: all of it. `bytes`: it comes through `UpstreamCall.write`, so many bytes of it; -1 for chunked.
   * Bytes given whole are kept until the answer's head, so that they can be sent again.
   */
  readonly body: null | Uint8Array | { readonly bytes: number }
  /** The most that may pass from now until the answer's head, all attempts together. Milliseconds. */
  readonly timeoutMs: number
}

/** One request under way. Its functions are methods: `call.write(piece)`, not `write(piece)`. After its end they do nothing. */
export interface UpstreamCall {
  /**
   * Sends a piece of the body. The piece is copied if it must be kept.
   *
   * @returns False when the upstream does not keep up: go on after `onDrain`.
   */
  readonly write: (piece: Uint8Array) => boolean
  /** The body is complete. */
  readonly end: () => void
  /** Stops reading the answer. At most one piece more may come. */
  readonly pause: () => void
  readonly resume: () => void
  /** Gives the request up; the connection dies, and nothing more is told. */
  readonly abort: () => void
  /** Who answered, or was tried last; for the log. */
  readonly attempt: () => Attempt
}

export interface Attempt {
  /** Position among the upstream's targets, or -1 while the request waits for a connection. */
  readonly target: number
  /** Times that the request was sent, or its connection tried. */
  readonly attempts: number
}

/** Called as methods. What one of them throws kills the connection and is a bug of the receiver. */
export interface UpstreamReceiver {
  /**
   * The answer's head, with as much of the body as came with it. 1xx answers are read over.
   *
   * @param piece  Valid until the callback returns. Empty when none came yet.
   * @param isLast True when the body is complete with it.
   */
  readonly onHead: (head: ResponseHead, piece: Uint8Array, isLast: boolean) => void
  /** More of the body. `piece` is valid until the callback returns. */
  readonly onBody: (piece: Uint8Array, isLast: boolean) => void
  /** The upstream takes more of the request's body. */
  readonly onDrain: () => void
  /** No answer, or no whole one: after `onHead` the caller's connection must be cut. */
  readonly onFault: (fault: UpstreamFault) => void
}

export interface ResponseHead {
  /** 200 to 599. */
  readonly status: number
  /**
   * Names in small letters and values in turn, one character a byte (latin1), in the order in which they came. Without what
   * is about the connection and the framing: Connection and what it names, Keep-Alive, Proxy-*, TE, Trailer,
   * Transfer-Encoding, Upgrade, Content-Length.
   */
  readonly fields: readonly string[]
  /** False when a field may hold a byte above ASCII. */
  readonly isAscii: boolean
  /** What Content-Length says (of HEAD and 304 too, which have no body), or -1 when it was not there. */
  readonly contentLength: number
  /** False for HEAD, 204 and 304. */
  readonly hasBody: boolean
}

export type UpstreamFault =
  /** No target accepts a connection, and not all of them by letting the time to connect pass. */
  | 'unreachable'
  /** What came is not HTTP as it must be, or the connection broke. */
  | 'broken'
  /** connect, response, idle, or the request's own time is up. */
  | 'timeout'
  /** All connections are busy and the queue is full. */
  | 'overloaded'

export interface TargetStats {
  /** As in the settings. */
  readonly url: string
  /** Connections, those that are being opened among them. */
  readonly open: number
  /** Of these: not idle. */
  readonly busy: number
  /** Requests that wait for a connection. */
  readonly queued: number
  /** Attempts that failed since the start: no connection, a broken answer, a time that was up. */
  readonly failures: number
}

/** What the client is made of: a row of the table with its secrets put in. */
export interface UpstreamSettings {
  readonly name: string
  readonly targets: readonly { readonly url: string; readonly weight: number }[]
  readonly connectMs: number
  readonly responseMs: number
  readonly idleMs: number
  readonly connections: number
  readonly queue: number
}
