import type { Expression } from '../schemas/expression.ts'
import type { ApiRow, BindRow, ClassRow, GatewayTable, MatchRow, PathRow, RouteRow } from '../schemas/table.ts'
import type { FieldsRow } from '../schemas/fields-row.ts'
import type { LoadedClass } from './caller.ts'
import { loadCondition, type LoadedCondition } from './expressions/load-condition.ts'
import { loadExpressions } from './expressions/load-expressions.ts'
import { createKindOf, type KindOf } from './header-kinds.ts'
import type { ReplayMemory } from './identity/replay-memory.ts'
import type { SignatureCheck } from './identity/signer-of.ts'
import { PROOF_ALGORITHMS } from './identity/dpop-proof.ts'
import { loadSigners } from './identity/signers.ts'
import { NO_SOURCES, type IdentitySources } from './identity/identity-sources.ts'
import { createShownCertificates, type ShownCertificates } from './identity/shown-certificate.ts'
import { loadIdentities, type LoadedIdentity } from './identity/load-identities.ts'
import { keyHeads, type KeyHead } from './identity/key-form.ts'
import { createRecentMap, type RecentMap } from './identity/recent-map.ts'
import { createVerifiedKeys, type VerifiedKeys } from './identity/verified-keys.ts'
import { createKeyStore, type KeyStore } from './keys/key-store.ts'
import type { KeyColumns } from './keys/open-key-file.ts'
import type { LimitState } from './limits/state.ts'
import { loadLimits, type LoadedLimit } from './limits/load-limits.ts'
import { createLockout, type Lockout } from './lockout/lockout.ts'
import { subscribedTimes } from './subscribed-times.ts'
import { createPrefixTree, type PrefixTree } from './prefix-tree.ts'
import { createRevoked, type Revoked } from './revocations/revoked.ts'

/** A table made ready for the hot path: rows that refer to each other by reference, and indexes over them. */
export interface LoadedTable {
  readonly table: GatewayTable
  readonly kindOf: KindOf
  readonly root: TreeNode
  readonly routes: readonly LoadedRoute[]
  readonly keys: KeyStore
  /** What a key of ours may begin with. */
  readonly keyHeads: readonly KeyHead[]
  readonly verified: VerifiedKeys
  /** Secrets of another system that were verified lately: their digests' positions. */
  readonly verifiedImports: RecentMap<number>
  readonly revoked: Revoked
  /** What was shown and must not be shown again; null where nothing must be remembered. */
  readonly replays: ReplayMemory | null
  /** True where some identity's tokens are bound to keys of their callers (RFC 9449). */
  readonly takesDpop: boolean
  /** Null where no key signs. */
  readonly signatures: SignatureCheck | null
  readonly addressSets: readonly PrefixTree[]
  /** Peers whose forwarding headers are believed. */
  readonly trustedProxies: PrefixTree
  /** The headers that some step looks at: by name, or whatever they are called; null when there are none. */
  readonly keptHeaders: ReadonlySet<string> | 'all' | null
  /** Conditions and what is read from claims, by position. */
  readonly expressions: readonly Expression[]
  /** Null where nobody is locked out. */
  readonly lockout: Lockout | null
  /** Null where nobody looks at certificates. */
  readonly certificates: ShownCertificates | null
  /** `WWW-Authenticate` lines: nothing was presented; what was presented does not hold. */
  readonly challengeMissing: string
  readonly challengeInvalid: string
}

export interface TreeNode {
  readonly literals: ReadonlyMap<string, TreeNode> | null
  readonly parameter: TreeNode | null
  readonly rest: LoadedPath | null
  readonly end: LoadedPath | null
}

export interface LoadedPath {
  readonly path: string
  readonly methods: ReadonlyMap<string, readonly LoadedRoute[]>
}

export interface LoadedRoute {
  readonly position: number
  readonly row: RouteRow
  readonly api: ApiRow
  readonly match: MatchRow | null
  readonly condition: LoadedCondition | null
  readonly isPublic: boolean
  readonly needsSubscription: boolean
  /** What of path and query must be the caller's own, and what of the body; null when nothing. */
  readonly binds: readonly BindRow[] | null
  readonly bodyBinds: readonly BindRow[] | null
  /** True when a body is JSON that is read whole before it goes on. */
  readonly readsBody: boolean
  /** What its answers may show; null for all there is. */
  readonly fields: FieldsRow | null
  readonly limits: readonly LoadedLimit[]
  /** Whose tokens are taken, and whose certificates; null where none are. */
  readonly identities: readonly LoadedIdentity[] | null
  readonly certifiers: readonly LoadedIdentity[] | null
  /** Names of caller's headers that are written anew or left out, "-" for "_", and the finished lines that are written. */
  readonly dropFromRequest: ReadonlySet<string> | null
  readonly setInRequest: string
  readonly dropFromAnswer: ReadonlySet<string> | null
  readonly setInAnswer: string
}

/** What a table is made ready with. */
export interface Surroundings {
  /** By position in the table. */
  readonly secrets: readonly string[]
  readonly replays: ReplayMemory | null
  /** The file of keys beside the table; null where it names none. */
  readonly keys?: KeyColumns | null
  /** Who can be asked about tokens. */
  readonly sources: IdentitySources
}

/** Only secrets that hold come in, so nobody can push others out with garbage. */
const VERIFIED_IMPORTS_MAX = 8192

const NO_SURROUNDINGS: Surroundings = { secrets: [], replays: null, sources: NO_SOURCES }

/**
 * Makes a table ready.
 *
 * @param state        Where its counters live.
 * @param surroundings Left out, the table must not need any.
 */
export function loadTable(table: GatewayTable, state: LimitState, surroundings = NO_SURROUNDINGS): LoadedTable {
  const { sources, secrets } = surroundings
  const limits = loadLimits(table, state)
  const expressions = loadExpressions(table)
  const identities = loadIdentities(table, expressions, limits, sources, secrets)
  const routes = table.routes.map((row, position) =>
    loadRoute(table, row, position, { limits, expressions, identities }),
  )
  const paths = table.paths.map((row) => loadPath(row, routes))
  const classes = table.classes.map((row, position) => loadClass(table, row, position))
  const keys = createKeyStore(table, surroundings.keys ?? null, { table, classes, limits })
  const { lockout } = table.gateway
  const takesDpop = table.identities.some(({ dpop }) => dpop !== 'off')
  if (takesDpop && surroundings.replays === null) throw new Error('without a memory of what was shown no proof holds')
  const realm = `Bearer realm="${table.gateway.name}"`
  return {
    table,
    kindOf: createKindOf(table.gateway.keyHeaders, { signatures: table.signers.length > 0, dpop: takesDpop }),
    root: loadTree(table, paths),
    routes,
    keys,
    keyHeads: keyHeads(table.gateway.keyPrefix, table.gateway.keyEnvironments),
    verified: createVerifiedKeys(),
    verifiedImports: createRecentMap(VERIFIED_IMPORTS_MAX),
    revoked: createRevoked(keys.digests.count, keys.count),
    replays: surroundings.replays,
    takesDpop,
    signatures: loadSignatures(table, keys, surroundings),
    addressSets: table.addressSets.map((set) => createPrefixTree(set.ranges)),
    trustedProxies: createPrefixTree(table.gateway.trustedProxies),
    keptHeaders: headersToKeep(table),
    expressions,
    lockout: lockout === null ? null : createLockout(lockout, state.lockouts),
    certificates: readsCertificates(table) ? createShownCertificates() : null,
    challengeMissing: `www-authenticate: ${realm}${takesDpop ? `, DPoP algs="${PROOF_ALGORITHMS}"` : ''}\r\n`,
    challengeInvalid: `www-authenticate: ${realm}, error="invalid_token"\r\n`,
  }
}

function loadSignatures(
  table: GatewayTable,
  keys: KeyStore,
  { secrets, replays }: Surroundings,
): SignatureCheck | null {
  if (table.signers.length === 0) return null
  if (replays === null) throw new Error('without a memory of what was shown no signature can be verified')
  return { signers: loadSigners(table.signers, keys.ids, secrets), replays }
}

/** A listener asks for certificates, and an identity may look at them: by themselves, or because a token is bound to one. */
function readsCertificates({ gateway, identities }: GatewayTable): boolean {
  return identities.length > 0 && gateway.listen.some(({ tls }) => tls !== null && tls.clientCa !== null)
}

function identitiesOf(row: RouteRow, all: readonly LoadedIdentity[]): Pick<LoadedRoute, 'identities' | 'certifiers'> {
  const taken = row.identities.map((position) => at(all, position))
  const tokens = taken.filter(({ certify }) => certify === null)
  const certifiers = taken.filter(({ certify }) => certify !== null)
  return {
    identities: tokens.length === 0 ? null : tokens,
    certifiers: certifiers.length === 0 ? null : certifiers,
  }
}

/** What rows of routes name by position. */
interface RouteParts {
  readonly limits: readonly LoadedLimit[]
  readonly expressions: readonly Expression[]
  readonly identities: readonly LoadedIdentity[]
}

function loadRoute(
  table: GatewayTable,
  row: RouteRow,
  position: number,
  { limits, expressions, identities }: RouteParts,
): LoadedRoute {
  return {
    position,
    row,
    api: at(table.apis, row.api),
    match: row.match,
    condition: row.when === null ? null : loadCondition(row.when, expressions),
    isPublic: row.access === 'public',
    needsSubscription: row.access === 'subscription',
    binds: bindsOf(row, (bind) => bind.of !== 'body'),
    bodyBinds: bindsOf(row, (bind) => bind.of === 'body'),
    readsBody: row.body >= 0 || row.binds.some((bind) => bind.of === 'body'),
    fields: row.fields < 0 ? null : at(table.fields, row.fields),
    limits: row.limits.map((limit) => at(limits, limit)),
    ...identitiesOf(row, identities),
    ...loadHeaderChanges(row, namesOf(at(table.upstreams, row.upstream).headers)),
  }
}

function bindsOf({ binds }: RouteRow, isWanted: (bind: BindRow) => boolean): readonly BindRow[] | null {
  const wanted = binds.filter(isWanted)
  return wanted.length === 0 ? null : wanted
}

/** Request headers that ask for a coding or a part of an answer. */
const WHOLE_AND_PLAIN = ['accept-encoding', 'range', 'if-range']

/** An upstream's own headers stand whatever a route sets. */
function loadHeaderChanges(
  { fields, requestHeaders, responseHeaders }: RouteRow,
  ofUpstream: readonly string[],
): Pick<LoadedRoute, 'dropFromRequest' | 'setInRequest' | 'dropFromAnswer' | 'setInAnswer'> {
  // What is to be cut must come whole and as it is.
  const ofFields = fields < 0 ? [] : WHOLE_AND_PLAIN
  const set = requestHeaders.set.filter(([name]) => !ofUpstream.includes(name) && !ofFields.includes(name))
  const dropped = [...requestHeaders.remove, ...set.map(([name]) => name), ...ofUpstream, ...ofFields]
  return {
    dropFromRequest: setOf(dropped.map(plainName)),
    setInRequest: linesOf(set) + (fields < 0 ? '' : 'accept-encoding: identity\r\n'),
    dropFromAnswer: setOf([...responseHeaders.remove, ...responseHeaders.set.map(([name]) => name)]),
    setInAnswer: linesOf(responseHeaders.set),
  }
}

/** To many servers "x_set" is "x-set": a caller must not say what is said here under a name that only looks another. */
function plainName(name: string): string {
  return name.replaceAll('_', '-')
}

function namesOf(things: readonly { readonly name: string }[]): string[] {
  return things.map(({ name }) => name)
}

function setOf(names: readonly string[]): ReadonlySet<string> | null {
  return names.length === 0 ? null : new Set(names)
}

function linesOf(headers: readonly (readonly [name: string, value: string])[]): string {
  return headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
}

function loadPath(row: PathRow, routes: readonly LoadedRoute[]): LoadedPath {
  const methods = Object.entries(row.methods).map(([method, positions]) => {
    return [method, positions.map((position) => at(routes, position))] as const
  })
  return { path: row.path, methods: new Map(methods) }
}

function loadClass(table: GatewayTable, { fieldScopes, subscriptions }: ClassRow, position: number): LoadedClass {
  const { grants, wordsPerClass } = table
  return {
    grants: grants.subarray(position * wordsPerClass, (position + 1) * wordsPerClass),
    ...subscribedTimes(table.apis.length, subscriptions),
    subscriptions,
    fieldScopes,
  }
}

/** Rows come parents first, so children are made before them from the end. */
function loadTree(table: GatewayTable, paths: readonly LoadedPath[]): TreeNode {
  const nodes: TreeNode[] = []
  for (let position = table.tree.length - 1; position >= 0; position--) {
    const row = at(table.tree, position)
    const literals = row.literals.map(([segment, next]) => [segment, at(nodes, next)] as const)
    nodes[position] = {
      literals: literals.length === 0 ? null : new Map(literals),
      parameter: row.parameter < 0 ? null : at(nodes, row.parameter),
      rest: row.rest < 0 ? null : at(paths, row.rest),
      end: row.end < 0 ? null : at(paths, row.end),
    }
  }
  return at(nodes, 0)
}

function headersToKeep({ routes }: GatewayTable): ReadonlySet<string> | 'all' | null {
  if (routes.some(({ when }) => when?.headers === 'all')) return 'all'
  return setOf(
    routes.flatMap(({ match, when }) => {
      const ofMatch = (match?.headers ?? []).map(([name]) => name)
      return when === null || when.headers === 'all' ? ofMatch : [...ofMatch, ...when.headers]
    }),
  )
}

/** @throws When a position leads nowhere: the table is not one that the compiler wrote. */
export function at<Row>(rows: readonly Row[], position: number): Row {
  const row = rows[position]
  if (row === undefined) throw new RangeError(`the table has no row ${position} where one is named`)
  return row
}
