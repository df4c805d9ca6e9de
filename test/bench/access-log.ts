import { closeSync, openSync, readSync, truncateSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** What a round left in a candidate's access log. */
export interface LogCount {
  readonly lines: number
  /** The last one, for a look at what is in it. Empty when there is none. */
  readonly lastLine: string
}

const LINE_FEED = 0x0a
const PIECE_BYTES = 1 << 20
const LINE_BYTES_MAX = 8192
const LOOK_EVERY_MS = 50
/** nginx gathers lines for as long as a second. */
const QUIET_MS = 1200
const WAIT_MS_MAX = 30_000

/**
 * Waits until nothing more is written, then counts the lines and empties the log. It must be written by appending, as a log
 * that is rotated in place is.
 *
 * @param quietMs How long nothing must come until all has.
 */
export async function takeLog(file: string, quietMs = QUIET_MS): Promise<LogCount> {
  const descriptor = openSync(file, 'r')
  const piece = Buffer.alloc(PIECE_BYTES)
  let bytes = 0
  let lines = 0
  try {
    let silentMs = 0
    const deadlineMs = performance.now() + WAIT_MS_MAX
    while (silentMs < quietMs && performance.now() < deadlineMs) {
      const more = readSync(descriptor, piece, 0, PIECE_BYTES, bytes)
      lines += countLines(piece.subarray(0, more))
      bytes += more
      silentMs = more > 0 ? 0 : silentMs + LOOK_EVERY_MS
      if (more === PIECE_BYTES) continue
      await sleep(LOOK_EVERY_MS)
    }
    const start = Math.max(0, bytes - LINE_BYTES_MAX)
    const tail = piece.toString('utf8', 0, readSync(descriptor, piece, 0, bytes - start, start))
    truncateSync(file)
    return { lines, lastLine: tail.trimEnd().split('\n').at(-1) ?? '' }
  } finally {
    closeSync(descriptor)
  }
}

function countLines(piece: Buffer): number {
  let lines = 0
  for (let at = piece.indexOf(LINE_FEED); at >= 0; at = piece.indexOf(LINE_FEED, at + 1)) lines++
  return lines
}
