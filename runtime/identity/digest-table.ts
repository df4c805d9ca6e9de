/** SHA-256 digests in open addressing over typed arrays, which threads may share. */
export interface DigestTable {
  /** By slot the position of a digest, or -1. Their number is a power of two. */
  readonly slots: Int32Array
  /** Eight words of 32 bits a digest, the first byte low in the first of them, by position. */
  readonly words: Int32Array
}

export const WORDS_PER_DIGEST = 8
const EMPTY = -1
const BYTES_PER_WORD = 4

/** @param room Digests that it will hold at most. */
export function createDigestTable(room: number): DigestTable {
  return {
    slots: createDigestSlots(room),
    words: new Int32Array(new SharedArrayBuffer(room * WORDS_PER_DIGEST * BYTES_PER_WORD)),
  }
}

/** Slots of a table that holds nothing yet. */
export function createDigestSlots(room: number): Int32Array {
  const capacity = 2 ** Math.ceil(Math.log2(Math.max(2, room * 2)))
  return new Int32Array(new SharedArrayBuffer(capacity * BYTES_PER_WORD)).fill(EMPTY)
}

/**
 * Makes the digest whose words stand at a position one that is found.
 *
 * @returns False when another position has the same; then nothing has changed.
 */
export function addDigest({ slots, words }: DigestTable, position: number): boolean {
  const mask = slots.length - 1
  let slot = homeOf(words[position * WORDS_PER_DIGEST] ?? 0, mask)
  for (let other = slots[slot] ?? EMPTY; other !== EMPTY; other = slots[slot] ?? EMPTY) {
    if (hasWords(words, other, words, position)) return false
    slot = (slot + 1) & mask
  }
  slots[slot] = position
  return true
}

/** The position of a digest whose words stand somewhere else, or -1. */
export function findWords({ slots, words }: DigestTable, others: Int32Array, at: number): number {
  const mask = slots.length - 1
  for (let slot = homeOf(others[at * WORDS_PER_DIGEST] ?? 0, mask); ; slot = (slot + 1) & mask) {
    const position = slots[slot] ?? EMPTY
    if (position === EMPTY || hasWords(words, position, others, at)) return position
  }
}

/**
 * The position of a digest, or -1.
 *
 * @param digest Of two bytes a character, the first one low.
 */
export function findDigest({ slots, words }: DigestTable, digest: string): number {
  const mask = slots.length - 1
  for (let slot = homeOf(wordAt(digest, 0), mask); ; slot = (slot + 1) & mask) {
    const position = slots[slot] ?? EMPTY
    if (position === EMPTY || isEqual(words, position, digest)) return position
  }
}

/** Where a digest with this first word is looked for first. Mixed, since what stands in lists need not be random. */
function homeOf(word: number, mask: number): number {
  const mixed = Math.imul(word, 0x9e37_79b1)
  return (mixed ^ (mixed >>> 12)) & mask
}

/** Puts the words of 64 hex digits at a position. */
export function writeHex(words: Int32Array, position: number, hex: string): void {
  for (let i = 0; i < WORDS_PER_DIGEST; i++) {
    words[position * WORDS_PER_DIGEST + i] = swapBytes(parseInt(hex.slice(i * 8, i * 8 + 8), 16))
  }
}

function hasWords(words: Int32Array, position: number, others: Int32Array, at: number): boolean {
  let difference = 0
  for (let i = 0; i < WORDS_PER_DIGEST; i++) {
    difference |= (words[position * WORDS_PER_DIGEST + i] ?? 0) ^ (others[at * WORDS_PER_DIGEST + i] ?? 0)
  }
  return difference === 0
}

/** Looks at every word whatever the first ones say, so that time tells nothing. */
function isEqual(words: Int32Array, position: number, digest: string): boolean {
  let difference = 0
  for (let i = 0; i < WORDS_PER_DIGEST; i++) {
    difference |= (words[position * WORDS_PER_DIGEST + i] ?? 0) ^ wordAt(digest, i)
  }
  return difference === 0
}

function wordAt(digest: string, i: number): number {
  return digest.charCodeAt(2 * i) | (digest.charCodeAt(2 * i + 1) << 16)
}

function swapBytes(word: number): number {
  return (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)
}
