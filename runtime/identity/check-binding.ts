import type { Exchange } from '../exchange.ts'
import type { Caller } from '../caller.ts'

/**
 * True when the caller has proved to hold what its token is bound to. A token that is bound to a key or a certificate is
 * good for nobody else (RFC 8705, RFC 9449); of a binding that is not known here nothing is proved.
 */
export function isBindingProved(_exchange: Exchange, { claims }: Caller): boolean {
  return claims === null || !Object.hasOwn(claims, 'cnf')
}
