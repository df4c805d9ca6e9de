/**
 * The calls of uWebSockets.js that the runtime uses, as they behave in 20.51. What must not be called is left out.
 * Buffers that callbacks get are valid until they return.
 */

export type EngineText = string | Uint8Array

export interface EngineResponse {
  /** The status line behind the version: "404 Not Found". Once, before any header. */
  writeStatus(status: string): this
  /** Checks nothing: a CR LF in a value begins another header. */
  writeHeader(name: string, value: EngineText): this
  /** One chunk of a chunked answer. False when the socket is full; the chunk is kept then, without a bound. */
  write(chunk: EngineText): boolean
  /** Adds Content-Length to an answer that was not streamed. With `close`, wrong after `write` and without effect in the handler. */
  end(body?: EngineText, close?: boolean): this
  /** Never with a length: it breaks the connection. */
  endWithoutBody(): this
  /** Sends what fits of a body whose length is known. */
  tryEnd(chunk: EngineText, totalBytes: number): [ok: boolean, done: boolean]
  /** Bytes of the body sent so far. */
  getWriteOffset(): number
  /** Once a stream is registered here, the engine no longer drains its own backlog: an empty `cork` does. */
  onWritable(handler: (offset: number) => boolean): this
  /** After it, every use of this object throws. Must be registered before the handler returns, or the process dies. */
  onAborted(handler: () => void): this
  /** The body, piece by piece; the last piece may be empty. */
  onData(handler: (chunk: ArrayBuffer, isLast: boolean) => void): this
  /**
   * Stops reading; a caller that leaves is not noticed until `resume`. Not heeded as long as each read brings 512 KB: then
   * the engine reads on.
   */
  pause(): void
  resume(): void
  /** 4 or 16 bytes. Never the address of a PROXY header, which anybody may send. */
  getRemoteAddress(): ArrayBuffer
  /** Of an SSLApp only: the caller's certificate as PEM, also in a resumed session; "" when it showed none. */
  getX509Certificate(): string
  cork(callback: () => void): this
  /** Closes the connection at once. */
  close(): this
}

export interface EngineRequest {
  getUrl(): string
  /** Undefined when there is no "?". */
  getQuery(): string | undefined
  getCaseSensitiveMethod(): string
  forEach(callback: (name: string, value: string) => void): void
}

export type EngineListenSocket = object

export interface EngineApp {
  any(pattern: string, handler: (response: EngineResponse, request: EngineRequest) => void): this
  listen(host: string, port: number, options: number, callback: (socket: EngineListenSocket | false) => void): this
  /** Called with 1 for each new connection and -1 for each that ends. */
  filter(callback: (response: EngineResponse, count: number) => void): this
  close(): this
}

/** Paths of PEM files. */
export interface EngineTlsFiles {
  readonly cert_file_name: string
  readonly key_file_name: string
  /** Asks callers for a certificate, and ends the handshake where one comes that these authorities did not sign. */
  readonly ca_file_name?: string
}

export interface Engine {
  App(): EngineApp
  /** TLS 1.2 and 1.3, HTTP/1.1 only. Throws without a reason when it does not like a file. */
  SSLApp(files: EngineTlsFiles): EngineApp
  us_listen_socket_close(socket: EngineListenSocket): void
  us_socket_local_port(socket: EngineListenSocket): number
  _cfg(setting: 'silent'): void
  readonly LIBUS_LISTEN_EXCLUSIVE_PORT: number
}
