/** Secrets that were verified lately, so that they need not be hashed again. It holds nothing that the table does not say. */
export interface VerifiedKeys {
  /** The digest's position, or undefined. */
  readonly get: (secret: string) => number | undefined
  readonly set: (secret: string, digest: number) => void
}

/** Only secrets that hold come in, so nobody can push others out with garbage. */
const ENTRIES_MAX = 8192
const GENERATION_MAX = ENTRIES_MAX / 2

/**
 * Two generations: when the young one is full it becomes the old one, and what was old and not asked for meanwhile is
 * forgotten at once. To take single entries out of a full map costs four microseconds each.
 */
export function createVerifiedKeys(): VerifiedKeys {
  let young = new Map<string, number>()
  let old = new Map<string, number>()

  const set = (secret: string, digest: number): void => {
    if (young.size >= GENERATION_MAX && !young.has(secret)) {
      old = young
      young = new Map()
    }
    young.set(secret, digest)
  }
  return {
    set,
    get: (secret) => {
      const digest = young.get(secret)
      if (digest !== undefined) return digest
      const kept = old.get(secret)
      if (kept !== undefined) set(secret, kept)
      return kept
    },
  }
}
