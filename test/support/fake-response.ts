import type { EngineResponse, EngineText } from '../../runtime/engine/types.ts'
import { createFakeSocket } from './fake-socket.ts'

/**
 * An engine's response that keeps the engine's rules (reference/engine.md): what would corrupt an answer, deafen a
 * connection or end the process is a fault here. Underneath is a socket that takes only so much, as a slow caller's does.
 */
export interface FakeResponse {
  readonly response: EngineResponse
  /** Rules that were broken. What was thrown for it may have been caught. */
  readonly faults: readonly string[]
  /** Runs the engine's handler. */
  readonly handle: (handler: () => void) => void
  /** A piece of the request's body comes. Its memory is taken back when the callback returns. */
  readonly receive: (bytes: Uint8Array, isLast: boolean) => void
  /** The caller's side takes so many bytes, then the engine tells the response if it must. */
  readonly take: (bytes: number) => void
  /** Takes all that comes, until nothing more does. */
  readonly takeAll: () => void
  /** The caller goes away. */
  readonly abort: () => void
  /** All bytes that were handed to the socket. */
  readonly sent: () => Buffer
  /** The most that the engine had to keep, beside its socket. */
  readonly keptMax: () => number
  readonly isPaused: () => boolean
  readonly isClosed: () => boolean
  /** True when nothing more is read from the connection, so that no request behind this one is run. */
  readonly isDeaf: () => boolean
  /** How often the engine's timer of the request's body was set anew. */
  readonly rearms: () => number
}

const CORK_BYTES = 16_384

/**
 * @param socketBytes What the socket holds before it is full.
 * @param heldBytes   How much of that is still taken by an answer before this one.
 */
export function createFakeResponse({
  socketBytes = 65_536,
  heldBytes = 0,
}: {
  readonly socketBytes?: number
  readonly heldBytes?: number
} = {}): FakeResponse {
  const socket = createFakeSocket({ socketBytes, heldBytes, corkBytes: CORK_BYTES })
  const faults: string[] = []
  const state = {
    inHandler: false,
    valid: true,
    closed: false,
    status: false,
    body: 'none' as 'none' | 'chunks' | 'known',
    total: -1,
    offset: 0,
    paused: false,
    received: false,
    rearms: 0,
    closesAfter: false,
    saysClose: false,
    corks: 0,
  }
  let onAborted: (() => void) | null = null
  let onWritable: ((offset: number) => boolean) | null = null
  let onData: ((chunk: ArrayBuffer, isLast: boolean) => void) | null = null

  const fault = (rule: string): never => {
    faults.push(rule)
    throw new Error(rule)
  }
  const use = (call: string): void => {
    if (!state.valid) fault(`${call} after the response was over`)
  }
  const write = (text: EngineText, optionally = false): number => {
    const bytes = typeof text === 'string' ? Buffer.from(text) : Buffer.from(text)
    if (state.corks === 0) fault('a write without a cork')
    return socket.write(bytes, optionally)
  }
  const head = (): void => {
    if (state.status) return
    state.status = true
    write('HTTP/1.1 200 OK\r\n')
  }
  const header = (name: string, value: EngineText): void => {
    if (state.body !== 'none') fault('a header behind the head')
    if (name.toLowerCase() === 'connection') state.saysClose = true
    head()
    write(`${name}: `)
    write(value)
    write('\r\n')
  }
  const forget = (): void => {
    state.valid = false
    onAborted = null
    onWritable = null
  }
  const over = (): void => {
    // Only what says that it closes may end so: the engine closes a connection that nothing is read from any more.
    if (state.paused && !state.saysClose) fault('an end while paused, which leaves the connection deaf')
    forget()
  }
  const kill = (): void => {
    const aborted = onAborted
    state.closed = true
    forget()
    onData = null
    aborted?.()
  }

  const response: EngineResponse = {
    writeStatus: (status) => {
      use('writeStatus')
      if (state.status) fault('a second status')
      if (!/^[2-5][0-9][0-9] /.test(status)) fault(`a status that is none: ${status}`)
      state.status = true
      write(`HTTP/1.1 ${status}\r\n`)
      return response
    },
    getX509Certificate: () => {
      use('getX509Certificate')
      return ''
    },
    writeHeader: (name, value) => {
      use('writeHeader')
      header(name, value)
      return response
    },
    write: (chunk) => {
      use('write')
      if (state.body === 'known') fault('a chunk in an answer of known length')
      if (chunk.length === 0) return true
      if (state.body === 'none') header('transfer-encoding', 'chunked\r\ndate: now\r\n')
      state.body = 'chunks'
      const bytes = Buffer.from(chunk)
      write(`${bytes.length.toString(16)}\r\n`)
      if (bytes.length > socket.corkRoom()) fault('a corked chunk that may be lost')
      write(bytes)
      const failed = socket.hasFailed()
      write('\r\n')
      return !failed
    },
    end: (...args) => {
      const [body = '', close = false] = args
      use('end')
      if (close && state.inHandler) fault('an end that closes in the handler, which does not close')
      if (state.body === 'known') fault('an end of an answer of known length')
      if (state.body === 'chunks') {
        if (close) fault('an end that closes behind chunks, which writes into them')
        if (body.length > 0) fault('a last chunk in the end, which may be lost')
        write('0\r\n\r\n')
      } else {
        if (close) header('Connection', 'close')
        const bytes = Buffer.from(body)
        header('content-length', `${bytes.length}\r\ndate: now\r\n`)
        if (bytes.length > 0) write(bytes)
      }
      over()
      state.closesAfter = close
      return response
    },
    endWithoutBody: (...args: unknown[]) => {
      use('endWithoutBody')
      if (args.length > 0) fault('endWithoutBody with a length, which ends the process')
      if (state.body !== 'none') fault('endWithoutBody behind a body')
      head()
      write('date: now\r\n\r\n')
      over()
      return response
    },
    tryEnd: (chunk, total) => {
      use('tryEnd')
      if (state.body === 'chunks') fault('a known length behind chunks')
      if (state.body === 'known' && state.total !== total) fault('another length than before')
      if (state.body === 'none') header('content-length', `${total}\r\ndate: now\r\n`)
      state.body = 'known'
      state.total = total
      const bytes = Buffer.from(chunk)
      if (state.offset + bytes.length > total) fault('more than the length that was told')
      const written = write(bytes, true)
      state.offset += written
      const done = state.offset === total
      if (done) over()
      return [written === bytes.length && !socket.hasFailed(), done]
    },
    getWriteOffset: () => {
      use('getWriteOffset')
      return state.offset
    },
    onWritable: (handler) => {
      use('onWritable')
      onWritable = handler
      return response
    },
    onAborted: (handler) => {
      use('onAborted')
      onAborted = handler
      return response
    },
    onData: (handler) => {
      use('onData')
      if (!state.inHandler) fault('onData outside the handler, which comes too late')
      onData = handler
      return response
    },
    pause: () => {
      use('pause')
      if (state.received && !state.saysClose) fault('a pause behind the last piece')
      state.paused = true
    },
    resume: () => {
      use('resume')
      if (state.received) fault('a resume behind the last piece, which sets a timer')
      state.paused = false
      state.rearms++
    },
    getRemoteAddress: () => Uint8Array.of(192, 0, 2, 1).buffer,
    cork: (callback) => {
      use('cork')
      state.corks++
      try {
        socket.cork(callback)
      } finally {
        state.corks--
      }
      return response
    },
    close: () => {
      use('close')
      kill()
      return response
    },
  }

  const take = (bytes: number): void => {
    if (state.closed) return
    socket.take(bytes)
    socket.tellWritable(() => {
      if (onWritable !== null) onWritable(state.offset)
      else socket.drain()
    })
    if (!state.valid && state.closesAfter && socket.isFlushed()) state.closed = true
  }

  return {
    response,
    faults,
    handle: (handler) => {
      state.inHandler = true
      handler()
      state.inHandler = false
      if (state.valid && onAborted === null) faults.push('a handler that leaves nothing behind, which ends the process')
    },
    receive: (bytes, isLast) => {
      if (state.closed || onData === null) return
      state.received = isLast
      const lent = Uint8Array.from(bytes).buffer
      onData(lent, isLast)
      structuredClone(lent, { transfer: [lent] })
    },
    take,
    takeAll: () => {
      while (!state.closed && (socket.held() > 0 || socket.wantsWritable())) take(socketBytes)
    },
    abort: kill,
    sent: socket.sent,
    keptMax: socket.keptMax,
    isPaused: () => state.paused,
    isClosed: () => state.closed || (state.closesAfter && socket.isFlushed()),
    isDeaf: () => !state.valid && (state.closed || state.closesAfter || state.paused),
    rearms: () => state.rearms,
  }
}
