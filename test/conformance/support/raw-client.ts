import { connect } from 'node:net'
import { connect as connectTls, type ConnectionOptions } from 'node:tls'
import { readAnswers, statusOf, type Message } from './read-http.ts'

/** What became of one connection. */
export interface RawResult {
  readonly bytes: Buffer
  /** One character a byte. */
  readonly text: string
  /** How the connection ended, or `open`. */
  readonly ended: 'end' | 'reset' | 'open'
  readonly afterMs: number
}

export interface RawOptions {
  /** Between two parts. */
  readonly gapMs?: number
  /** The test goes on when this holds for what came so far; else when the connection ends. */
  readonly until?: (text: string) => boolean
  /** The same, when so many bytes have come: for large answers. */
  readonly untilBytes?: number
  /** The test goes on after this time, whatever has come. */
  readonly waitMs?: number
  /** The connection is watched so much longer once `until` holds. */
  readonly watchMs?: number
  /** Nothing is read before. */
  readonly readAfterMs?: number
  /** The address of 127.0.0.0/8 that the connection comes from. */
  readonly from?: string
  /** Over TLS, with these besides. */
  readonly tls?: ConnectionOptions
}

const WAIT_MS = 5000

/** Sends bytes on a connection of their own, part by part, and takes down what comes back. */
export function sendRaw(port: number, parts: Part | readonly Part[], options: RawOptions = {}): Promise<RawResult> {
  const { gapMs = 5, until, untilBytes = Infinity, waitMs = WAIT_MS, watchMs = 0, readAfterMs = 0, from, tls } = options
  const startMs = performance.now()
  return new Promise((resolve) => {
    const plain = connect({
      port,
      host: '127.0.0.1',
      allowHalfOpen: true,
      noDelay: true,
      ...(from === undefined ? {} : { localAddress: from }),
    })
    const socket = tls === undefined ? plain : connectTls({ ...tls, socket: plain })
    if (readAfterMs > 0) {
      socket.pause()
      setTimeout(() => socket.resume(), readAfterMs)
    }
    const pieces: Buffer[] = []
    let ended: RawResult['ended'] = 'open'
    let watching: NodeJS.Timeout | undefined
    const finish = (): void => {
      clearTimeout(limit)
      clearTimeout(watching)
      socket.destroy()
      const bytes = Buffer.concat(pieces)
      resolve({ bytes, text: bytes.toString('latin1'), ended, afterMs: performance.now() - startMs })
    }
    const limit = setTimeout(finish, waitMs)
    let received = 0
    socket.on('data', (piece) => {
      pieces.push(piece)
      received += piece.length
      if (watching !== undefined) return
      const isThere = received >= untilBytes || until?.(Buffer.concat(pieces).toString('latin1')) === true
      if (isThere) watching = setTimeout(finish, watchMs)
    })
    socket.on('end', () => {
      ended = 'end'
      finish()
    })
    socket.on('error', () => {
      ended = 'reset'
      finish()
    })
    socket.on(
      tls === undefined ? 'connect' : 'secureConnect',
      () => void writeParts([parts].flat(), gapMs, socket.write.bind(socket)),
    )
  })
}

/**
 * Sends requests on one connection, each when the one before was answered.
 *
 * @param methods Of the requests; GET where there is none.
 */
export function sendInTurn(
  port: number,
  requests: readonly Part[],
  methods: readonly string[] = [],
  { waitMs = WAIT_MS }: Pick<RawOptions, 'waitMs'> = {},
): Promise<RawResult> {
  const startMs = performance.now()
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
    const pieces: Buffer[] = []
    let sent = 0
    const finish = (ended: RawResult['ended']): void => {
      clearTimeout(limit)
      socket.destroy()
      const bytes = Buffer.concat(pieces)
      resolve({ bytes, text: bytes.toString('latin1'), ended, afterMs: performance.now() - startMs })
    }
    const limit = setTimeout(() => finish('open'), waitMs)
    const goOn = (): void => {
      if (sent > 0 && !answered(sent, methods)(Buffer.concat(pieces).toString('latin1'))) return
      const request = requests[sent++]
      if (request === undefined) finish('open')
      else socket.write(typeof request === 'string' ? Buffer.from(request, 'latin1') : request)
    }
    socket.on('connect', goOn)
    socket.on('data', (piece) => {
      pieces.push(piece)
      goOn()
    })
    socket.on('end', () => finish('end'))
    socket.on('error', () => finish('reset'))
  })
}

export type Part = string | Buffer

async function writeParts(parts: readonly Part[], gapMs: number, write: (part: Buffer) => boolean): Promise<void> {
  for (const [i, part] of parts.entries()) {
    if (i > 0) await new Promise((done) => setTimeout(done, gapMs))
    write(typeof part === 'string' ? Buffer.from(part, 'latin1') : part)
  }
}

/** The answers in what came back, all of them whole and nothing behind them. @throws When there is anything else. */
export function answersIn({ bytes, ended }: RawResult, methods: readonly string[] = []): readonly Message[] {
  const { messages, rest } = readAnswers(bytes, methods, ended === 'end')
  if (rest.length > 0) throw new Error(`no whole answer: ${JSON.stringify(rest.toString('latin1').slice(0, 300))}`)
  return messages
}

/** Their statuses. */
export function statusesIn(result: RawResult, methods: readonly string[] = []): number[] {
  return answersIn(result, methods).map(({ start }) => statusOf(start))
}

/** For `until`: so many whole answers have come. */
export function answered(count: number, methods: readonly string[] = []): (text: string) => boolean {
  return (text) => {
    const { messages } = readAnswers(Buffer.from(text, 'latin1'), methods, false)
    return messages.filter(({ complete }) => complete).length >= count
  }
}
