import type { Identity } from './identity-config.ts'
import type { BlockMode, BlockRule } from './protect-row.ts'
import type { Lifecycle, LimitSubject } from './table.ts'

/**
 * A valid config after normalizing: quantities are numbers in their named unit, each thing has one shape, what was left out
 * has its default. Names are still names. Names and order follow gateway.schema.json.
 *
 * `at` is the JSON pointer of the place where a thing is written; below an include's `file` it goes on inside that file.
 */
export interface GatewayConfig {
  readonly gateway: Settings
  readonly secrets: readonly Secret[]
  readonly upstreams: readonly Upstream[]
  readonly identities: readonly Identity[]
  readonly scopes: readonly Named[]
  readonly roles: readonly Role[]
  readonly plans: readonly Plan[]
  readonly apis: readonly Api[]
  /** Those of `tenants`, then those of `include`. */
  readonly tenants: readonly Tenant[]
}

export interface Named {
  readonly at: string
  readonly name: string
}

/** A name that stands for something declared elsewhere. */
export interface Reference {
  readonly at: string
  readonly name: string
}

export interface Settings {
  readonly at: string
  readonly name: string
  readonly listen: readonly Listener[]
  readonly admin: ListenAddress | null
  readonly threads: number | 'auto'
  readonly instances: number
  readonly trustedProxies: readonly AddressRange[]
  /** Null when the config says nothing of keys. */
  readonly keys: {
    readonly prefix: string
    readonly accept: readonly string[]
    readonly headers: readonly string[]
  } | null
  readonly requests: {
    readonly bodyBytes: number
    readonly headersBytes: number
    readonly urlBytes: number
    readonly timeoutMs: number
  }
  /** Who may approve and reject subscriptions; null: anyone who may change the config. */
  readonly approvers: readonly Reference[] | null
  readonly accessLog: 'stdout' | 'off' | { readonly file: string }
  /** A file that the runtime watches; null when nothing is revoked but by the config. */
  readonly revocations: string | null
  readonly problemBase: string
  readonly lockout: Lockout | null
  readonly block: { readonly at: string; readonly rules: readonly BlockRule[]; readonly mode: BlockMode } | null
}

export interface Lockout {
  readonly at: string
  readonly failures: number
  readonly windowMs: number
  readonly banMs: number
}

export interface ListenAddress {
  readonly at: string
  readonly host: string
  readonly port: number
}

export interface Listener extends ListenAddress {
  readonly tls: ListenerTls | null
}

/** Paths of PEM files, as written: they are looked at when the gateway starts. */
export interface ListenerTls {
  readonly at: string
  readonly cert: string
  readonly key: string
  readonly clientCa: string | null
}

export interface AddressRange {
  readonly at: string
  /** As written. */
  readonly text: string
  /** Sixteen bytes; an IPv4 address in its IPv6-mapped form. */
  readonly bytes: readonly number[]
  /** Leading bits that must agree, of 128. */
  readonly bits: number
}

export interface Secret extends Named {
  readonly from: 'env' | 'file'
  readonly key: string
}

/** Text with references to secrets in it. */
export interface SecretText {
  readonly at: string
  readonly parts: readonly SecretPart[]
}

export type SecretPart = string | SecretName

export interface SecretName {
  readonly from: 'env' | 'file' | 'secret'
  readonly key: string
}

/** A place where a secret stands, and nothing else. */
export interface SecretReference extends SecretName {
  readonly at: string
}

export interface Upstream extends Named {
  readonly targets: readonly { readonly at: string; readonly url: SecretText; readonly weight: number }[]
  readonly connectMs: number
  readonly responseMs: number
  readonly idleMs: number
  readonly connections: number
  readonly headers: readonly { readonly at: string; readonly name: string; readonly value: SecretText }[]
}

export interface Role extends Named {
  readonly scopes: readonly Reference[]
}

/** One number a period. What is left out is null. */
export interface Limits {
  readonly at: string
  readonly rate: Rate | null
  /** Null: the rate's own number. */
  readonly burst: number | null
  readonly quota: Quota | null
  readonly concurrency: number | null
}

export interface Rate {
  readonly count: number
  readonly periodMs: number
}

export interface Quota {
  readonly count: number
  readonly window: 'day' | 'month'
}

export interface Plan extends Named {
  readonly limits: Limits
}

export interface RouteLimits extends Limits {
  readonly per: LimitSubject
}

export interface Api extends Named {
  readonly basePath: string
  readonly upstream: Reference
  readonly lifecycle: Lifecycle
  readonly deprecation: Deprecation | null
  readonly access: 'public' | 'authenticated' | 'subscription'
  readonly binds: readonly Bind[]
  readonly fields: Fields | null
  readonly match: Match | null
  readonly limits: RouteLimits | null
  readonly cors: Cors | null
  readonly routes: readonly Route[]
}

export interface Deprecation {
  readonly at: string
  readonly sinceMs: number
  readonly sunsetMs: number | null
  readonly successor: Reference | null
  readonly link: string | null
}

/** A value of the request that must be the caller's own. */
export interface Bind {
  readonly at: string
  /** Where it stands: in the path, the query or the body. */
  readonly of: 'path' | 'query' | 'body'
  /** The parameter's name; in a body the names of members from the outside in. */
  readonly name: readonly string[]
  readonly to: BindSource
}

/** What it must be. `name` is that of the metadata or, from the outside in, of the claim. */
export type BindSource =
  | { readonly of: 'id' | 'tenant' }
  | { readonly of: 'metadata'; readonly name: string }
  | { readonly of: 'claims'; readonly name: readonly string[] }

/** What an answer may show. */
export interface Fields {
  readonly at: string
  readonly allow: readonly FieldPath[]
  /** Besides, for callers that hold the scope. */
  readonly withScope: readonly { readonly scope: Reference; readonly paths: readonly FieldPath[] }[]
  readonly bytesMax: number
}

export interface FieldPath {
  readonly at: string
  /** Names of members from the outside in; "*" is every member or element. */
  readonly names: readonly string[]
}

export interface Match {
  readonly at: string
  /** Lower-case names. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly query: readonly (readonly [name: string, value: string])[]
  readonly host: string | null
}

export interface Cors {
  readonly at: string
  readonly origins: readonly string[]
  readonly credentials: boolean
  readonly headers: readonly string[]
  readonly expose: readonly string[]
  readonly maxAgeMs: number | null
}

export interface Route {
  readonly at: string
  /** As written: "GET /{orderId}". */
  readonly name: string
  /** The methods that it stands for: one, or those of ANY. */
  readonly methods: readonly string[]
  /** Behind the basePath; "/" adds nothing. */
  readonly path: string
  readonly scopes: readonly Reference[]
  /** Which credentials are taken: "key", or names from `identity`. */
  readonly auth: readonly Reference[]
  readonly binds: readonly Bind[]
  readonly fields: Fields | null
  readonly match: Match | null
  /** A condition in CEL. */
  /** A stronger authentication than usual. */
  readonly requires: Requirement | null
  readonly when: { readonly at: string; readonly text: string } | null
  readonly query: readonly QueryParameter[] | null
  readonly body: BodySchema | null
  readonly cost: number
  readonly limits: RouteLimits | null
  readonly bodyBytes: number
  readonly timeoutMs: number
  /** The upstream's path instead of the caller's. */
  readonly forward: { readonly at: string; readonly path: string } | null
  readonly requestHeaders: HeaderChanges
  readonly responseHeaders: HeaderChanges
  /** Rules of the gateway's `block` that do not hold here. */
  readonly blockExcept: readonly { readonly at: string; readonly name: BlockRule }[]
}

export interface Requirement {
  readonly at: string
  readonly mfa: boolean
  /** One of these; empty for any. */
  readonly acr: readonly string[]
}

export interface QueryParameter {
  readonly at: string
  readonly name: string
  readonly type: 'string' | 'integer' | 'number' | 'boolean'
  readonly repeated: boolean
  readonly required: boolean
  /** The parameter's JSON Schema, its type spelled out. */
  readonly schema: Readonly<Record<string, unknown>>
}

export interface BodySchema {
  readonly at: string
  /** As written, relative to the config. */
  readonly file: string
  readonly schema: unknown
}

export interface HeaderChanges {
  readonly set: readonly { readonly at: string; readonly name: string; readonly value: string }[]
  readonly remove: readonly Reference[]
}

export interface Tenant extends Named {
  /** Null for a tenant of `tenants`. */
  readonly include: Include | null
  readonly plan: Reference | null
  readonly limits: Limits | null
  readonly subscriptions: readonly Subscription[]
  readonly keys: readonly Key[]
}

/** What the including file says of a tenant whose team owns its file. */
export interface Include {
  readonly at: string
  readonly plans: readonly Reference[]
  readonly grantable: readonly Reference[]
  readonly maxKeys: number | null
  readonly wants: readonly Reference[]
}

export interface Subscription {
  readonly at: string
  readonly api: Reference
  readonly status: 'pending' | 'approved' | 'rejected' | 'ended'
  /** Who approved or rejected it. */
  readonly by: Reference | null
  readonly sinceMs: number | null
  readonly untilMs: number | null
  /** Where it was discussed. */
  readonly ref: string | null
}

export interface Key {
  readonly at: string
  readonly id: string
  /** Null for a key that signs its requests. */
  readonly digest: Digest | null
  /** Null for a key that shows its secret. */
  readonly signing: Signing | null
  readonly retiring: (Digest & { readonly untilMs: number }) | null
  readonly roles: readonly Reference[]
  readonly scopes: readonly Reference[]
  readonly plan: Reference | null
  readonly notBeforeMs: number | null
  readonly expiresMs: number | null
  /** Null: any address. */
  readonly allowIps: readonly AddressRange[] | null
  readonly metadata: readonly (readonly [name: string, value: string])[]
  readonly limits: Limits | null
  readonly suspendedMs: number | null
  readonly imported: boolean
}

/** How a key signs its requests (RFC 9421). */
export type Signing = SigningWith & {
  readonly at: string
  /** How long a signature is taken. */
  readonly windowMs: number
}

type SigningWith =
  | { readonly algorithm: 'hmac-sha256'; readonly secret: SecretReference }
  | { readonly algorithm: 'ed25519'; readonly publicKey: { readonly at: string; readonly text: string } }

export interface Digest {
  readonly at: string
  /** 64 hex digits. */
  readonly sha256: string
}
