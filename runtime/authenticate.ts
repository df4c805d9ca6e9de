import type { Exchange } from './exchange.ts'
import { authenticateCertificate } from './identity/authenticate-certificate.ts'
import { formOf, isWellFormedKey } from './identity/key-form.ts'
import { refuseUnremembered } from './identity/refuse-unremembered.ts'
import {
  CANNOT_REMEMBER,
  NOT_SIGNED,
  signerOf,
  type ReceivedSignature,
  type SignatureCheck,
} from './identity/signer-of.ts'
import { authenticateToken } from './identity/authenticate-token.ts'
import type { LoadedKey } from './keys/load-key.ts'
import { at, type LoadedRoute, type LoadedTable } from './load-table.ts'
import { isInTree } from './prefix-tree.ts'
import { refuse, type Refusal, type RefusalCode } from './refusals.ts'
import { isRevoked } from './revocations/revoked.ts'

const UNKNOWN = -1
const ANY_ADDRESS = -1

/** Finds out whose key was presented, and whether that key opens anything now and from here. Public routes ask nobody. */
export function authenticate(exchange: Exchange): Refusal | null {
  const { table, route, credential, wallMs } = exchange
  if (route === null || route.isPublic) return null
  if (exchange.ambiguousCredential) return refuse('ambiguous-credential')
  if (exchange.signature !== null && table.signatures !== null)
    return authenticateSignature(exchange, exchange.signature, table.signatures)
  if (credential === '') {
    if (route.certifiers !== null) return authenticateCertificate(exchange, route.certifiers)
    return refuse('missing-credential', { headers: table.challengeMissing })
  }
  if (route.identities !== null && isForIdentities(exchange, route))
    return authenticateToken(exchange, route.identities)
  // A key is shown as Bearer, if with a scheme at all.
  const position = route.row.takesKeys && exchange.dpop?.isScheme !== true ? findDigest(table, credential) : UNKNOWN
  if (position === UNKNOWN) return refuseKey(table, 'invalid-key')
  const { digests } = table.keys
  if (wallMs >= digests.untilMs(position)) return refuseKey(table, 'invalid-key')
  const key = table.keys.at(digests.keyOf(position))
  exchange.caller = key.caller
  exchange.digest = position
  return checkState(exchange, key)
}

/** Who signs shows no secret besides: which of the two would count is not for the gateway to guess. */
function authenticateSignature(exchange: Exchange, received: ReceivedSignature, check: SignatureCheck): Refusal | null {
  const { table, credential } = exchange
  if (credential !== '') return refuse('ambiguous-credential')
  // Whoever signs is a key.
  if (exchange.route?.row.takesKeys !== true) return refuseKey(table, 'invalid-key')
  const position = signerOf(exchange, received, check)
  if (position === NOT_SIGNED) return refuseKey(table, 'invalid-key')
  if (position === CANNOT_REMEMBER) return refuseUnremembered()
  const key = table.keys.at(position)
  exchange.caller = key.caller
  return checkState(exchange, key)
}

/** Keys of another system may look like anything else; they come first. What looks like ours is shown to nobody else. */
function isForIdentities({ table, credential }: Exchange, { row }: LoadedRoute): boolean {
  const { keyPrefix, importedKeys } = table.table.gateway
  const form = formOf(credential, keyPrefix)
  if (form !== 'other') return form === 'token'
  return !(row.takesKeys && importedKeys && findDigest(table, credential) !== UNKNOWN)
}

function findDigest(table: LoadedTable, credential: string): number {
  const { keyPrefix, importedKeys } = table.table.gateway
  const form = formOf(credential, keyPrefix)
  if (form === 'key') return findOwn(table, credential)
  return form === 'other' && importedKeys ? findImported(table, credential) : UNKNOWN
}

function findOwn(table: LoadedTable, secret: string): number {
  const known = table.verified.get(secret)
  if (known !== UNKNOWN) return known
  if (!isWellFormedKey(secret, table.keyHeads)) return UNKNOWN
  const { digests } = table.keys
  const position = digests.find(secret)
  if (position === UNKNOWN || digests.isImported(position)) return UNKNOWN
  table.verified.set(secret, position)
  return position
}

/** Nobody knows which part of another system's secret is random: a map looks at all of it. */
function findImported(table: LoadedTable, secret: string): number {
  const known = table.verifiedImports.get(secret)
  if (known !== undefined) return known
  const { digests } = table.keys
  const position = digests.find(secret)
  if (position === UNKNOWN || !digests.isImported(position)) return UNKNOWN
  table.verifiedImports.set(secret, position)
  return position
}

function checkState(exchange: Exchange, { row }: LoadedKey): Refusal | null {
  const { table, wallMs, address } = exchange
  if (isRevoked(exchange)) return refuseKey(table, 'revoked-key')
  if (wallMs >= row.suspendedMs) return refuse('suspended')
  if (wallMs >= row.expiresMs) return refuseKey(table, 'expired-key')
  if (wallMs < row.notBeforeMs) return refuseKey(table, 'key-not-yet-valid')
  if (row.addresses === ANY_ADDRESS || isInTree(at(table.addressSets, row.addresses), address.words)) return null
  return refuse('address-not-allowed')
}

function refuseKey(table: LoadedTable, code: RefusalCode): Refusal {
  return refuse(code, { headers: table.challengeInvalid })
}
