import { createPublicKey, hash, type KeyObject } from 'node:crypto'
import { isObject } from './jws.ts'

/** A caller's own public key, and the name that is made of it alone. */
export interface PublicJwk {
  readonly key: KeyObject
  /** In base64url. @see RFC 7638. */
  readonly thumbprint: string
}

/** The members that make a key what it is, in the order in which its thumbprint is made. @see RFC 7638, section 3.2. */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  EC: ['crv', 'kty', 'x', 'y'],
  OKP: ['crv', 'kty', 'x'],
  RSA: ['e', 'kty', 'n'],
}
/** Only who signs has these; a key that shows them is anybody's. @see RFC 7518, section 6. */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']
/** An RSA key of 8192 bits has 1366. */
const MEMBER_CHARACTERS_MAX = 1400
/** Four bytes. With a larger exponent whoever brings the key decides how long it takes to verify with it. */
const EXPONENT_CHARACTERS_MAX = 6

/** @returns Null for what is no public key. */
export function readPublicJwk(value: unknown): PublicJwk | null {
  if (!isObject(value) || PRIVATE_MEMBERS.some((name) => Object.hasOwn(value, name))) return null
  const kind = value['kty']
  if (typeof kind !== 'string' || !Object.hasOwn(MEMBERS, kind)) return null
  const members: Record<string, string> = {}
  for (const name of MEMBERS[kind] ?? []) {
    const member = value[name]
    const charactersMax = name === 'e' ? EXPONENT_CHARACTERS_MAX : MEMBER_CHARACTERS_MAX
    if (typeof member !== 'string' || member.length > charactersMax) return null
    members[name] = member
  }
  const key = keyOf(members)
  return key === null ? null : { key, thumbprint: hash('sha256', JSON.stringify(members), 'base64url') }
}

/** Node throws for a key that is none: not on its curve, or of another length. */
function keyOf(members: Readonly<Record<string, string>>): KeyObject | null {
  try {
    return createPublicKey({ key: { ...members }, format: 'jwk' })
  } catch {
    return null
  }
}
