import { hashOf, hasWords, seedOf } from './hash-words.ts'

/**
 * Counters for subjects that nobody has listed: client addresses. A table of fixed size in shared memory; where a bucket is
 * full, the entry that is nearest to its full allowance gives way, which is the one that loses least.
 */
export interface AddressTable {
  /**
   * The entry of one address under one counter, made if it is not there.
   *
   * @param words   The address, four words of 32 bits.
   * @param counter Tells counters of one address apart, above 0.
   * @param nowMs   Entries that are full again by then give way first.
   */
  readonly find: (words: Int32Array, counter: number, nowMs: number) => number
  /** The same, or -1 where there is none: looking takes nobody's place. */
  readonly look: (words: Int32Array, counter: number) => number
  /** What rates and quotas have used: the bits of a double in each entry. */
  readonly cells: BigInt64Array
  /** When an entry's allowance is full again. Only a hint for what gives way. */
  readonly fullAtMs: Float64Array
  /** Requests in flight, for entries that count those. An entry that counts any gives way last. */
  readonly inFlight: Int32Array
  /** Entries that count requests in flight belong to one thread: their counter's number is a multiple of the threads plus its own. */
  readonly forgetThread: (thread: number) => void
}

const BUCKETS = 8192
const WAYS = 8
const ENTRIES = BUCKETS * WAYS
const WORDS_PER_KEY = 5
const FREE = 0
const NONE = -1

const LOCKS_AT = 0
const KEYS_AT = LOCKS_AT + BUCKETS * 4
const IN_FLIGHT_AT = KEYS_AT + ENTRIES * WORDS_PER_KEY * 4
const CELLS_AT = IN_FLIGHT_AT + ENTRIES * 4
const FULL_AT = CELLS_AT + ENTRIES * 8
const SEED_AT = FULL_AT + ENTRIES * 8
const BYTES = SEED_AT + 8

export function addressTableBytes(): number {
  return BYTES
}

/** @param thread Marks the locks that this thread holds, so that those of a dead one can be opened. */
export function createAddressTable(memory: SharedArrayBuffer, thread: number): AddressTable {
  const locks = new Int32Array(memory, LOCKS_AT, BUCKETS)
  const keys = new Int32Array(memory, KEYS_AT, ENTRIES * WORDS_PER_KEY)
  const inFlight = new Int32Array(memory, IN_FLIGHT_AT, ENTRIES)
  const cells = new BigInt64Array(memory, CELLS_AT, ENTRIES)
  const fullAtMs = new Float64Array(memory, FULL_AT, ENTRIES)
  const seed = new Int32Array(memory, SEED_AT, 2)
  const mine = thread + 1

  const entryOf = (bucket: number, words: Int32Array, counter: number): number => {
    for (let entry = bucket * WAYS; entry < (bucket + 1) * WAYS; entry++) {
      const at = entry * WORDS_PER_KEY
      if (keys[at + 4] === counter && hasWords(keys, at, words)) return entry
    }
    return NONE
  }
  const make = (bucket: number, words: Int32Array, counter: number, nowMs: number): number => {
    let victim = bucket * WAYS
    for (let entry = victim + 1; entry < (bucket + 1) * WAYS; entry++) {
      if (freeAt(entry) < freeAt(victim)) victim = entry
    }
    const at = victim * WORDS_PER_KEY
    for (let i = 0; i < 4; i++) keys[at + i] = words[i] ?? 0
    keys[at + 4] = counter
    Atomics.store(cells, victim, 0n)
    Atomics.store(inFlight, victim, 0)
    fullAtMs[victim] = nowMs
    return victim
  }
  const freeAt = (entry: number): number =>
    keys[entry * WORDS_PER_KEY + 4] === FREE ? -Infinity : (fullAtMs[entry] ?? 0)

  const lockBucket = (words: Int32Array, counter: number): number => {
    const bucket = hashOf(words, counter, seedOf(seed)) & (BUCKETS - 1)
    while (Atomics.compareExchange(locks, bucket, FREE, mine) !== FREE);
    return bucket
  }

  return {
    cells,
    fullAtMs,
    inFlight,
    find: (words, counter, nowMs) => {
      const bucket = lockBucket(words, counter)
      const known = entryOf(bucket, words, counter)
      const entry = known === NONE ? make(bucket, words, counter, nowMs) : known
      Atomics.store(locks, bucket, FREE)
      return entry
    },
    look: (words, counter) => {
      const bucket = lockBucket(words, counter)
      const entry = entryOf(bucket, words, counter)
      Atomics.store(locks, bucket, FREE)
      return entry
    },
    forgetThread: (dead) => {
      for (let bucket = 0; bucket < BUCKETS; bucket++) Atomics.compareExchange(locks, bucket, dead + 1, FREE)
      for (let entry = 0; entry < ENTRIES; entry++) {
        if (Atomics.load(inFlight, entry) === 0 || ownerOf(keys[entry * WORDS_PER_KEY + 4] ?? 0) !== dead) continue
        Atomics.store(inFlight, entry, 0)
        fullAtMs[entry] = 0
      }
    },
  }
}

/** Threads that a counter's number has room for. */
const THREADS_MAX = 256

/** The number under which a thread counts what it has in flight. */
export function counterOfThread(counter: number, thread: number): number {
  return (counter + 1) * THREADS_MAX + thread
}

function ownerOf(counter: number): number {
  return counter % THREADS_MAX
}
