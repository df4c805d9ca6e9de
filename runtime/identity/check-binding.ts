import { timingSafeEqual } from 'node:crypto'
import type { Caller } from '../caller.ts'
import type { Exchange } from '../exchange.ts'
import { at } from '../load-table.ts'
import { refuse, type Refusal } from '../refusals.ts'
import { checkDpop, refuseDpop } from './check-dpop.ts'
import { isObject } from './jws.ts'
import { shownCertificate } from './shown-certificate.ts'

/**
 * What a token can be bound to: the member of `cnf`, and whether the caller holds that. In this order: a proof is used up by
 * looking at it, so it comes last.
 */
const CHECKS: readonly (readonly [name: string, check: (exchange: Exchange, value: unknown) => Refusal | null])[] = [
  ['x5t#S256', checkCertificate],
  ['jkt', checkDpop],
]

const THUMBPRINT_BYTES = 32
const BASE64URL = /^[A-Za-z0-9_-]{43}$/

/**
 * Looks whether the caller has proved to hold what its token is bound to. A token that is bound to a key or a certificate is
 * good for nobody else (RFC 8705, RFC 9449); of a binding that is not known here, or not by this identity, nothing is proved.
 */
export function checkBinding(exchange: Exchange, { claims, token }: Caller): Refusal | null {
  const { table } = exchange
  if (claims === null || token === null) return null
  const { dpop } = at(table.table.identities, token.identity)
  const cnf = Object.hasOwn(claims, 'cnf') ? claims['cnf'] : undefined
  const bindings = isObject(cnf) ? cnf : {}
  const isDpop = exchange.dpop?.isScheme === true
  const isToKey = Object.hasOwn(bindings, 'jkt')
  // A token for everybody does not become another by the scheme that it is shown with.
  if (isDpop !== isToKey || (dpop === 'required' && !isToKey) || (dpop === 'off' && isToKey))
    return dpop === 'off' ? refuseToken(exchange) : refuseDpop(exchange, 'invalid_token')
  return cnf === undefined ? null : checkAll(exchange, bindings)
}

function checkAll(exchange: Exchange, bindings: Readonly<Record<string, unknown>>): Refusal | null {
  const named = CHECKS.filter(([name]) => Object.hasOwn(bindings, name))
  if (named.length === 0 || named.length < Object.keys(bindings).length) return refuseToken(exchange)
  for (const [name, check] of named) {
    const refusal = check(exchange, bindings[name])
    if (refusal !== null) return refusal
  }
  return null
}

/** @see RFC 8705, section 3.1. */
function checkCertificate(exchange: Exchange, value: unknown): Refusal | null {
  if (typeof value !== 'string' || !BASE64URL.test(value)) return refuseToken(exchange)
  const wanted = Buffer.from(value, 'base64url')
  const shown = shownCertificate(exchange)
  const isShown =
    wanted.length === THUMBPRINT_BYTES && shown !== null && timingSafeEqual(shown.certificate.thumbprint, wanted)
  return isShown ? null : refuseToken(exchange)
}

function refuseToken({ table }: Exchange): Refusal {
  return refuse('invalid-token', { headers: table.challengeInvalid })
}
