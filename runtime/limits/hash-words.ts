/** Callers must not be able to choose their bucket: the seed is random, and the same for all threads. */
export function seedOf(seed: Int32Array): number {
  const known = Atomics.load(seed, 0)
  if (known !== 0) return known
  const fresh = (Math.random() * 0x7fff_ffff) | 1
  const before = Atomics.compareExchange(seed, 0, 0, fresh)
  return before === 0 ? fresh : before
}

/**
 * A hash of four words and a number.
 *
 * @see MurmurHash3, whose mixing of 32-bit words this is (public domain, Austin Appleby).
 */
export function hashOf(words: Int32Array, counter: number, seed: number): number {
  let h = mix(seed, counter)
  for (let i = 0; i < 4; i++) h = mix(h, words[i] ?? 0)
  h ^= h >>> 16
  h = Math.imul(h, 0x85eb_ca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2_ae35)
  return (h ^ (h >>> 16)) >>> 0
}

function mix(h: number, word: number): number {
  let k = Math.imul(word, 0xcc9e_2d51)
  k = (k << 15) | (k >>> 17)
  const mixed = h ^ Math.imul(k, 0x1b87_3593)
  return Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe654_6b64
}

/** True when the four words at a place are these. */
export function hasWords(keys: Int32Array, at: number, words: Int32Array): boolean {
  return keys[at] === words[0] && keys[at + 1] === words[1] && keys[at + 2] === words[2] && keys[at + 3] === words[3]
}
