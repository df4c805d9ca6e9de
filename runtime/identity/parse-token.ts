import { splitJws } from './jws.ts'

/** A token taken apart. Nothing in it is to be believed yet. */
export interface ParsedToken {
  readonly algorithm: string
  /** Which of the issuer's keys it names, or null. */
  readonly keyId: string | null
  readonly claims: Readonly<Record<string, unknown>>
  /** What was signed: the first two parts, as they were sent. */
  readonly signed: string
  readonly signature: Uint8Array
}

/** Longer ones are not read at all; a gateway's headers are bounded below that, too. */
export const TOKEN_CHARACTERS_MAX = 16_384
const KEY_ID_CHARACTERS_MAX = 256
/** @see RFC 7519, section 5.1; RFC 9068, section 2.1. Any other type was issued for something else: an id, a logout. */
const TYPES = new Set(['jwt', 'at+jwt', 'application/jwt', 'application/at+jwt'])
/**
 * A header that brings its own key, or says where one is, lets whoever wrote it choose what it is verified with; `crit` and
 * `b64` change what is signed.
 *
 * @see RFC 7515, sections 4.1.2 to 4.1.6 and 4.1.11; RFC 7797; RFC 8725, section 3.10.
 */
const REFUSED_MEMBERS = ['jku', 'jwk', 'x5u', 'x5c', 'crit', 'b64', 'zip']

/**
 * Takes a token apart.
 *
 * @returns Null for what is not one, or has a header that no token for us has.
 * @see RFC 7515, section 5.2.
 */
export function parseToken(token: string): ParsedToken | null {
  if (token.length > TOKEN_CHARACTERS_MAX) return null
  const jws = splitJws(token)
  if (jws === null || !isForUs(jws.header)) return null
  const { alg, kid } = jws.header
  if (typeof alg !== 'string' || !isKeyId(kid)) return null
  return { algorithm: alg, keyId: kid ?? null, claims: jws.claims, signed: jws.signed, signature: jws.signature }
}

function isForUs(header: Readonly<Record<string, unknown>>): boolean {
  if (REFUSED_MEMBERS.some((name) => Object.hasOwn(header, name))) return false
  if (!Object.hasOwn(header, 'typ')) return true
  const { typ } = header
  return typeof typ === 'string' && TYPES.has(typ.toLowerCase())
}

/** It is compared with the names of known keys and used for nothing else: no path, query or command is made of it. */
function isKeyId(kid: unknown): kid is string | undefined {
  return kid === undefined || (typeof kid === 'string' && kid.length <= KEY_ID_CHARACTERS_MAX)
}
