import { timingSafeEqual } from 'node:crypto'
import type { Exchange } from '../exchange.ts'
import type { Caller } from '../caller.ts'
import { shownCertificate } from './shown-certificate.ts'

/** What a token can be bound to: the member of `cnf`, and whether the caller holds that. */
const PROOFS: Readonly<Record<string, (exchange: Exchange, value: unknown) => boolean>> = {
  'x5t#S256': isCertificateShown,
}

const THUMBPRINT_BYTES = 32
const BASE64URL = /^[A-Za-z0-9_-]{43}$/

/**
 * True when the caller has proved to hold what its token is bound to. A token that is bound to a key or a certificate is
 * good for nobody else (RFC 8705, RFC 9449); of a binding that is not known here nothing is proved.
 */
export function isBindingProved(exchange: Exchange, { claims }: Caller): boolean {
  if (claims === null || !Object.hasOwn(claims, 'cnf')) return true
  const { cnf } = claims
  if (typeof cnf !== 'object' || cnf === null || Array.isArray(cnf)) return false
  const bindings = Object.entries(cnf)
  return bindings.length > 0 && bindings.every(([name, value]) => isProved(exchange, name, value))
}

function isProved(exchange: Exchange, name: string, value: unknown): boolean {
  return Object.hasOwn(PROOFS, name) && PROOFS[name]?.(exchange, value) === true
}

/** @see RFC 8705, section 3.1. */
function isCertificateShown(exchange: Exchange, value: unknown): boolean {
  if (typeof value !== 'string' || !BASE64URL.test(value)) return false
  const wanted = Buffer.from(value, 'base64url')
  const shown = shownCertificate(exchange)
  return wanted.length === THUMBPRINT_BYTES && shown !== null && timingSafeEqual(shown.certificate.thumbprint, wanted)
}
