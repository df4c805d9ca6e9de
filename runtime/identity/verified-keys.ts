import { randomFillSync } from 'node:crypto'

/**
 * Secrets of our own form that were verified lately, so that they need not be hashed again. It holds nothing that the table
 * does not say.
 */
export interface VerifiedKeys {
  /** The digest's position, or -1. */
  readonly get: (secret: string) => number
  readonly set: (secret: string, digest: number) => void
}

const UNKNOWN = -1
const WAYS = 4
const ENTRIES_MAX = 8192
const WAY_MASK = WAYS - 1
const BUCKET_MASK = ENTRIES_MAX / WAYS - 1
/** A secret's last characters: its checksum, which depends on all before, and two more. */
const TAIL_CHARACTERS = 8

/**
 * A table of fixed size: four entries a bucket, found by a print of the secret's end, of which those give way first that
 * were not asked for lately. To hash a whole text and look it up in a map takes four times as long.
 *
 * How long a comparison takes may tell how much of a guess is right. So a secret is compared only where all 32 bits of the
 * print agree, and what makes the print is random and known to nobody: a guess that gets there is one of four milliards, as
 * in a map whose hashes have a random seed.
 */
export function createVerifiedKeys(): VerifiedKeys {
  const secrets = new Array<string>(ENTRIES_MAX).fill('')
  const prints = new Int32Array(ENTRIES_MAX)
  const digests = new Int32Array(ENTRIES_MAX)
  const isUsed = new Uint8Array(ENTRIES_MAX)
  const [seed = 0, factor = 0] = randomFillSync(new Int32Array(2))
  /** By bucket: behind which of its entries the next one to give way is looked for. */
  const hands = new Uint8Array(ENTRIES_MAX / WAYS)

  const printOf = (secret: string): number => mix(secret, seed, factor | 1)
  const takeEntry = (bucket: number): number => {
    for (;;) {
      const hand = ((hands[bucket] ?? 0) + 1) & WAY_MASK
      hands[bucket] = hand
      const entry = bucket * WAYS + hand
      if (isUsed[entry] === 0) return entry
      isUsed[entry] = 0
    }
  }
  return {
    get: (secret) => {
      if (secret.length < TAIL_CHARACTERS) return UNKNOWN
      const print = printOf(secret)
      const start = (print & BUCKET_MASK) * WAYS
      for (let entry = start; entry < start + WAYS; entry++) {
        if (prints[entry] !== print || secrets[entry] !== secret) continue
        isUsed[entry] = 1
        return digests[entry] ?? UNKNOWN
      }
      return UNKNOWN
    },
    set: (secret, digest) => {
      const print = printOf(secret)
      const entry = takeEntry(print & BUCKET_MASK)
      secrets[entry] = secret
      prints[entry] = print
      digests[entry] = digest
    },
  }
}

/** @see MurmurHash3, whose last steps these are (public domain, Austin Appleby). */
function mix(secret: string, seed: number, factor: number): number {
  const end = secret.length
  let h = Math.imul(fourCodes(secret, end - 4) ^ seed, factor)
  h = Math.imul(h ^ (h >>> 16) ^ fourCodes(secret, end - TAIL_CHARACTERS), 0x85eb_ca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2_ae35)
  return h ^ (h >>> 16)
}

function fourCodes(text: string, at: number): number {
  return (
    text.charCodeAt(at) |
    (text.charCodeAt(at + 1) << 8) |
    (text.charCodeAt(at + 2) << 16) |
    (text.charCodeAt(at + 3) << 24)
  )
}
