import { hash, randomBytes } from 'node:crypto'

/**
 * What must not be shown twice: nonces of signatures, ids of proofs. A table of fixed size in shared memory, one for all
 * threads and all tables that come and go. Nothing that still counts ever gives way: where there is no room, the caller is
 * told, and refuses.
 */
export interface ReplayMemory {
  /**
   * Remembers what was shown, unless it is remembered already. Exact over all threads: of any number of calls with one
   * subject, one is told that it is new.
   *
   * @param subject Tells it from all others, its owner included.
   * @param untilMs When it need not be known any more because it is refused for its age. Wall clock.
   * @returns `full` when it is neither known nor could be remembered.
   */
  readonly remember: (subject: string, untilMs: number, nowMs: number) => 'new' | 'seen' | 'full'
  /** Opens the locks that a thread held when it died. */
  readonly forgetThread: (thread: number) => void
}

/** The sizes of a replay memory, as powers of two. */
export interface ReplayRoom {
  readonly buckets: number
  readonly ways: number
}

/** A million entries: 3 000 signatures a second for five minutes. Memory that nothing was written to costs nothing. */
const ROOM: ReplayRoom = { buckets: 32_768, ways: 32 }
/**
 * Entries stay so much longer than they are asked for: a request that has waited looks at the clock of its arrival, and must
 * still find what a later one would no longer need.
 */
const GRACE_MS = 60_000
const WORDS_PER_ENTRY = 4
const SEED_BYTES = 16
const FREE = 0
/** A text of one byte a character. Safe: the typings know only its other name, "binary". */
const ONE_BYTE_TEXT = 'latin1' as 'binary'

export function createReplayBuffer({ buckets, ways }: ReplayRoom = ROOM): SharedArrayBuffer {
  const entries = buckets * ways
  const buffer = new SharedArrayBuffer(SEED_BYTES + entries * 8 + buckets * 4 + entries * WORDS_PER_ENTRY * 4)
  // Callers choose nonces: without knowing the seed they cannot choose where these lie.
  new Uint8Array(buffer, 0, SEED_BYTES).set(randomBytes(SEED_BYTES))
  return buffer
}

/** @param thread Marks the locks that this thread holds. */
export function openReplayMemory(
  buffer: SharedArrayBuffer,
  thread: number,
  { buckets, ways }: ReplayRoom = ROOM,
): ReplayMemory {
  const entries = buckets * ways
  const seed = Buffer.from(Uint8Array.from(new Uint8Array(buffer, 0, SEED_BYTES))).toString('hex')
  const goneMs = new Float64Array(buffer, SEED_BYTES, entries)
  const locks = new Int32Array(buffer, SEED_BYTES + entries * 8, buckets)
  const hashes = new Int32Array(buffer, SEED_BYTES + entries * 8 + buckets * 4, entries * WORDS_PER_ENTRY)
  const mine = thread + 1

  const isAt = (entry: number, digest: string): boolean => {
    const from = entry * WORDS_PER_ENTRY
    for (let i = 0; i < WORDS_PER_ENTRY; i++) if (hashes[from + i] !== wordAt(digest, i)) return false
    return true
  }
  const rememberIn = (bucket: number, digest: string, until: number, nowMs: number): 'new' | 'seen' | 'full' => {
    let free = -1
    for (let entry = bucket * ways; entry < (bucket + 1) * ways; entry++) {
      if ((goneMs[entry] ?? 0) <= nowMs) free = entry
      else if (isAt(entry, digest)) return 'seen'
    }
    if (free < 0) return 'full'
    for (let i = 0; i < WORDS_PER_ENTRY; i++) hashes[free * WORDS_PER_ENTRY + i] = wordAt(digest, i)
    goneMs[free] = until + GRACE_MS
    return 'new'
  }

  return {
    remember: (subject, until, nowMs) => {
      const digest = hash('sha256', seed + subject, ONE_BYTE_TEXT)
      const bucket = wordAt(digest, WORDS_PER_ENTRY) & (buckets - 1)
      while (Atomics.compareExchange(locks, bucket, FREE, mine) !== FREE);
      const result = rememberIn(bucket, digest, until, nowMs)
      Atomics.store(locks, bucket, FREE)
      return result
    },
    forgetThread: (dead) => {
      for (let bucket = 0; bucket < buckets; bucket++) Atomics.compareExchange(locks, bucket, dead + 1, FREE)
    },
  }
}

/** The word of 32 bits at a position of a digest. */
function wordAt(digest: string, i: number): number {
  const from = i * 4
  return (
    (digest.charCodeAt(from) << 24) |
    (digest.charCodeAt(from + 1) << 16) |
    (digest.charCodeAt(from + 2) << 8) |
    digest.charCodeAt(from + 3)
  )
}
