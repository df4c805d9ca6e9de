import { readStrictJson } from '../strict-json.ts'

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
const PARTS = 3
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
const BASE64URL = /^[A-Za-z0-9_-]+$/

/**
 * Takes a JWT apart, as only one reader can: three parts in base64url that no other text decodes to, and JSON without a
 * member twice.
 *
 * @returns Null for what is not one, or has a header that no token for us has.
 * @see RFC 7515, section 5.2.
 */
export function parseToken(token: string): ParsedToken | null {
  if (token.length > TOKEN_CHARACTERS_MAX) return null
  const parts = token.split('.', PARTS + 1)
  const [headerText = '', claimsText = '', signatureText = ''] = parts
  if (parts.length !== PARTS) return null
  const header = decodeObject(headerText)
  const signature = decode(signatureText)
  if (header === null || signature === null || !isForUs(header)) return null
  const { alg, kid } = header
  if (typeof alg !== 'string' || !isKeyId(kid)) return null
  const claims = decodeObject(claimsText)
  if (claims === null) return null
  const signed = token.slice(0, headerText.length + 1 + claimsText.length)
  return { algorithm: alg, keyId: kid ?? null, claims, signed, signature }
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

function decodeObject(text: string): Readonly<Record<string, unknown>> | null {
  const bytes = decode(text)
  if (bytes === null) return null
  const json = readStrictJson(bytes)
  if (json.problem !== null || !isObject(json.value)) return null
  return json.value
}

/** Null where the text is not the one form that its bytes have. */
function decode(text: string): Buffer | null {
  if (!BASE64URL.test(text)) return null
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : null
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
