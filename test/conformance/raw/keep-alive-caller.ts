import { connect, type Socket } from 'node:net'
import { NotHttp, readAnswers, statusOf, type Message } from '../support/read-http.ts'

/** What one request got. */
export type Outcome =
  | { readonly kind: 'whole'; readonly status: number; readonly answer: Message }
  /** The connection ended before the answer did, or before there was one. */
  | { readonly kind: 'cut'; readonly status: number; readonly answer: Message | null }
  | { readonly kind: 'not HTTP'; readonly why: string }
  | { readonly kind: 'nothing' }

/** A caller that asks again and again over one connection, and over a new one when that has ended. */
export interface KeepAliveCaller {
  readonly ask: (method: string, path: string) => Promise<Outcome>
  readonly close: () => void
}

const PATIENCE_MS = 5000

export function createCaller(port: number): KeepAliveCaller {
  let socket: Socket | null = null
  return {
    ask: async (method, path) => {
      if (socket === null || socket.destroyed || socket.readableEnded) socket = await open(port)
      const outcome = await exchange(socket, method, path)
      if (outcome.kind !== 'whole') socket.destroy()
      return outcome
    },
    close: () => void socket?.destroy(),
  }
}

function open(port: number): Promise<Socket> {
  return new Promise((done, fail) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => done(socket))
    socket.once('error', fail)
    socket.on('error', () => undefined)
  })
}

function exchange(socket: Socket, method: string, path: string): Promise<Outcome> {
  let bytes: Buffer = Buffer.alloc(0)
  return new Promise((resolve) => {
    const finish = (outcome: Outcome): void => {
      clearTimeout(timer)
      socket.off('data', onData).off('close', onClose)
      resolve(outcome)
    }
    const look = (ended: boolean): void => {
      const outcome = outcomeOf(bytes, method, ended)
      if (outcome !== null) finish(outcome)
    }
    const onData = (piece: Buffer): void => {
      bytes = Buffer.concat([bytes, piece])
      look(false)
    }
    const onClose = (): void => look(true)
    const timer = setTimeout(() => finish({ kind: 'nothing' }), PATIENCE_MS)
    socket.on('data', onData).once('close', onClose)
    socket.write(`${method} ${path} HTTP/1.1\r\nHost: a\r\n\r\n`)
  })
}

/** @returns Null as long as more may come. */
function outcomeOf(bytes: Buffer, method: string, ended: boolean): Outcome | null {
  try {
    const { messages, rest } = readAnswers(bytes, [method], false)
    const [answer, ...more] = messages
    if (more.length > 0) return { kind: 'not HTTP', why: 'more than one answer' }
    const status = answer === undefined ? 0 : statusOf(answer.start)
    if (answer?.complete === true && answer.framing !== 'close')
      return rest.length === 0
        ? { kind: 'whole', status, answer }
        : { kind: 'not HTTP', why: 'bytes behind the answer' }
    return ended ? { kind: 'cut', status, answer: answer ?? null } : null
  } catch (error) {
    if (error instanceof NotHttp) return { kind: 'not HTTP', why: error.message }
    throw error
  }
}
