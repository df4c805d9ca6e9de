import { hash, timingSafeEqual } from 'node:crypto'
import { readDictionary } from './read-dictionary.ts'

/** What the bytes of a body must come to. */
export interface BodyDigest {
  readonly algorithm: 'sha256' | 'sha512'
  readonly bytes: Uint8Array
}

/** @see RFC 9530, section 5: the others are not for what is meant to be safe. */
const ALGORITHMS: Readonly<Record<string, { readonly algorithm: BodyDigest['algorithm']; readonly bytes: number }>> = {
  'sha-256': { algorithm: 'sha256', bytes: 32 },
  'sha-512': { algorithm: 'sha512', bytes: 64 },
}

/**
 * Reads a Content-Digest. Algorithms that are not known here are passed over.
 *
 * @returns Null when it is malformed, or none of its algorithms is known.
 */
export function readContentDigest(field: string): readonly BodyDigest[] | null {
  const read = readDictionary(field)
  if (read === null) return null
  const digests: BodyDigest[] = []
  for (const [name, [value]] of read) {
    const known = Object.hasOwn(ALGORITHMS, name) ? ALGORITHMS[name] : undefined
    if (known === undefined) continue
    if (!(value instanceof ArrayBuffer) || value.byteLength !== known.bytes) return null
    digests.push({ algorithm: known.algorithm, bytes: new Uint8Array(value) })
  }
  return digests.length === 0 ? null : digests
}

/** True when the bytes come to all of the digests. */
export function hasDigests(body: Uint8Array, digests: readonly BodyDigest[]): boolean {
  return digests.every(({ algorithm, bytes }) => timingSafeEqual(hash(algorithm, body, 'buffer'), bytes))
}
