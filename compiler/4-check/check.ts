import type { RawConfig } from '../1-load/load.ts'
import type { LinkedConfig } from '../3-link/linked.ts'
import type { Report } from '../diagnostics/report.ts'
import { approvals } from './rules/approvals.ts'
import { bindRules } from './rules/binds.ts'
import { bodySchemas } from './rules/body-schemas.ts'
import { boundCallers } from './rules/bound-callers.ts'
import { boundParameters } from './rules/bound-parameters.ts'
import { conditionRules } from './rules/conditions.ts'
import { corsRules } from './rules/cors.ts'
import { errorsBase } from './rules/errors-base.ts'
import { fieldRules } from './rules/fields.ts'
import { forwardPaths } from './rules/forward-paths.ts'
import { identityRules } from './rules/identities.ts'
import { includedTenants } from './rules/included-tenants.ts'
import { keyReach } from './rules/key-reach.ts'
import { keyValidity } from './rules/key-validity.ts'
import { keysConfigured } from './rules/keys-configured.ts'
import { lifecycleRules } from './rules/lifecycles.ts'
import { limitsReachable } from './rules/limits-reachable.ts'
import { limitsShared } from './rules/limits-shared.ts'
import { listenAddresses } from './rules/listen-addresses.ts'
import { literalSecrets } from './rules/literal-secrets.ts'
import { matchesPossible } from './rules/matches-possible.ts'
import { ownedHeaders } from './rules/owned-headers.ts'
import { patterns } from './rules/patterns.ts'
import { protectRules } from './rules/protect.ts'
import { publicApis } from './rules/public-apis.ts'
import { queryParameters } from './rules/query-parameters.ts'
import { requirementRules } from './rules/requirements.ts'
import { routesApart } from './rules/routes-apart.ts'
import { routesGrantable } from './rules/routes-grantable.ts'
import { routesReachable } from './rules/routes-reachable.ts'
import { secretReferences } from './rules/secret-references.ts'
import { signingKeys } from './rules/signing-keys.ts'
import { subscriptionRules } from './rules/subscriptions.ts'
import { targetRules } from './rules/targets.ts'
import { trustedProxies } from './rules/trusted-proxies.ts'
import { uniqueDigests } from './rules/unique-digests.ts'
import { uniqueKeys } from './rules/unique-keys.ts'
import { uniqueTenants } from './rules/unique-tenants.ts'
import { unusedNames } from './rules/unused.ts'

/** What some rules look at besides the config. */
export interface Given {
  /** As it was written: what normalizing filled in cannot be told from what a person wrote. */
  readonly raw: RawConfig
  /** The clock, milliseconds since 1970 UTC. It decides warnings only, never what the table holds. */
  readonly atMs: number
}

/** Looks at one thing over the whole config. */
export type Rule = (config: LinkedConfig, report: Report, given: Given) => void

const RULES: readonly Rule[] = [
  uniqueKeys,
  uniqueTenants,
  uniqueDigests,
  routesApart,
  routesReachable,
  matchesPossible,
  routesGrantable,
  requirementRules,
  publicApis,
  limitsReachable,
  limitsShared,
  keysConfigured,
  signingKeys,
  conditionRules,
  ownedHeaders,
  corsRules,
  subscriptionRules,
  approvals,
  lifecycleRules,
  keyValidity,
  keyReach,
  unusedNames,
  listenAddresses,
  trustedProxies,
  protectRules,
  boundParameters,
  bindRules,
  boundCallers,
  fieldRules,
  includedTenants,
  identityRules,
  targetRules,
  forwardPaths,
  bodySchemas,
  patterns,
  queryParameters,
  secretReferences,
  literalSecrets,
  errorsBase,
]

/** Proves what needs the whole config. */
export function check(config: LinkedConfig, given: Given, report: Report): void {
  for (const rule of RULES) rule(config, report, given)
}
