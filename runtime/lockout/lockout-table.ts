import type { LockoutRow } from '../../schemas/protect-row.ts'
import { hashOf, hasWords, seedOf } from '../limits/hash-words.ts'

/** What failures are counted by. */
export const BY_ADDRESS = 1
export const BY_KEY_PREFIX = 2
export type CountedBy = typeof BY_ADDRESS | typeof BY_KEY_PREFIX

/**
 * Failed authentications and the bans that came of them, of all threads: a table of fixed size in shared memory. Where a
 * bucket is full, what says least gives way: a count whose window is over, then the lowest and oldest; those who are locked
 * out last of all, the one who is free the soonest first.
 */
export interface LockoutTable {
  /** Milliseconds until a subject's ban is over; 0 where there is none. Takes no lock. */
  readonly banLeftMs: (words: Int32Array, by: CountedBy, nowMs: number) => number
  /** Counts a failure, which may begin a ban. Nothing is counted during one. */
  readonly fail: (words: Int32Array, by: CountedBy, nowMs: number, row: LockoutRow) => void
  /** Opens what a thread that died has locked. */
  readonly forgetThread: (thread: number) => void
}

const BUCKETS = 8192
const WAYS = 8
const ENTRIES = BUCKETS * WAYS
/** Four of the subject, and what it is. */
const WORDS_PER_KEY = 5
const FREE = 0
const NONE = -1
const MS_PER_SECOND = 1000

const LOCKS_AT = 0
const KEYS_AT = LOCKS_AT + BUCKETS * 4
const FAILURES_AT = KEYS_AT + ENTRIES * WORDS_PER_KEY * 4
const SINCE_AT = FAILURES_AT + ENTRIES * 4
const BANNED_AT = SINCE_AT + ENTRIES * 8
const SEED_AT = BANNED_AT + ENTRIES * 8
/** The second in which the last ban of all is over: before it there may be bans, behind it there are none. */
const LATEST_AT = SEED_AT + 8
/** Bans that have begun, by what they were counted by. */
const BANS_AT = LATEST_AT + 8
const BYTES = BANS_AT + 16

export function createLockoutMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(BYTES)
}

/** How many bans have begun, by what was counted. */
export function countBans(memory: SharedArrayBuffer): Readonly<Record<'address' | 'key-prefix', number>> {
  const bans = new Int32Array(memory, BANS_AT, 4)
  return { address: Atomics.load(bans, BY_ADDRESS), 'key-prefix': Atomics.load(bans, BY_KEY_PREFIX) }
}

/** @param thread Marks the locks that this thread holds. */
export function createLockoutTable(memory: SharedArrayBuffer, thread: number): LockoutTable {
  const locks = new Int32Array(memory, LOCKS_AT, BUCKETS)
  const keys = new Int32Array(memory, KEYS_AT, ENTRIES * WORDS_PER_KEY)
  const failures = new Int32Array(memory, FAILURES_AT, ENTRIES)
  const sinceMs = new Float64Array(memory, SINCE_AT, ENTRIES)
  const bannedUntilMs = new Float64Array(memory, BANNED_AT, ENTRIES)
  const seed = new Int32Array(memory, SEED_AT, 2)
  const latest = new Int32Array(memory, LATEST_AT, 1)
  const bans = new Int32Array(memory, BANS_AT, 4)
  const mine = thread + 1

  const bucketOf = (words: Int32Array, by: CountedBy): number => hashOf(words, by, seedOf(seed)) & (BUCKETS - 1)
  const isOf = (entry: number, words: Int32Array, by: CountedBy): boolean =>
    Atomics.load(keys, entry * WORDS_PER_KEY + 4) === by && hasWords(keys, entry * WORDS_PER_KEY, words)
  const entryOf = (bucket: number, words: Int32Array, by: CountedBy): number => {
    for (let entry = bucket * WAYS; entry < (bucket + 1) * WAYS; entry++) if (isOf(entry, words, by)) return entry
    return NONE
  }
  const worthOf = (entry: number, nowMs: number, { windowMs }: LockoutRow): number => {
    if (keys[entry * WORDS_PER_KEY + 4] === FREE) return -1
    const untilMs = bannedUntilMs[entry] ?? 0
    const beganMs = sinceMs[entry] ?? 0
    if (untilMs > nowMs) return BANNED_WORTH + untilMs
    if (nowMs - beganMs >= windowMs) return 0
    return Math.min(failures[entry] ?? 0, COUNTS_MAX) * COUNT_WORTH + beganMs
  }
  const make = (bucket: number, words: Int32Array, by: CountedBy, nowMs: number, row: LockoutRow): number => {
    let victim = bucket * WAYS
    for (let entry = victim + 1; entry < (bucket + 1) * WAYS; entry++) {
      if (worthOf(entry, nowMs, row) < worthOf(victim, nowMs, row)) victim = entry
    }
    const at = victim * WORDS_PER_KEY
    // Whoever reads without a lock must not see one subject's ban under another one's name.
    Atomics.store(keys, at + 4, FREE)
    bannedUntilMs[victim] = 0
    failures[victim] = 0
    for (let i = 0; i < 4; i++) keys[at + i] = words[i] ?? 0
    Atomics.store(keys, at + 4, by)
    return victim
  }
  const count = (entry: number, by: CountedBy, nowMs: number, row: LockoutRow): void => {
    if ((bannedUntilMs[entry] ?? 0) > nowMs) return
    const isNew = failures[entry] === 0 || nowMs - (sinceMs[entry] ?? 0) >= row.windowMs
    if (isNew) sinceMs[entry] = nowMs
    const counted = isNew ? 1 : (failures[entry] ?? 0) + 1
    if (counted < row.failures) {
      failures[entry] = counted
      return
    }
    failures[entry] = 0
    bannedUntilMs[entry] = nowMs + row.banMs
    Atomics.add(bans, by, 1)
    raise(latest, Math.ceil((nowMs + row.banMs) / MS_PER_SECOND))
  }

  return {
    banLeftMs: (words, by, nowMs) => {
      if (nowMs >= Atomics.load(latest, 0) * MS_PER_SECOND) return 0
      const entry = entryOf(bucketOf(words, by), words, by)
      if (entry === NONE) return 0
      const leftMs = (bannedUntilMs[entry] ?? 0) - nowMs
      // It may have become another one's meanwhile.
      return leftMs > 0 && isOf(entry, words, by) ? leftMs : 0
    },
    fail: (words, by, nowMs, row) => {
      const bucket = bucketOf(words, by)
      while (Atomics.compareExchange(locks, bucket, FREE, mine) !== FREE);
      const known = entryOf(bucket, words, by)
      count(known === NONE ? make(bucket, words, by, nowMs, row) : known, by, nowMs, row)
      Atomics.store(locks, bucket, FREE)
    },
    forgetThread: (dead) => {
      for (let bucket = 0; bucket < BUCKETS; bucket++) Atomics.compareExchange(locks, bucket, dead + 1, FREE)
    },
  }
}

/** A count is worth more than any time, a ban more than any count. Doubles hold all of it exactly. */
const COUNT_WORTH = 1e12
const COUNTS_MAX = 1000
const BANNED_WORTH = 2e15

/** Makes a cell at least so large. */
function raise(cell: Int32Array, value: number): void {
  let before = Atomics.load(cell, 0)
  while (before < value) {
    const seen = Atomics.compareExchange(cell, 0, before, value)
    if (seen === before) return
    before = seen
  }
}
