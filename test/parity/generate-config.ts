import { stringify } from 'yaml'
import type { RawApi, RawInclude, RawMap, RawRoute, RawTenant } from '../../compiler/2-validate/raw.ts'
import { generateBinds } from './generate-binds.ts'
import { exceptOf, generateProtect } from './generate-protect.ts'
import { generateSpan } from './generate-instant.ts'
import { generateCondition } from './generate-condition.ts'
import { generateKeys, type KeySource } from './generate-keys.ts'
import { generateRevocations } from './generate-revocations.ts'
import { generateLimits, generateRouteLimits, type LimitOptions } from './generate-limits.ts'
import {
  BASE_PATHS,
  createPathBook,
  DISCRIMINATORS,
  generateRouteName,
  isShadowed,
  matchOf,
  type Discriminator,
  type PathBook,
} from './generate-paths.ts'
import type { Random } from './random.ts'

export interface ConfigOptions {
  /** The time around which keys and subscriptions begin and end, milliseconds. */
  readonly baseMs: number
  /** True when requests go over a socket: nothing then depends on the second. */
  readonly live: boolean
  /** Begins the names of apis, tenants and keys, so that configs which follow each other share no counter. */
  readonly tag: string
}

export interface GeneratedConfig {
  /** The config's files by name, gateway.yaml among them. */
  readonly files: RawMap<string>
  /** The secrets of all keys, retired ones and ones with a wrong checksum too. */
  readonly secrets: readonly string[]
}

export const SCOPES = ['items:read', 'items:write', 'reports.all', 'admin']
const ROLES = { reader: ['items:read'], editor: ['items:read', 'items:write'], auditor: ['reports.all'] }
const PREFIXES = ['acme', 'ks1', 'x9z']
export const TRUSTED_PROXIES = ['10.0.0.0/8', '2001:db8:ffff::/48']
const LIFECYCLES = [
  'published',
  'published',
  'published',
  'published',
  'deprecated',
  'draft',
  'paused',
  'retired',
] as const

/** Makes a config that compiles, small and full of edges. */
export function generateConfig(random: Random, options: ConfigOptions): GeneratedConfig {
  const prefix = random.pick(PREFIXES)
  const costMax = random.pick([1, 1, 2, 3, 5])
  const limitOptions = { ...options, costMax }
  const apis = generateApis(random, limitOptions)
  const accept = random.pick([['live', 'test'], ['live'], ['test'], null])
  const plans = {
    free: generateLimits(random, limitOptions),
    wide: { rate: '6_000/min', burst: '1_000' },
    own: generateLimits(random, limitOptions),
  }
  const source: KeySource = {
    ...limitOptions,
    mayLimit: true,
    maySign: !options.live,
    prefix,
    accept: accept ?? ['live', 'test'],
    plans: Object.keys(plans),
    roles: Object.keys(ROLES),
    scopes: SCOPES,
  }
  const own = [0, 1]
    .slice(0, 1 + random.below(2))
    .map((i) => generateTenant(random, source, `${options.tag}own${i}`, apis))
  const included = random.chance(0.5)
    ? [generateTenant(random, { ...source, mayLimit: false, maySign: false }, `${options.tag}guest`, apis)]
    : []

  // A gateway that runs would look for the file where it was started.
  const revoked = options.live ? [] : generateRevocations(random, [...own, ...included])
  const gateway = {
    version: 1,
    gateway: {
      name: 'parity',
      listen: '127.0.0.1:0',
      log: { access: 'off' },
      ...(revoked.length === 0 ? {} : { revocations: './revoked.txt' }),
      keys: {
        prefix,
        ...(accept === null ? {} : { accept }),
        ...(random.chance(0.5)
          ? { headers: random.pick([['x-api-key'], ['authorization'], ['x-key', 'authorization', 'x-api-key']]) }
          : {}),
      },
      ...(options.live
        ? { trustedProxies: [...TRUSTED_PROXIES, '127.0.0.1'] }
        : random.chance(0.7)
          ? { trustedProxies: TRUSTED_PROXIES }
          : {}),
      ...generateProtect(random, options),
      ...(random.chance(0.5) ? { requests: { url: '300B', headers: '2KB', body: '1KB' } } : {}),
    },
    upstreams: { echo: { targets: ['http://127.0.0.1:9'] } },
    scopes: Object.fromEntries(SCOPES.map((scope) => [scope, `May use ${scope}`])),
    roles: ROLES,
    plans,
    apis,
    tenants: Object.fromEntries(own.map(({ name, tenant }) => [name, tenant])),
    ...(included.length === 0 ? {} : { include: included.map(includeOf) }),
  }
  const files = [
    ['gateway.yaml', gateway] as const,
    ...included.map(({ name, tenant: { keys } }) => [fileOf(name), { title: name, keys }] as const),
  ]
  return {
    files: {
      ...Object.fromEntries(files.map(([name, value]) => [name, stringify(value, { aliasDuplicateObjects: false })])),
      ...(revoked.length === 0 ? {} : { 'revoked.txt': revoked.join('\n') }),
    },
    secrets: [...own, ...included].flatMap(({ secrets }) => secrets),
  }
}

function generateApis(random: Random, options: ConfigOptions & LimitOptions): RawMap<RawApi> {
  const book = createPathBook()
  const discriminator = random.pick(DISCRIMINATORS)
  const origins = [random.pick(['https://app.example.test', '*'])]
  const apis: [string, RawApi][] = []
  for (let i = 0; i < 2 + random.below(4); i++) {
    const api = generateApi(random, options, discriminator, book)
    if (Object.keys(api.routes).length === 0) continue
    apis.push([`${options.tag}api${i}`, random.chance(0.4) ? { ...api, cors: { origins } } : api])
  }
  const open = apis.map(([name, api]) => {
    const routes = Object.entries(api.routes).filter(([route]) => !isShadowed(api.basePath, route, book))
    return [name, { ...api, routes: Object.fromEntries(routes) }] as const
  })
  return Object.fromEntries(open.filter(([, { routes }]) => Object.keys(routes).length > 0))
}

function generateApi(
  random: Random,
  options: ConfigOptions & LimitOptions,
  discriminator: Discriminator,
  book: PathBook,
): RawApi {
  const basePath = random.pick(BASE_PATHS)
  const access = random.pick(['public', 'authenticated', 'authenticated', 'subscription', 'subscription'] as const)
  const lifecycle = random.chance(0.6) ? 'published' : random.pick(LIFECYCLES)
  const value = random.chance(0.25) ? random.pick(discriminator.values) : null
  const bindsOf = (method: string, path: string, chance: number) =>
    access === 'public' || options.live ? {} : generateBinds(random, path, { method, chance })
  const routes: Record<string, RawRoute> = {}
  for (let i = 0; i < 2 + random.below(5); i++) {
    const name = generateRouteName(random)
    const own = value === null && random.chance(0.2) ? random.pick(discriminator.values) : null
    if (Object.hasOwn(routes, name) || !book.add(basePath, name, value ?? own)) continue
    const extra = (value ?? own) !== null && random.chance(0.2)
    routes[name] = {
      ...(access === 'public' ? {} : scopesOf(random)),
      ...(own === null && !extra
        ? {}
        : {
            match: { ...(own === null ? {} : matchOf(discriminator, own)), ...(extra ? extraOf(discriminator) : {}) },
          }),
      ...(random.chance(0.25)
        ? { when: generateCondition(random, { isPublic: access === 'public', live: options.live, route: name }) }
        : {}),
      ...bindsOf(name.split(' ')[0] ?? '', basePath + (name.split(' ')[1] ?? ''), 0.2),
      ...(access !== 'public' && random.chance(0.4) ? { cost: 1 + random.below(options.costMax) } : {}),
      ...(random.chance(0.2) ? { limits: generateRouteLimits(random, options, access !== 'public') } : {}),
      ...exceptOf(random),
      ...(random.chance(0.1) ? { requests: { body: random.pick(['100B', '2KB']) } } : {}),
    }
  }
  return {
    basePath,
    upstream: 'echo',
    access,
    ...bindsOf('', basePath, 0.5),
    ...(lifecycle === 'published' ? {} : { lifecycle }),
    ...(lifecycle === 'deprecated' || lifecycle === 'retired' ? { deprecation: { since: '2026-10-01' } } : {}),
    ...(value === null ? {} : { match: matchOf(discriminator, value) }),
    ...(access === 'public' || random.chance(0.25)
      ? { limits: generateRouteLimits(random, options, access !== 'public') }
      : {}),
    ...(random.chance(0.1) ? { requests: { body: '5KB' } } : {}),
    routes,
  }
}

/** A condition of another kind than the one that tells routes apart. */
function extraOf({ kind }: Discriminator): NonNullable<RawRoute['match']> {
  return kind === 'header' ? { query: { flag: 'on' } } : { headers: { 'x-flag': 'on' } }
}

function scopesOf(random: Random): Pick<RawRoute, 'scope' | 'scopes'> {
  const scopes = random.some(SCOPES.slice(0, 3), 0.4)
  if (scopes.length > 1) return { scopes }
  return { scope: scopes[0] ?? random.pick(SCOPES) }
}

interface GeneratedTenant {
  readonly name: string
  readonly tenant: RawTenant
  readonly secrets: readonly string[]
}

function generateTenant(random: Random, source: KeySource, name: string, apis: RawMap<RawApi>): GeneratedTenant {
  const { keys, secrets } = generateKeys(random, source, name)
  const subscriptions = Object.entries(apis)
    .filter(([, { access }]) => access === 'subscription' && random.chance(0.85))
    .map(([api]) => [api, generateSubscription(random, source)])
  return {
    name,
    secrets,
    tenant: {
      ...(random.chance(0.8) ? { plan: random.pick(source.plans) } : {}),
      ...(random.chance(0.25) ? { limits: generateLimits(random, source) } : {}),
      ...(subscriptions.length === 0 ? {} : { subscriptions: Object.fromEntries(subscriptions) }),
      keys,
    },
  }
}

function generateSubscription(random: Random, options: KeySource): NonNullable<RawTenant['subscriptions']>[string] {
  if (random.chance(0.15)) return { status: random.pick(['pending', 'rejected', 'ended'] as const) }
  return {
    status: 'approved',
    ...generateSpan(random, options, ['since', 'until'], 0.25),
  }
}

/** What the including file says of a tenant: all but its keys. */
function includeOf({ name, tenant: { plan, limits, subscriptions, keys } }: GeneratedTenant): RawInclude {
  const named = Object.values(keys ?? {}).flatMap((key) => key.plan ?? [])
  const plans = [...new Set([...(plan === undefined ? [] : [plan]), ...named])]
  return {
    tenant: name,
    file: fileOf(name),
    ...(plans.length === 0 ? {} : { plans }),
    grantable: [...Object.keys(ROLES), ...SCOPES],
    ...(limits === undefined ? {} : { limits }),
    ...(subscriptions === undefined ? {} : { subscriptions }),
  }
}

function fileOf(tenant: string): string {
  return `tenants/${tenant}.yaml`
}
