/** The engine's side of a socket: what it corks, keeps and loses (uWebSockets' AsyncSocket as of 20.51). */
export interface FakeSocket {
  /** @returns How much was taken; with `optionally` nothing is kept that the socket does not take. */
  readonly write: (bytes: Buffer, optionally: boolean) => number
  /** True when the last write found the socket full. */
  readonly hasFailed: () => boolean
  readonly cork: (callback: () => void) => void
  readonly corkRoom: () => number
  /** Sends what is kept, as far as it fits. */
  readonly drain: () => void
  /** The other side takes so many bytes. */
  readonly take: (bytes: number) => void
  /** Calls back if a write failed and there is room again; as Linux, when a third of it is free. */
  readonly tellWritable: (callback: () => void) => void
  readonly wantsWritable: () => boolean
  readonly held: () => number
  readonly isFlushed: () => boolean
  readonly keptMax: () => number
  readonly sent: () => Buffer
}

interface SocketState {
  readonly socketBytes: number
  readonly corkBytes: number
  readonly sent: Buffer[]
  held: number
  kept: Buffer
  keptMax: number
  corked: Buffer | null
  lastFailed: boolean
  wantsWritable: boolean
  failed: boolean
}

export function createFakeSocket(
  sizes: Pick<SocketState, 'socketBytes' | 'corkBytes'> & { heldBytes: number },
): FakeSocket {
  const { socketBytes, corkBytes, heldBytes } = sizes
  const state: SocketState = {
    socketBytes,
    corkBytes,
    sent: [],
    held: heldBytes,
    kept: Buffer.alloc(0),
    keptMax: 0,
    corked: null,
    lastFailed: false,
    wantsWritable: false,
    failed: false,
  }
  return {
    write: (bytes, optionally) => writeOut(state, bytes, optionally),
    hasFailed: () => state.failed,
    cork: (callback) => {
      if (state.corked !== null) return callback()
      state.corked = Buffer.alloc(0)
      try {
        callback()
      } finally {
        uncork(state, Buffer.alloc(0), false)
      }
    },
    corkRoom: () => corkBytes - (state.corked?.length ?? corkBytes),
    drain: () => {
      writeOut(state, Buffer.alloc(0), false)
    },
    take: (bytes) => {
      state.held = Math.max(0, state.held - bytes)
    },
    tellWritable: (callback) => {
      if (!state.wantsWritable || (socketBytes - state.held) * 3 < socketBytes) return
      state.lastFailed = false
      callback()
      state.wantsWritable = state.lastFailed
    },
    wantsWritable: () => state.wantsWritable,
    held: () => state.held,
    isFlushed: () => state.kept.length === 0,
    keptMax: () => state.keptMax,
    sent: () => Buffer.concat(state.sent),
  }
}

function writeOut(state: SocketState, bytes: Buffer, optionally: boolean): number {
  state.failed = false
  if (state.kept.length > 0) {
    state.kept = state.kept.subarray(toSocket(state, state.kept))
    if (state.kept.length > 0) {
      state.failed = true
      if (optionally) return 0
      return keep(state, bytes)
    }
  }
  if (bytes.length === 0) return 0
  if (state.corked !== null) {
    if (state.corkBytes - state.corked.length < bytes.length) return uncork(state, bytes, optionally)
    state.corked = Buffer.concat([state.corked, bytes])
    return bytes.length
  }
  const written = toSocket(state, bytes)
  if (written === bytes.length) return written
  state.failed = true
  return optionally ? written : keep(state, bytes.subarray(written)) + written
}

/** What comes with a cork that cannot be sent is lost: the fault of the engine that pieces are cut small for. */
function uncork(state: SocketState, bytes: Buffer, optionally: boolean): number {
  const corked = state.corked ?? Buffer.alloc(0)
  state.corked = null
  if (corked.length > 0) {
    writeOut(state, corked, false)
    if (state.failed) return 0
  }
  return writeOut(state, bytes, optionally)
}

function keep(state: SocketState, bytes: Buffer): number {
  state.kept = Buffer.concat([state.kept, bytes])
  state.keptMax = Math.max(state.keptMax, state.kept.length)
  return bytes.length
}

function toSocket(state: SocketState, bytes: Buffer): number {
  const written = Math.min(bytes.length, state.socketBytes - state.held)
  state.sent.push(Buffer.from(bytes.subarray(0, written)))
  state.held += written
  if (written < bytes.length) {
    state.lastFailed = true
    state.wantsWritable = true
  }
  return written
}
