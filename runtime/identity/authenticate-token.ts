import type { Caller } from '../caller.ts'
import type { Exchange } from '../exchange.ts'
import { refuse, type Refusal } from '../refusals.ts'
import { isRevoked } from '../revocations/revoked.ts'
import { verifySignature } from './algorithms.ts'
import { checkBinding } from './check-binding.ts'
import { checkClaims, endOfClaims } from './check-claims.ts'
import { digestOf } from './digest-index.ts'
import { keysFor, type KeySet } from './key-set.ts'
import type { LoadedIdentity } from './load-identities.ts'
import type { Lookup } from './lookup.ts'
import { refuseUnavailable } from './refuse-unavailable.ts'
import { parseToken, TOKEN_CHARACTERS_MAX, type ParsedToken } from './parse-token.ts'

/** What was verified is verified again after so long, whatever the token says. */
const KNOWN_MS = 60_000
const REFUSED_MS = 10_000
/** Several keys of one name are tried one after the other, but not any number of them. */
const TRIES_MAX = 4

/** How a token stands with one identity: its caller; not good; not known until somebody was asked, who can or cannot be. */
type Standing = Caller | 'refused' | 'unasked' | 'unavailable'

/**
 * Finds out whose token was presented, among the identities that the route takes. Where somebody must be asked first, the
 * exchange's `lookup` says whom: what is found out then lies ready for the next call.
 */
export function authenticateToken(exchange: Exchange, identities: readonly LoadedIdentity[]): Refusal | null {
  const { credential } = exchange
  if (credential.length > TOKEN_CHARACTERS_MAX) return refuseToken(exchange)
  const digest = digestOf(credential)
  const known = findKnown(exchange, identities, digest)
  if (known !== null) return accept(exchange, known)

  let standing: Standing = 'refused'
  const token = parseToken(credential)
  // No two identities name one issuer: the compiler refuses them.
  const issuer = token === null ? undefined : identities.find(({ row }) => row.issuer?.issuer === token.claims['iss'])
  if (token !== null && issuer !== undefined) standing = standingWith(exchange, issuer, token, digest)
  else {
    for (const identity of identities) {
      if (identity.introspector === null || typeof standing !== 'string' || standing === 'unasked') continue
      standing = better(standing, standingSaid(exchange, identity, digest))
    }
  }
  if (standing === 'unasked') return null
  if (standing === 'unavailable') return refuseUnavailable()
  return standing === 'refused' ? refuseToken(exchange) : accept(exchange, standing)
}

function accept(exchange: Exchange, caller: Caller): Refusal | null {
  const unproved = checkBinding(exchange, caller)
  if (unproved !== null) return unproved
  exchange.caller = caller
  return isRevoked(exchange) ? refuse('revoked-key', { headers: exchange.table.challengeInvalid }) : null
}

/** A good standing with one identity outweighs any with another; that somebody could not be asked outweighs a bad one. */
function better(a: Standing, b: Standing): Standing {
  if (typeof a !== 'string') return a
  return b === 'refused' ? a : b
}

function findKnown({ wallMs }: Exchange, identities: readonly LoadedIdentity[], digest: string): Caller | null {
  for (const identity of identities) {
    const known = identity.known.get(digest)
    if (known === undefined) continue
    if (wallMs < known.untilMs && known.generation === generationOf(identity)) return known.caller
    identity.known.delete(digest)
  }
  return null
}

function standingWith(exchange: Exchange, identity: LoadedIdentity, token: ParsedToken, digest: string): Standing {
  const { row, keys, refused } = identity
  const { wallMs } = exchange
  const generation = generationOf(identity)
  const before = refused.get(digest)
  if (before !== undefined && wallMs < before.untilMs && before.generation === generation) return 'refused'
  if (keys === null || row.issuer === null || !row.issuer.algorithms.includes(token.algorithm)) return 'refused'
  if (checkClaims(token.claims, rulesOf(identity), wallMs) !== null) return 'refused'

  const set = keys.current(wallMs)
  const candidates = set === null ? [] : candidatesIn(set, token)
  if (set === null || candidates.length === 0) {
    if (!exchange.asked.includes(identity.position) && keys.mayAsk(wallMs))
      return askFirst(exchange, identity, keys.ask)
    return set === null ? 'unavailable' : 'refused'
  }
  const isGood = candidates.some(({ key }) => verifySignature(token.algorithm, key, token.signed, token.signature))
  if (!isGood) {
    refused.set(digest, { untilMs: wallMs + REFUSED_MS, generation })
    return 'refused'
  }
  return foldAndKeep(
    exchange,
    identity,
    digest,
    token.claims,
    row.issuer.issuer,
    Math.min(wallMs + KNOWN_MS, keys.lastMs()),
  )
}

function askFirst(exchange: Exchange, { position }: LoadedIdentity, lookup: Lookup): Standing {
  exchange.lookup = lookup
  exchange.asked = [...exchange.asked, position]
  return 'unasked'
}

/** A token that names no key is verified with the only one that it can be, or with none. */
function candidatesIn(set: KeySet, { keyId, algorithm }: ParsedToken): KeySet {
  const candidates = keysFor(set, keyId, algorithm)
  if (keyId === null && candidates.length > 1) return []
  return candidates.slice(0, TRIES_MAX)
}

function standingSaid(exchange: Exchange, identity: LoadedIdentity, digest: string): Standing {
  const { introspector, row } = identity
  const { credential, wallMs } = exchange
  const said = introspector?.look(digest, wallMs)
  if (introspector === null || row.introspection === null) return 'refused'
  if (said === undefined) {
    if (exchange.asked.includes(identity.position)) return 'unavailable'
    return askFirst(exchange, identity, (done) => introspector.ask(credential, digest, done))
  }
  if (said.claims === null || checkClaims(said.claims, rulesOf(identity), wallMs) !== null) return 'refused'
  const { iss } = said.claims
  const issuer = typeof iss === 'string' ? iss : new URL(row.introspection.url).origin
  return foldAndKeep(exchange, identity, digest, said.claims, issuer, said.untilMs)
}

function foldAndKeep(
  { wallMs }: Exchange,
  identity: LoadedIdentity,
  digest: string,
  claims: Readonly<Record<string, unknown>>,
  issuer: string,
  mostMs: number,
): Standing {
  const subject = claims['sub']
  if (typeof subject !== 'string') return 'refused'
  const caller = identity.fold({ identity: identity.position, issuer, subject, digest }, claims)
  if (caller === null) return 'refused'
  const untilMs = Math.min(mostMs, endOfClaims(claims, identity.row.leewayMs))
  if (wallMs < untilMs) identity.known.set(digest, { caller, untilMs, generation: generationOf(identity) })
  return caller
}

function rulesOf({ row }: LoadedIdentity): Parameters<typeof checkClaims>[1] {
  const { issuer, audience, leewayMs } = row
  return { issuer: issuer?.issuer ?? null, audience, leewayMs, needsEnd: issuer !== null }
}

function generationOf({ keys }: LoadedIdentity): number {
  return keys?.generation() ?? 0
}

function refuseToken({ table }: Exchange): Refusal {
  return refuse('invalid-token', { headers: table.challengeInvalid })
}
