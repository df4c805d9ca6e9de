import type {
  Api,
  Bind,
  FieldPath,
  Fields,
  Key,
  Limits,
  Match,
  Route,
  Settings,
  Signing,
  Subscription,
  Tenant,
  Upstream,
  GatewayConfig,
  Include,
} from '../../schemas/config.ts'
import type { Identity, Introspection } from '../../schemas/identity-config.ts'
import type { CertificateMatchRow } from '../../schemas/identity-rows.ts'
import type { CompiledExpression } from '../expressions/expression.ts'

/** A config whose names are positions. Flat: routes and keys stand in lists of their own, in the order of the files. */
export interface LinkedConfig {
  readonly settings: Settings
  readonly secrets: readonly LinkedSecret[]
  readonly upstreams: readonly LinkedUpstream[]
  readonly identities: readonly LinkedIdentity[]
  readonly scopes: GatewayConfig['scopes']
  readonly roles: readonly LinkedRole[]
  readonly plans: GatewayConfig['plans']
  readonly apis: readonly LinkedApi[]
  readonly routes: readonly LinkedRoute[]
  readonly tenants: readonly LinkedTenant[]
  readonly keys: readonly LinkedKey[]
}

/** A declared secret, or one that is used where it stands ("env:X"). */
export interface LinkedSecret {
  readonly at: string
  readonly name: string
  readonly from: 'env' | 'file'
  readonly key: string
}

export interface LinkedRole {
  readonly at: string
  readonly name: string
  readonly scopes: readonly number[]
}

/** Literal text, or a position in `secrets`. */
export type LinkedText = readonly (string | { readonly secret: number })[]

export interface LinkedUpstream extends Omit<Upstream, 'targets' | 'headers'> {
  readonly targets: readonly { readonly at: string; readonly url: LinkedText; readonly weight: number }[]
  readonly headers: readonly { readonly at: string; readonly name: string; readonly value: LinkedText }[]
}

export interface LinkedIdentity extends Omit<
  Identity,
  'introspect' | 'certificates' | 'owner' | 'tenant' | 'roles' | 'mfa'
> {
  readonly introspect: (Omit<Introspection, 'authorization'> & { readonly authorization: LinkedText }) | null
  /** Null where it is not about certificates; then `owner` is the tenant that they belong to. */
  readonly certificates: readonly CertificateMatchRow[] | null
  readonly owner: number | null
  readonly tenant: CompiledExpression | null
  /** Held by all of its callers. */
  readonly roles: readonly number[]
  readonly rolesFrom: CompiledExpression | null
  readonly roleOf: readonly { readonly value: string; readonly role: number }[]
  readonly mfa: CompiledExpression | null
}

export interface LinkedApi extends Omit<Api, 'fields' | 'upstream' | 'routes'> {
  readonly upstream: number
  readonly fields: LinkedFields | null
  /** The api that takes its place. */
  readonly successor: number | null
}

/** One segment of a path. */
export type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'parameter'; readonly name: string }
  | { readonly kind: 'rest'; readonly name: string }

/** Conditions of an api and its route together: all must hold. */
export interface LinkedMatch extends Omit<Match, 'host'> {
  readonly hosts: readonly string[]
}

export interface LinkedFields extends Omit<Fields, 'withScope'> {
  readonly withScope: readonly { readonly at: string; readonly scope: number; readonly paths: readonly FieldPath[] }[]
}

export interface LinkedRoute extends Omit<Route, 'fields' | 'scopes' | 'forward' | 'path' | 'match' | 'when'> {
  readonly api: number
  /** With the basePath: "/v1/orders/{orderId}". */
  readonly path: string
  readonly segments: readonly Segment[]
  readonly scopes: readonly number[]
  /** What `auth` names: keys, and positions in `identities`. */
  readonly takesKeys: boolean
  readonly identities: readonly number[]
  /** Its api's, then its own: all must hold. */
  readonly binds: readonly Bind[]
  /** Its own, else its api's. */
  readonly fields: LinkedFields | null
  readonly match: LinkedMatch | null
  /** What must hold besides the scopes. */
  readonly when: CompiledExpression | null
  readonly forward: { readonly at: string; readonly parts: readonly (string | { readonly parameter: number })[] } | null
}

export interface LinkedTenant extends Omit<Tenant, 'plan' | 'subscriptions' | 'keys' | 'include'> {
  readonly plan: number | null
  readonly subscriptions: readonly LinkedSubscription[]
  readonly include: LinkedInclude | null
}

export interface LinkedSubscription extends Omit<Subscription, 'api'> {
  readonly api: number
}

export interface LinkedInclude extends Omit<Include, 'plans' | 'wants'> {
  readonly plans: readonly number[]
  readonly grantableRoles: readonly number[]
  readonly grantableScopes: readonly number[]
  readonly wants: readonly { readonly at: string; readonly api: number }[]
}

/** The shared secret is a position in `secrets`. */
export type LinkedSigning =
  | Extract<Signing, { algorithm: 'ed25519' }>
  | (Omit<Extract<Signing, { algorithm: 'hmac-sha256' }>, 'secret'> & { readonly secret: number })

export interface LinkedKey extends Omit<Key, 'roles' | 'scopes' | 'plan' | 'limits' | 'signing'> {
  readonly signing: LinkedSigning | null
  readonly tenant: number
  /** Those that it names itself, in its own order. */
  readonly roles: readonly { readonly at: string; readonly role: number }[]
  readonly ownScopes: readonly { readonly at: string; readonly scope: number }[]
  /** All that it holds, by roles or itself, ascending. */
  readonly scopes: readonly number[]
  /** Its own, else its tenant's. */
  readonly plan: number | null
  /** Where it names a plan itself. */
  readonly planAt: string | null
  readonly limits: Limits | null
}
