import { close, constants, fstatSync, openSync, write, type Stats } from 'node:fs'
import { Socket } from 'node:net'
import type { Writable } from 'node:stream'

/** Where log lines go: an open descriptor that is never waited for. */
export interface LogSink {
  /**
   * Writes as much as the descriptor takes. One write at a time.
   *
   * @param done Called once, later: with how much was written, possibly nothing, or with what is wrong.
   */
  readonly write: (bytes: Buffer, done: WriteDone) => void
  readonly close: () => void
  /** True when a failed write wrote nothing, so that the rest can be written to the same descriptor later. */
  readonly keepsItsPlace: boolean
  /** Tells whether two sinks are the same file. */
  readonly identity: string
}

export type WriteDone = (fault: NodeJS.ErrnoException | null, written: number) => void

export type LogDestination = 'stdout' | { readonly file: string }

const STDOUT = 1
/** The log names callers: the owner writes, the group reads. */
const FILE_MODE = 0o640
/** Without waiting: a named pipe that nobody reads is an error, not a reason to stand still. */
const FILE_FLAGS =
  constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK | constants.O_NOCTTY

/**
 * Opens where log lines go. Files and terminals are written from the pool of threads; pipes and sockets through the event
 * loop, because a thread that waits for a reader who stands still would keep the process from ending.
 *
 * @throws What `node:fs` throws.
 */
export function openSink(destination: LogDestination): LogSink {
  if (destination === 'stdout') {
    const stats = fstatSync(STDOUT)
    return isPipe(stats) ? streamSink(process.stdout, stats, keepOpen) : fileSink(STDOUT, stats, keepOpen)
  }
  const descriptor = openSync(destination.file, FILE_FLAGS, FILE_MODE)
  const stats = fstatSync(descriptor)
  if (!isPipe(stats)) return fileSink(descriptor, stats, () => close(descriptor, ignoreFault))
  const socket = new Socket({ fd: descriptor, readable: false, writable: true })
  return streamSink(socket, stats, () => socket.destroy())
}

function isPipe(stats: Stats): boolean {
  return stats.isFIFO() || stats.isSocket()
}

/** Standard output is not ours to close. */
function keepOpen(): void {}

/** Nothing is left to do with a descriptor that does not even close. */
function ignoreFault(): void {}

function fileSink(descriptor: number, stats: Stats, closeIt: () => void): LogSink {
  return {
    keepsItsPlace: true,
    identity: identityOf(stats),
    close: closeIt,
    write: (bytes, done) => {
      write(descriptor, bytes, 0, bytes.length, null, (fault, written) => {
        if (fault === null) done(null, written)
        else if (fault.code === 'EAGAIN') done(null, 0)
        else done(fault, 0)
      })
    },
  }
}

function streamSink(stream: Writable, stats: Stats, closeIt: () => void): LogSink {
  // Each write is told of its own fault; unheard, the event would end the process.
  stream.on('error', ignoreFault)
  return {
    keepsItsPlace: false,
    identity: identityOf(stats),
    close: closeIt,
    write: (bytes, done) => {
      stream.write(bytes, (fault) => {
        if (fault) done(fault, 0)
        else done(null, bytes.length)
      })
    },
  }
}

function identityOf({ dev, ino }: Stats): string {
  return `${dev}:${ino}`
}
