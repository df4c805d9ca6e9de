/** Secrets that were verified lately, so that they need not be hashed again. It holds nothing that the table does not say. */
export interface VerifiedKeys {
  /** The digest's position, or undefined. */
  readonly get: (secret: string) => number | undefined
  readonly set: (secret: string, digest: number) => void
}

/** Only secrets that hold come in, so nobody can push others out with garbage. */
const ENTRIES_MAX = 8192

export function createVerifiedKeys(): VerifiedKeys {
  const entries = new Map<string, number>()
  return {
    get: (secret) => entries.get(secret),
    set: (secret, digest) => {
      if (entries.size >= ENTRIES_MAX) {
        const oldest = entries.keys().next()
        if (oldest.done !== true) entries.delete(oldest.value)
      }
      entries.set(secret, digest)
    },
  }
}
