import type { ConditionRow, GatewayTable, KeyRow, LimitRow, RouteRow } from '../../schemas/table.ts'
import type { BlockRule, LockoutRow } from '../../schemas/protect-row.ts'
import type { Random } from './random.ts'

/** Something that a table says wrong, as a bug of the compiler would make it, or a runtime that does not look at it. */
export type PlantFault = (table: GatewayTable, random: Random) => GatewayTable

const FOREVER = 8_640_000_000_000_000
const DAY_MS = 86_400_000
const WORD_BITS = 32
const ALL_RULES: readonly BlockRule[] = ['sql-injection', 'script-injection']

/** Each must show in what the runtime answers, or the requests do not look where it is. */
export const FAULTS: Readonly<Record<string, PlantFault>> = {
  'a grant bit too many': (table, random) => flipBit(table, random, 1),
  'a grant bit too few': (table, random) => flipBit(table, random, 0),
  'a dropped limit of keys': (table, random) => ({
    ...table,
    limitSets: table.limitSets.map((set) => ({ ...set, limits: withoutOne(set.limits, random) })),
  }),
  'a dropped limit of a route': (table, random) =>
    withRoutes(table, (route) => ({ ...route, limits: withoutOne(route.limits, random) })),
  'a burst of one more': (table) => withLimits(table, (limit) => ({ ...limit, burst: limit.burst + 1 })),
  'a count of one more': (table) => withLimits(table, (limit) => ({ ...limit, count: limit.count + 1 })),
  'days for months': (table) =>
    withLimits(table, (limit) => (limit.kind === 'quota' ? { ...limit, periodMs: DAY_MS } : limit)),
  'everyone counted as one': (table) => withLimits(table, (limit) => ({ ...limit, per: 'everyone' })),
  'a cost that counts for one': (table) => withRoutes(table, (route) => ({ ...route, cost: 1 })),
  'a cost that counts everywhere': (table) => withLimits(table, (limit) => ({ ...limit, weighted: true })),
  'ignored expires': (table) => withKeys(table, (key) => ({ ...key, expiresMs: FOREVER })),
  'ignored notBefore': (table) => withKeys(table, (key) => ({ ...key, notBeforeMs: 0 })),
  'ignored suspended': (table) => withKeys(table, (key) => ({ ...key, suspendedMs: FOREVER })),
  'ignored revocations': (table) => ({ ...table, gateway: { ...table.gateway, revocations: null } }),
  'a secret of another key': (table) => ({
    ...table,
    digests: table.digests.map((digest, i) => ({ ...digest, key: table.digests[i - 1]?.key ?? digest.key })),
  }),
  'no keys that sign': (table) => ({ ...table, signers: [] }),
  'a signer in place of another': (table) => ({
    ...table,
    signers: table.signers.map((signer, i) => ({ ...signer, secret: table.signers[i - 1]?.secret ?? signer.secret })),
  }),
  'signatures that hold for an hour': (table) => ({
    ...table,
    signers: table.signers.map((signer) => ({ ...signer, windowMs: 3_600_000 })),
  }),
  'ignored allowIps': (table) => withKeys(table, (key) => ({ ...key, addresses: -1 })),
  'ignored lockout': (table) => ({ ...table, gateway: { ...table.gateway, lockout: null } }),
  'a lockout of one failure more': (table) => withLockout(table, (row) => ({ ...row, failures: row.failures + 1 })),
  'a ban that is over at once': (table) => withLockout(table, (row) => ({ ...row, banMs: 1 })),
  'a window that is never over': (table) => withLockout(table, (row) => ({ ...row, windowMs: DAY_MS })),
  'ignored block': (table) => withRoutes(table, (route) => ({ ...route, block: null })),
  'a rule that is not excepted': (table) =>
    withRoutes(table, (route) =>
      route.block === null ? route : { ...route, block: { ...route.block, rules: ALL_RULES } },
    ),
  'reports that refuse': (table) =>
    withRoutes(table, (route) =>
      route.block === null ? route : { ...route, block: { ...route.block, mode: 'refuse' } },
    ),
  'ignored trustedProxies': (table) => ({ ...table, gateway: { ...table.gateway, trustedProxies: [] } }),
  'ignored end of a retired secret': (table) => ({
    ...table,
    digests: table.digests.map((digest) => ({ ...digest, untilMs: FOREVER })),
  }),
  'ignored accept': (table) => ({ ...table, gateway: { ...table.gateway, keyEnvironments: ['live', 'test'] } }),
  'ignored subscription': (table) =>
    withRoutes(table, (route) => (route.access === 'subscription' ? { ...route, access: 'authenticated' } : route)),
  'ignored span of a subscription': (table) => ({
    ...table,
    classes: table.classes.map(({ fieldScopes, subscriptions }) => ({
      fieldScopes,
      subscriptions: subscriptions.map((subscription) => ({ ...subscription, fromMs: 0, untilMs: FOREVER })),
    })),
  }),
  'ignored match': (table) => withRoutes(table, (route) => ({ ...route, match: null })),
  'ignored binds of paths': (table) => withBinds(table, (binds) => binds.filter(({ of }) => of !== 'path')),
  'ignored binds of queries': (table) => withBinds(table, (binds) => binds.filter(({ of }) => of !== 'query')),
  'ignored binds of bodies': (table) => withBinds(table, (binds) => binds.filter(({ of }) => of !== 'body')),
  'a bind to the wrong thing': (table) =>
    withBinds(table, (binds) => binds.map((bind) => ({ ...bind, to: bind.to === 'tenant' ? 'id' : 'tenant' }))),
  'one bind of several': (table) => withBinds(table, (binds) => binds.slice(0, 1)),
  'an ignored condition': (table) => withRoutes(table, (route) => ({ ...route, when: null })),
  'headers that conditions do not see': (table) => withConditions(table, (when) => ({ ...when, headers: [] })),
  'parts of requests that conditions do not see': (table) => withConditions(table, (when) => ({ ...when, reads: [] })),
  'metadata that is lost': (table) => ({ ...table, facts: table.facts.map((row) => ({ ...row, metadata: [] })) }),
  'an open route': (table, random) => {
    const opened = random.below(table.routes.length)
    return withRoutes(table, (route, i) => (i === opened ? { ...route, access: 'public' } : route))
  },
  'ignored lifecycle': (table) => ({ ...table, apis: table.apis.map((api) => ({ ...api, lifecycle: 'published' })) }),
  'ignored cors': (table) => ({ ...table, apis: table.apis.map((api) => ({ ...api, cors: null })) }),
  'a literal that is lost': (table, random) => ({
    ...table,
    tree: table.tree.map((row) => ({ ...row, literals: withoutOne(row.literals, random) })),
  }),
  'a parameter that is lost': (table) => ({ ...table, tree: table.tree.map((row) => ({ ...row, parameter: -1 })) }),
  'a rest that is lost': (table) => ({ ...table, tree: table.tree.map((row) => ({ ...row, rest: -1 })) }),
}

/** Turns one bit that now is not `value` into it, if there is one. */
function flipBit(table: GatewayTable, random: Random, value: 0 | 1): GatewayTable {
  const grants = Uint32Array.from(table.grants)
  const places = [...grants.keys()].flatMap((word) => {
    const first = (word % table.wordsPerClass) * WORD_BITS
    const bits = Math.min(WORD_BITS, table.routes.length - first)
    return Array.from({ length: bits }, (_, bit) => ({ word, mask: (1 << bit) >>> 0 }))
  })
  const others = places.filter(({ word, mask }) => (((grants[word] ?? 0) & mask) === 0 ? 0 : 1) !== value)
  if (others.length === 0) return table
  const { word, mask } = random.pick(others)
  grants[word] = ((grants[word] ?? 0) ^ mask) >>> 0
  return { ...table, grants }
}

function withoutOne<Item>(items: readonly Item[], random: Random): Item[] {
  const dropped = random.below(items.length)
  return items.filter((_, i) => i !== dropped)
}

function withLimits(table: GatewayTable, change: (limit: LimitRow) => LimitRow): GatewayTable {
  return { ...table, limits: table.limits.map(change) }
}

function withRoutes(table: GatewayTable, change: (route: RouteRow, i: number) => RouteRow): GatewayTable {
  return { ...table, routes: table.routes.map(change) }
}

function withBinds(table: GatewayTable, change: (binds: RouteRow['binds']) => RouteRow['binds']): GatewayTable {
  return withRoutes(table, (route) => ({ ...route, binds: change(route.binds) }))
}

function withConditions(table: GatewayTable, change: (when: ConditionRow) => ConditionRow): GatewayTable {
  return withRoutes(table, (route) => (route.when === null ? route : { ...route, when: change(route.when) }))
}

function withLockout(table: GatewayTable, change: (row: LockoutRow) => LockoutRow): GatewayTable {
  const { lockout } = table.gateway
  return lockout === null ? table : { ...table, gateway: { ...table.gateway, lockout: change(lockout) } }
}

function withKeys(table: GatewayTable, change: (key: KeyRow) => KeyRow): GatewayTable {
  return { ...table, keys: table.keys.map(change) }
}
