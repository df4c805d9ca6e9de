import { forwardedPair } from './client-address.ts'
import type { Exchange, Scheme } from './exchange.ts'
import { isInTree } from './prefix-tree.ts'
import { trimBlanks } from './trim-blanks.ts'

/** Where the caller believes that it is: what it signs. */
export interface RequestOrigin {
  readonly scheme: Scheme
  /** With its port, as it was sent. */
  readonly host: string
}

/** A trusted proxy says what it was asked for; of several values the last one is its own. */
export function originOf(exchange: Exchange): RequestOrigin {
  const { table, peer, scheme, host, forwardedHost, forwardedProto, forwarded } = exchange
  if (!isInTree(table.trustedProxies, peer.words)) return { scheme, host }
  const proto = lastOf(forwardedProto) || forwardedPair(forwarded, 'proto') || scheme
  return {
    scheme: proto.toLowerCase() === 'https' ? 'https' : 'http',
    host: lastOf(forwardedHost) || forwardedPair(forwarded, 'host') || host,
  }
}

function lastOf(list: string): string {
  return trimBlanks(list.slice(list.lastIndexOf(',') + 1))
}
