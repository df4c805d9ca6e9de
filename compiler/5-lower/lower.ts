import { credentialHeaders } from '../3-link/credential-headers.ts'
import type { LinkedConfig } from '../3-link/linked.ts'
import type { Listener, Lockout } from '../../schemas/config.ts'
import type { LockoutRow } from '../../schemas/protect-row.ts'
import type { ApiRow, GatewayRow, ListenRow, UpstreamRow } from '../../schemas/table.ts'
import type { TableDraft } from './draft.ts'
import { createExpressionList } from './expressions.ts'
import { lowerAddresses, toAddressRange } from './addresses.ts'
import { lowerCors } from './cors.ts'
import { lowerFacts } from './facts.ts'
import { lowerFields } from './fields.ts'
import { lowerGrants } from './grants.ts'
import { lowerIdentities } from './identities.ts'
import { keyColumns, KEYS_WRITTEN_MAX } from './key-columns.ts'
import { lowerKeys } from './keys.ts'
import { lifecycleHeaders } from './lifecycle.ts'
import { lowerLimits } from './limits.ts'
import { lowerPaths } from './paths.ts'
import { lowerRoutes } from './routes.ts'
import { lowerSigners } from './signers.ts'
import { toTemplate } from './template.ts'

/** Requests that may wait for each connection to a target. */
const QUEUED_PER_CONNECTION = 8
const CREDENTIAL_HEADERS = new Set(['authorization', 'cookie', 'x-api-key', 'api-key'])

export interface LowerOptions {
  /** Whether keys that are too many to be read stand in the table for all that, or in a file beside it. */
  readonly keys: 'written' | 'filed'
}

/** Folds a config's policy into the rows that the runtime reads. */
export function lower(config: LinkedConfig, { keys: place }: LowerOptions = { keys: 'written' }): TableDraft {
  const limits = lowerLimits(config)
  const expressions = createExpressionList()
  const fields = lowerFields(config)
  const routes = lowerRoutes(config, { limits, expressions, fields })
  const grants = lowerGrants(config, fields.scopes)
  const addresses = lowerAddresses(config)
  const facts = lowerFacts(config)
  const identities = lowerIdentities(config, limits, expressions)
  const keys = lowerKeys(config, {
    classes: grants.classOfKey,
    limitSets: limits.setOfKey,
    addressSets: addresses.setOfKey,
    facts: facts.ofKey,
  })
  const signers = lowerSigners(config)
  const isFiled = place === 'filed' && config.keys.length > KEYS_WRITTEN_MAX

  return {
    table: {
      format: 1,
      gateway: lowerSettings(config),
      secrets: config.secrets.map(({ name, from, key }) => ({ name, from, key })),
      upstreams: config.upstreams.map(lowerUpstream),
      apis: config.apis.map((api): ApiRow => ({
        name: api.name,
        lifecycle: api.lifecycle,
        lifecycleHeaders: lifecycleHeaders(api, config),
        cors: lowerCors(api, config),
      })),
      limits: limits.rows,
      routes: routes.rows,
      ...lowerPaths(config.routes),
      wordsPerClass: grants.wordsPerClass,
      grants: grants.bits,
      classes: grants.classes,
      tenants: config.tenants.map(({ name }) => ({ name })),
      limitSets: limits.sets,
      addressSets: addresses.sets,
      facts: isFiled ? [] : facts.rows,
      keys: isFiled ? [] : keys.rows,
      digests: isFiled ? [] : keys.digests,
      signers: signers.rows,
      ...identities.rows,
    },
    places: {
      secrets: config.secrets.map(({ at }) => at),
      upstreams: config.upstreams.map(({ at }) => at),
      apis: config.apis.map(({ at }) => at),
      limits: limits.places,
      routes: config.routes.map(({ at }) => at),
      tenants: config.tenants.map(({ at }) => at),
      limitSets: limits.setPlaces,
      addressSets: addresses.places,
      facts: facts.places,
      keys: config.keys.map(({ at }) => at),
      digests: keys.digestPlaces,
      signers: signers.places,
      ...identities.places,
    },
    keyColumns: isFiled ? keyColumns({ ...keys, facts: facts.rows }) : null,
    classNotes: grants.notes,
    schemas: routes.schemas,
    expressions: expressions.all,
    fields: fields.drafts,
  }
}

function lowerSettings(config: LinkedConfig): GatewayRow {
  const { settings, keys } = config
  return {
    name: settings.name,
    listen: settings.listen.map(lowerListener),
    admin: settings.admin === null ? null : { host: settings.admin.host, port: settings.admin.port },
    threads: settings.threads,
    trustedProxies: settings.trustedProxies.map(toAddressRange),
    keyPrefix: settings.keys?.prefix ?? '',
    keyEnvironments: settings.keys?.accept ?? [],
    keyHeaders: credentialHeaders(config),
    importedKeys: keys.some((key) => key.imported),
    headersBytesMax: settings.requests.headersBytes,
    urlBytesMax: settings.requests.urlBytes,
    bodyBytesMax: settings.requests.bodyBytes,
    accessLog: settings.accessLog,
    revocations: settings.revocations,
    problemBase: settings.problemBase,
    lockout: lowerLockout(settings.lockout),
  }
}

function lowerListener({ host, port, tls }: Listener): ListenRow {
  return { host, port, tls: tls === null ? null : { cert: tls.cert, key: tls.key, clientCa: tls.clientCa } }
}

function lowerLockout(lockout: Lockout | null): LockoutRow | null {
  if (lockout === null) return null
  return { failures: lockout.failures, windowMs: lockout.windowMs, banMs: lockout.banMs }
}

function lowerUpstream(upstream: LinkedConfig['upstreams'][number]): UpstreamRow {
  const headers = upstream.headers.map(({ name, value }) => ({ name, value: toTemplate(value) }))
  const carriesSecret = headers.some(({ value }) => value.some((part) => typeof part !== 'string'))
  return {
    name: upstream.name,
    targets: upstream.targets.map(({ url, weight }) => ({ url: toTemplate(url), weight })),
    connectMs: upstream.connectMs,
    responseMs: upstream.responseMs,
    idleMs: upstream.idleMs,
    connections: upstream.connections,
    queue: upstream.connections * QUEUED_PER_CONNECTION,
    headers,
    ownCredential: carriesSecret || headers.some(({ name }) => CREDENTIAL_HEADERS.has(name)),
  }
}
