/** The thread's side of a ring. */
export interface LogRing {
  /**
   * Adds one line, given without its line break.
   *
   * @returns False when it does not fit: it is dropped, and counted.
   */
  readonly put: (line: string) => boolean
}

/** The main thread's side. */
export interface LogRingReader {
  /** Whole lines with their line breaks, as many as there are, in bytes of their own. Null when there is none. */
  readonly take: () => Buffer | null
  /** Lines that did not fit, ever. */
  readonly dropped: () => number
}

const MIB = 1024 * 1024
/** At 70 000 lines a second the writer may be 120 ms late, as it is when all share one core. */
const RING_BYTES = 4 * MIB
/** A line is made of names and numbers; what is longer is none of ours. */
const LINE_BYTES_MAX = 16_384
/** UTF-8 of one UTF-16 unit. */
const BYTES_PER_UNIT_MAX = 3
const NEW_LINE = 0x0a
const WORD_BYTES = 4

/** Words that different threads write lie in different cache lines. */
const WRITTEN = 0
const READ = 32
const DROPPED = 64
const DATA_AT = 96 * WORD_BYTES

/** @returns Bytes of one thread's ring. */
export function logRingBytes(): number {
  return DATA_AT + RING_BYTES
}

/** @param bytes Of the memory; what lies behind its head must be a power of two. */
export function createLogRing(bytes: number = logRingBytes()): SharedArrayBuffer {
  const room = bytes - DATA_AT
  if (room < 2 || (room & (room - 1)) !== 0) throw new RangeError(`a ring of ${room} bytes is no power of two`)
  return new SharedArrayBuffer(bytes)
}

/**
 * Opens a ring to write lines: one producer, one consumer, no locks. Positions count bytes and wrap at 2^32, which is a
 * multiple of the ring's size. A thread that takes the place of one that died goes on where that stopped.
 */
export function openLogRing(memory: SharedArrayBuffer): LogRing {
  const positions = new Int32Array(memory, 0, DATA_AT / WORD_BYTES)
  const data = Buffer.from(memory, DATA_AT)
  const size = data.length
  const longest = Math.min(LINE_BYTES_MAX, size - 1)
  const scratch = Buffer.alloc(longest * BYTES_PER_UNIT_MAX)
  let written = Atomics.load(positions, WRITTEN)
  let read = Atomics.load(positions, READ)

  const free = (): number => size - ((written - read) | 0)
  const hasRoom = (bytes: number): boolean => {
    if (free() >= bytes) return true
    read = Atomics.load(positions, READ)
    return free() >= bytes
  }
  const drop = (): false => {
    Atomics.add(positions, DROPPED, 1)
    return false
  }
  /** Where the line would cross the end, or its length in bytes decides whether it fits. */
  const putCopied = (line: string): boolean => {
    const bytes = scratch.write(line)
    if (bytes > longest || !hasRoom(bytes + 1)) return drop()
    scratch[bytes] = NEW_LINE
    const at = written & (size - 1)
    const first = Math.min(bytes + 1, size - at)
    data.set(scratch.subarray(0, first), at)
    data.set(scratch.subarray(first, bytes + 1), 0)
    return publish(bytes + 1)
  }
  const publish = (bytes: number): true => {
    written = (written + bytes) | 0
    Atomics.store(positions, WRITTEN, written)
    return true
  }

  return {
    put: (line) => {
      if (line.length > longest) return drop()
      const most = line.length * BYTES_PER_UNIT_MAX + 1
      const at = written & (size - 1)
      if (most > longest || at + most > size || !hasRoom(most)) return putCopied(line)
      const bytes = data.write(line, at)
      data[at + bytes] = NEW_LINE
      return publish(bytes + 1)
    },
  }
}

/** Opens a ring to read what its thread wrote. */
export function readLogRing(memory: SharedArrayBuffer): LogRingReader {
  const positions = new Int32Array(memory, 0, DATA_AT / WORD_BYTES)
  const data = Buffer.from(memory, DATA_AT)
  const size = data.length
  return {
    dropped: () => Atomics.load(positions, DROPPED) >>> 0,
    take: () => {
      const read = Atomics.load(positions, READ)
      const bytes = (Atomics.load(positions, WRITTEN) - read) | 0
      if (bytes === 0) return null
      const at = read & (size - 1)
      const taken = Buffer.allocUnsafe(bytes)
      const first = data.copy(taken, 0, at, Math.min(at + bytes, size))
      data.copy(taken, first, 0, bytes - first)
      Atomics.store(positions, READ, (read + bytes) | 0)
      return taken
    },
  }
}
