import type { GatewayConfig, Include, Key, Plan, Role, Secret, Tenant, Upstream } from '../../schemas/config.ts'
import type { KeyLine } from '../1-load/key-lines.ts'
import type { RawConfig } from '../1-load/load.ts'
import { pointTo, type Pointer } from '../diagnostics/report.ts'
import { normalizeApi } from './normalize-apis.ts'
import { normalizeKey, normalizeSubscriptions } from './normalize-keys.ts'
import { normalizeLimits } from './normalize-limits.ts'
import { normalizeSettings } from './normalize-settings.ts'
import { normalizeIdentity } from './normalize-identities.ts'
import type { RawGateway, RawInclude, RawKey, RawTenant, RawTenantFile, RawUpstream } from './raw.ts'
import { parseSecretText, secretText } from './secret-text.ts'
import { mapMembers, references } from './shapes.ts'
import { parseCount, parseDuration } from './units.ts'

/** Brings a config that the schemas have let through into its one shape. */
export function normalize(raw: RawConfig): GatewayConfig {
  // Safe: the schemas have let it through, and raw.ts follows them.
  const root = raw.root as RawGateway
  const settings = normalizeSettings(root.gateway)
  return {
    gateway: settings,
    secrets: mapMembers(root.secrets, '/secrets', normalizeSecret),
    upstreams: mapMembers(root.upstreams, '/upstreams', normalizeUpstream),
    identities: mapMembers(root.identity, '/identity', normalizeIdentity),
    scopes: mapMembers(root.scopes, '/scopes', (at, name) => ({ at, name })),
    roles: mapMembers(root.roles, '/roles', (at, name, scopes): Role => ({ at, name, scopes: references(at, scopes) })),
    plans: mapMembers(root.plans, '/plans', (at, name, limits): Plan => ({
      at,
      name,
      limits: normalizeLimits(at, limits),
    })),
    apis: mapMembers(root.apis, '/apis', (at, name, api) => normalizeApi(at, name, api, settings, raw.files)),
    tenants: [
      ...mapMembers(root.tenants, '/tenants', (at, name, tenant) => normalizeTenant(at, name, tenant, raw.keyLines)),
      ...(root.include ?? []).map((include, i) => normalizeInclude(pointTo('/include', i), include, raw.files)),
    ],
  }
}

function normalizeSecret(at: Pointer, name: string, reference: string): Secret {
  const [part] = parseSecretText(reference)
  const isReference = typeof part === 'object' && part.from !== 'secret'
  if (!isReference) throw new Error(`not a reference, though the schema let it through: ${at}`)
  return { at, name, from: part.from === 'file' ? 'file' : 'env', key: part.key }
}

function normalizeUpstream(at: Pointer, name: string, raw: RawUpstream): Upstream {
  const { timeouts = {} } = raw
  return {
    at,
    name,
    targets: raw.targets.map((target, i) => {
      const targetAt = pointTo(at, 'targets', i)
      if (typeof target === 'string') return { at: targetAt, url: secretText(targetAt, target), weight: 1 }
      return { at: targetAt, url: secretText(pointTo(targetAt, 'url'), target.url), weight: target.weight ?? 1 }
    }),
    connectMs: parseDuration(timeouts.connect ?? '1s'),
    responseMs: parseDuration(timeouts.response ?? '10s'),
    idleMs: parseDuration(timeouts.idle ?? '60s'),
    connections: parseCount(raw.connections ?? 1000),
    headers: mapMembers(raw.headers, pointTo(at, 'headers'), (headerAt, header, value) => ({
      at: headerAt,
      name: header,
      value: secretText(headerAt, value),
    })),
  }
}

function normalizeTenant(at: Pointer, name: string, raw: RawTenant, keyLines: RawConfig['keyLines']): Tenant {
  return {
    at,
    name,
    include: null,
    plan: raw.plan === undefined ? null : { at: pointTo(at, 'plan'), name: raw.plan },
    limits: raw.limits === undefined ? null : normalizeLimits(pointTo(at, 'limits'), raw.limits),
    subscriptions: normalizeSubscriptions(pointTo(at, 'subscriptions'), raw.subscriptions),
    keys: [
      ...mapMembers(raw.keys, pointTo(at, 'keys'), normalizeKey),
      ...(keyLines.get(pointTo(at, 'keysFrom')) ?? []).map(normalizeKeyLine),
    ],
  }
}

function normalizeKeyLine({ at, value }: KeyLine): Key {
  // Safe: validate holds each line against the schema of a key, and its id against that of a name.
  const { id, ...key } = value as unknown as { readonly id: string } & RawKey
  return normalizeKey(at, id, key)
}

function normalizeInclude(at: Pointer, raw: RawInclude, files: RawConfig['files']): Tenant {
  const fileAt = pointTo(at, 'file')
  // Safe: validate holds each included file against tenant-file.schema.json.
  const file = (files.get(fileAt) ?? {}) as RawTenantFile
  const plans = references(pointTo(at, 'plans'), raw.plans)
  const include: Include = {
    at,
    plans,
    grantable: references(pointTo(at, 'grantable'), raw.grantable),
    maxKeys: raw.maxKeys === undefined ? null : parseCount(raw.maxKeys),
    wants: references(pointTo(fileAt, 'wants'), file.wants),
  }
  return {
    at: pointTo(at, 'tenant'),
    name: raw.tenant,
    include,
    plan: plans[0] ?? null,
    limits: raw.limits === undefined ? null : normalizeLimits(pointTo(at, 'limits'), raw.limits),
    subscriptions: normalizeSubscriptions(pointTo(at, 'subscriptions'), raw.subscriptions),
    keys: mapMembers(file.keys, pointTo(fileAt, 'keys'), normalizeKey),
  }
}
