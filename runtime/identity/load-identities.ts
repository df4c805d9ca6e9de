import type { Expression } from '../../schemas/expression.ts'
import type { IdentityRow } from '../../schemas/identity-rows.ts'
import type { GatewayTable } from '../../schemas/table.ts'
import type { Caller, CallerToken } from '../caller.ts'
import type { LoadedLimit } from '../limits/load-limits.ts'
import { fillTemplate } from '../resolve-secrets.ts'
import type { ClientCertificate } from './client-certificate.ts'
import { createCertify } from './fold-certificate.ts'
import { foldClaims, type FoldContext } from './fold-claims.ts'
import type { IdentitySources } from './identity-sources.ts'
import type { Introspector } from './introspector.ts'
import type { IssuerKeys } from './key-sets.ts'
import { createRecentMap, type RecentMap } from './recent-map.ts'
import { createTokenClasses } from './token-classes.ts'

/** Somebody whose word on who calls is believed, made ready. */
export interface LoadedIdentity {
  readonly row: IdentityRow
  readonly position: number
  /** Of an issuer whose tokens are verified here, else null. */
  readonly keys: IssuerKeys | null
  /** Of a service that is asked, else null. */
  readonly introspector: Introspector | null
  /** Tokens that were verified lately, by their digest: those that hold, and apart from them those that do not. */
  readonly known: RecentMap<KnownToken>
  readonly refused: RecentMap<RefusedToken>
  /** Null when the claims' tenant is not in the config. */
  readonly fold: (token: CallerToken, claims: Readonly<Record<string, unknown>>) => Caller | null
  /** Makes a caller of a certificate that it knows, else null; null where it knows no certificates. */
  readonly certify: ((certificate: ClientCertificate) => Caller | null) | null
}

export interface KnownToken {
  readonly caller: Caller
  /** Milliseconds since 1970 UTC. */
  readonly untilMs: number
  /** Of the keys that it was verified with. */
  readonly generation: number
}

export type RefusedToken = Omit<KnownToken, 'caller'>

const KNOWN_MAX = 8192
const REFUSED_MAX = 2048

/** @param secrets By position in the table. */
export function loadIdentities(
  table: GatewayTable,
  expressions: readonly Expression[],
  limits: readonly LoadedLimit[],
  sources: IdentitySources,
  secrets: readonly string[],
): LoadedIdentity[] {
  const context: FoldContext = {
    table,
    expressions,
    limits,
    classOf: createTokenClasses(table),
    tenants: new Map(table.tenants.map(({ name }, position) => [name, position])),
    scopes: new Map(table.scopes.map((name, position) => [name, position])),
  }
  return table.identities.map((row, position) => ({
    row,
    position,
    keys: row.issuer === null ? null : sources.keysOf(row.issuer),
    introspector: introspectorOf(row, sources, secrets),
    known: createRecentMap(KNOWN_MAX),
    refused: createRecentMap(REFUSED_MAX),
    fold: (token, claims) => foldClaims(context, row, token, claims),
    certify: row.certificates.length === 0 ? null : createCertify(context, row, position),
  }))
}

function introspectorOf(
  { introspection, leewayMs }: IdentityRow,
  sources: IdentitySources,
  secrets: readonly string[],
): Introspector | null {
  if (introspection === null) return null
  const { url, cacheMs } = introspection
  return sources.introspectorOf({
    url,
    authorization: fillTemplate(introspection.authorization, secrets),
    cacheMs,
    leewayMs,
  })
}
