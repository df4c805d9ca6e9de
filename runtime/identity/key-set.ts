import { KeyObject } from 'node:crypto'
import type { JWK } from 'jose'
import { suits } from './algorithms.ts'
import { isObject } from './jws.ts'

/** One of an issuer's keys, for verifying. */
export interface VerificationKey {
  readonly id: string | null
  /** The one algorithm that it is for, or null. */
  readonly algorithm: string | null
  readonly key: KeyObject
}

/** An issuer's keys at one time. */
export type KeySet = readonly VerificationKey[]

/** More than an issuer has; each costs time where a token names none. */
const KEYS_MAX = 100
/** The algorithm that a key without one is read with: it decides nothing, the token's own is held against the key. */
const ALGORITHM_OF: Readonly<Record<string, string>> = { 'RSA ': 'RS256', 'EC P-256': 'ES256', 'EC P-384': 'ES384' }
const MORE_ALGORITHMS: Readonly<Record<string, string>> = { 'EC P-521': 'ES512', 'OKP Ed25519': 'EdDSA' }

/** The list in a JWK Set, or null where the text is none. @see RFC 7517, section 5. */
export function keysIn(text: string): readonly unknown[] | null {
  try {
    const value: unknown = JSON.parse(text)
    const keys = isObject(value) ? value['keys'] : null
    return Array.isArray(keys) && keys.length <= KEYS_MAX ? keys : null
  } catch {
    return null
  }
}

/**
 * Reads a JWK Set. What cannot verify a signature is left out: keys for encryption, symmetric and weak ones, and those that
 * are not well-formed.
 */
export async function readKeySet(text: string): Promise<KeySet> {
  const keys = await Promise.all((keysIn(text) ?? []).map(readKey))
  return keys.filter((key) => key !== null)
}

/** The keys that may have signed a token: of its name where it names one, and fit for its algorithm. */
export function keysFor(set: KeySet, keyId: string | null, algorithm: string): VerificationKey[] {
  return set.filter((known) => {
    if (keyId !== null && known.id !== keyId) return false
    return (known.algorithm === null || known.algorithm === algorithm) && suits(algorithm, known.key)
  })
}

async function readKey(value: unknown): Promise<VerificationKey | null> {
  if (!isObject(value)) return null
  const { kid, kty, alg, crv, use, key_ops: operations, n, e, x, y } = value
  if (use !== undefined && use !== 'sig') return null
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify'))) return null
  if ((kid !== undefined && typeof kid !== 'string') || (alg !== undefined && typeof alg !== 'string')) return null
  const kind = `${String(kty)} ${kty === 'RSA' ? '' : String(crv)}`
  const readAs = ALGORITHM_OF[kind] ?? MORE_ALGORITHMS[kind]
  if (readAs === undefined) return null
  try {
    // Only who verifies tokens pays for the library.
    const { importJWK } = await import('jose')
    // Its public members alone: a set that shows a private key by mistake must not make it one of ours.
    // Safe: the library refuses members of another type.
    const imported = await importJWK({ kty, n, e, crv, x, y } as JWK, readAs)
    if (imported instanceof Uint8Array) return null
    const key = KeyObject.from(imported)
    const wanted = alg ?? readAs
    return suits(wanted, key) ? { id: kid ?? null, algorithm: alg ?? null, key } : null
  } catch {
    return null
  }
}
