import type { LogRingReader } from './log-ring.ts'

/** The lines under way from the rings to the descriptor, and how many of them never got there. */
export interface LogChunks {
  /** What is to be written next; taken from the rings when all before it is written. Null when there is none. */
  readonly next: () => Buffer | null
  /** So many bytes of it are written. @returns True when some are left. */
  readonly advance: (bytes: number) => boolean
  /** True when the descriptor holds only the beginning of a line. */
  readonly isWithinLine: () => boolean
  /** Gives the rest of such a line up: what stands in one file cannot be completed in another. */
  readonly dropRestOfLine: () => void
  /** Gives up what was taken and not written. */
  readonly dropTaken: () => void
  /** Gives up what waits in the rings, too. @returns Lines given up. */
  readonly dropAll: () => number
  /** Lines that are in no log. */
  readonly dropped: () => number
  /** Settles when all lines put before are written, or `release` is called. */
  readonly written: () => Promise<void>
  readonly isAwaited: () => boolean
  readonly release: () => void
}

/** Someone who waits; `taken` once the lines put before are in the chunk under way. */
interface Waiter {
  readonly settle: () => void
  taken: boolean
}

const NEW_LINE = 0x0a

export function createLogChunks(readers: readonly LogRingReader[]): LogChunks {
  let chunk: Buffer | null = null
  let isWithinLine = false
  let lost = 0
  let waiters: Waiter[] = []

  const take = (): Buffer | null => {
    const pieces = readers.map((reader) => reader.take()).filter((piece) => piece !== null)
    return pieces.length < 2 ? (pieces[0] ?? null) : Buffer.concat(pieces)
  }
  const settle = (isDone: (waiter: Waiter) => boolean): void => {
    const done = waiters.filter(isDone)
    waiters = waiters.filter((waiter) => !isDone(waiter))
    for (const waiter of done) waiter.settle()
  }
  const lose = (bytes: Buffer | null): number => {
    const lines = bytes === null ? 0 : linesIn(bytes)
    lost += lines
    return lines
  }
  const dropTaken = (): number => {
    const lines = lose(chunk)
    chunk = null
    isWithinLine = false
    return lines
  }

  return {
    isWithinLine: () => isWithinLine,
    isAwaited: () => waiters.length > 0,
    release: () => settle(() => true),
    written: () => new Promise((resolve) => waiters.push({ settle: resolve, taken: false })),
    dropped: () => readers.reduce((sum, reader) => sum + reader.dropped(), lost),
    dropTaken,
    dropAll: () => dropTaken() + lose(take()),
    next: () => {
      if (chunk !== null) return chunk
      for (const waiter of waiters) waiter.taken = true
      chunk = take()
      return chunk
    },
    advance: (bytes) => {
      if (chunk === null || bytes === 0) return chunk !== null
      isWithinLine = chunk[bytes - 1] !== NEW_LINE
      chunk = bytes === chunk.length ? null : chunk.subarray(bytes)
      if (chunk === null) settle((waiter) => waiter.taken)
      return chunk !== null
    },
    dropRestOfLine: () => {
      const rest = chunk?.subarray(chunk.indexOf(NEW_LINE) + 1)
      chunk = rest === undefined || rest.length === 0 ? null : rest
      isWithinLine = false
      lost++
    },
  }
}

function linesIn(bytes: Buffer): number {
  let lines = 0
  for (let at = bytes.indexOf(NEW_LINE); at >= 0; at = bytes.indexOf(NEW_LINE, at + 1)) lines++
  return lines
}
