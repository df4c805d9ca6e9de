import { createHash, randomUUID, type KeyObject } from 'node:crypto'
import { AT_MS } from './decider.ts'
import type { Signer } from './signer.ts'

/** What a proof says otherwise than it should. */
export interface ProofParts {
  readonly header?: Readonly<Record<string, unknown>>
  readonly claims?: Readonly<Record<string, unknown>>
}

/** What a proof is for. */
export interface ProofFor {
  readonly method: string
  readonly url: string
  readonly token: string
}

/** A proof of who holds a key, as RFC 9449 says and made with nothing of the runtime's. */
export function makeProof(
  holder: Signer,
  { method, url, token }: ProofFor,
  { header = {}, claims = {} }: ProofParts = {},
): string {
  const ath = createHash('sha256').update(token).digest('base64url')
  const said = { jti: randomUUID(), htm: method, htu: url, iat: Math.floor(AT_MS / 1000), ath, ...claims }
  return holder.token(said, { typ: 'dpop+jwt', kid: undefined, jwk: publicJwkOf(holder), ...header })
}

export function publicJwkOf({ publicKey }: Signer): Readonly<Record<string, unknown>> {
  return { ...publicKey.export({ format: 'jwk' }) }
}

/** How tokens name a key. @see RFC 7638. */
export function thumbprintOf({ publicKey }: { readonly publicKey: KeyObject }): string {
  const jwk = publicKey.export({ format: 'jwk' })
  const sorted = Object.fromEntries(Object.entries(jwk).sort(([a], [b]) => (a < b ? -1 : 1)))
  return createHash('sha256').update(JSON.stringify(sorted)).digest('base64url')
}
