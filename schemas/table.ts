/**
 * The generated table: the only thing that the compiler and the runtime both know.
 *
 * Rows refer to each other by position. Names stay, because logs, refusals and counters use them. Whatever the config can
 * decide is decided here; what moves with time (validity, subscriptions, counters) stands beside as numbers.
 *
 * Units: durations in whole milliseconds, sizes in bytes, points in time in milliseconds since 1970 UTC. A missing end is
 * `FOREVER`, a missing start is `0`: rows have one shape, so the runtime sees one hidden class.
 */

import type { FieldsRow } from './fields-row.ts'
import type { BlockRow, LockoutRow } from './protect-row.ts'
import type { KeyFileRow } from './key-file.ts'
import type { Expression, ExpressionFunctions } from './expression.ts'
import type { GuestRow, IdentityRow, RoleRow, SignerRow } from './identity-rows.ts'

/** The latest point in time that a `Date` can hold; stands for "has no end". Milliseconds since 1970 UTC. */
export type Forever = 8_640_000_000_000_000

export interface GatewayTable {
  /** Grows when a reader of the old shape would misread the new one. */
  readonly format: 1
  /** SHA-256 over all that follows, 16 hex digits: names this config in logs and metrics. */
  readonly configHash: string
  readonly gateway: GatewayRow
  /** What the runtime reads from its surroundings when it starts. */
  readonly secrets: readonly SecretRow[]
  readonly upstreams: readonly UpstreamRow[]
  readonly apis: readonly ApiRow[]
  readonly limits: readonly LimitRow[]
  readonly routes: readonly RouteRow[]
  /** One row for each distinct shape of path, parameters' names aside. */
  readonly paths: readonly PathRow[]
  /** The path tree; row 0 is the root. */
  readonly tree: readonly TreeRow[]
  /** Words of 32 bits in a row of `grants`: one bit a route, route 0 right-most. */
  readonly wordsPerClass: number
  /** One row of bits for each class of keys. */
  readonly grants: Uint32Array
  readonly classes: readonly ClassRow[]
  readonly tenants: readonly TenantRow[]
  /** Which limits the keys of one plan and tenant meet, in the order in which they are taken. */
  readonly limitSets: readonly LimitSetRow[]
  readonly addressSets: readonly AddressSetRow[]
  /** What binds and conditions can ask of keys; empty where none of them asks. */
  readonly facts: readonly FactsRow[]
  readonly keys: readonly KeyRow[]
  readonly digests: readonly DigestRow[]
  /** Where all keys are, if too many to be read here: then `keys`, `digests` and `facts` are empty. */
  readonly keyFile?: KeyFileRow
  /** The keys that sign their requests. */
  readonly signers: readonly SignerRow[]
  /** Conditions and what is read from claims, as functions; called once, with what they need. */
  readonly expressions: (cel: ExpressionFunctions) => readonly Expression[]
  /** What answers may show, called by position. */
  readonly fields: readonly FieldsRow[]
  /** Who else is believed besides keys. */
  readonly identities: readonly IdentityRow[]
  /** What identities' callers can hold: all scopes by name, and all roles. Empty where there is no identity. */
  readonly scopes: readonly string[]
  readonly roles: readonly RoleRow[]
  /** By tenant: what its callers without a key meet. Empty where there is no identity. */
  readonly guests: readonly GuestRow[]
  /** ajv standalone functions, called by position: `bodies` with parsed JSON, `queries` with the values of a query. */
  readonly validators: {
    readonly bodies: readonly Validator[]
    readonly queries: readonly Validator[]
  }
}

export interface GatewayRow {
  readonly name: string
  readonly listen: readonly ListenRow[]
  readonly admin: AddressRow | null
  /** Runtime threads that share the port; `auto` is one for each core that the process may use. */
  readonly threads: number | 'auto'
  /** Peers whose forwarding headers are believed. */
  readonly trustedProxies: readonly AddressRangeRow[]
  /** A key starts with this and an underscore. */
  readonly keyPrefix: string
  /** The environments that this gateway opens to. */
  readonly keyEnvironments: readonly string[]
  /** Headers that may carry a credential, lower case. */
  readonly keyHeaders: readonly string[]
  /** True when some key is a secret of another system, so that a value of any form is looked up. */
  readonly importedKeys: boolean
  readonly headersBytesMax: number
  readonly urlBytesMax: number
  /** Used where no route is known yet. */
  readonly bodyBytesMax: number
  readonly accessLog: 'stdout' | 'off' | { readonly file: string }
  /** The file of what is revoked, from where the gateway runs; or null. */
  readonly revocations: string | null
  /** What a refusal's code is appended to for its problem type. */
  readonly problemBase: string
  readonly lockout: LockoutRow | null
}

export interface AddressRow {
  readonly host: string
  readonly port: number
}

/** An address that callers reach the gateway at; without `tls` it speaks in plain text. */
export interface ListenRow extends AddressRow {
  readonly tls: TlsRow | null
}

/** Paths of PEM files, from where the gateway runs. */
export interface TlsRow {
  readonly cert: string
  readonly key: string
  /** Authorities whose client certificates are believed; null where callers are not asked for any. */
  readonly clientCa: string | null
}

/** An IPv4 range is written as its IPv6-mapped form, so that there is one comparison. */
export interface AddressRangeRow {
  readonly range: string
  /** Four words of 32 bits, most significant first. */
  readonly words: readonly [number, number, number, number]
  /** Leading bits that must agree, 0 to 128. */
  readonly bits: number
}

export interface SecretRow {
  readonly name: string
  readonly from: 'env' | 'file'
  /** The variable's name, or the file's path. */
  readonly key: string
}

/** Text with secrets to be put in at start: literal parts, and positions in `secrets`. */
export type SecretTemplate = readonly (string | { readonly secret: number })[]

export interface UpstreamRow {
  readonly name: string
  readonly targets: readonly { readonly url: SecretTemplate; readonly weight: number }[]
  readonly connectMs: number
  /** From the whole request being sent until the answer's head. */
  readonly responseMs: number
  /** Without a byte in either direction. */
  readonly idleMs: number
  /** To each target, from each thread. */
  readonly connections: number
  /** Requests that may wait for a connection to a target, in each thread. */
  readonly queue: number
  readonly headers: readonly { readonly name: string; readonly value: SecretTemplate }[]
  /** True when the gateway, not the caller, authenticates here: a 401 or 403 from it is then our fault. */
  readonly ownCredential: boolean
}

export type Lifecycle = 'draft' | 'published' | 'deprecated' | 'paused' | 'retired'

export interface ApiRow {
  readonly name: string
  readonly lifecycle: Lifecycle
  /** Deprecation, Sunset and Link as finished header lines; empty when there is nothing to say. */
  readonly lifecycleHeaders: string
  readonly cors: CorsRow | null
}

export interface CorsRow {
  /** Exact origins, or the one entry "*". */
  readonly origins: readonly string[]
  readonly credentials: boolean
  /** Finished header lines of every answer that an origin may read. */
  readonly headers: string
  /** Request headers that a preflight allows, joined by ", ". */
  readonly allowHeaders: string
  readonly maxAgeSeconds: number
}

export type LimitKind = 'rate' | 'quota' | 'concurrency'
export type LimitSubject = 'key' | 'tenant' | 'address' | 'everyone'

export interface LimitRow {
  /** As callers see it: "rate", "quota", "tenant-rate", "route-rate". */
  readonly name: string
  /** Names the counters across changes of the table: two rows with one name share them. */
  readonly counter: string
  readonly kind: LimitKind
  readonly per: LimitSubject
  /** Units in a period; for concurrency, requests in flight. */
  readonly count: number
  /** Rates only: how many units may come at once. Otherwise the count. */
  readonly burst: number
  /** The period: of a rate its length, of a quota a day's. A calendar month and a concurrency have none: 0. */
  readonly periodMs: number
  /** True for requests' `cost`, false where each request counts once. */
  readonly weighted: boolean
  /** True when callers see the numbers in the RateLimit fields. */
  readonly shown: boolean
}

export interface RouteRow {
  /** "GET /v1/orders/{orderId}", as logs name it; metrics have method and path apart. */
  readonly route: string
  readonly method: string
  readonly path: string
  readonly api: number
  readonly upstream: number
  readonly access: 'public' | 'authenticated' | 'subscription'
  /** All of these are needed; already folded into the grants of keys, kept for tokens and to tell a refused caller. */
  readonly scopes: readonly string[]
  /** Values of the request that must be the caller's own; else there is no such route. */
  readonly binds: readonly BindRow[]
  /** Which credentials are taken: keys, and by position those of `identities`. */
  readonly takesKeys: boolean
  readonly identities: readonly number[]
  readonly match: MatchRow | null
  /** What must hold besides the scopes, or null. */
  readonly when: ConditionRow | null
  /** A stronger authentication than usual, or null. */
  readonly requires: RequirementRow | null
  /** Position in `fields`: what its answers may show; -1 for all there is. */
  readonly fields: number
  /** The upstream's path, or null for the caller's own. Positions are those of the path's parameters. */
  readonly forward: readonly (string | { readonly parameter: number })[] | null
  readonly cost: number
  /** Limits of the api and the route, in the order in which they are taken. */
  readonly limits: readonly number[]
  /** The RateLimit-Policy of those limits that callers see. */
  readonly policy: string
  readonly body: number
  readonly query: QueryRow | null
  readonly bodyBytesMax: number
  /** Until the answer's head. */
  readonly timeoutMs: number
  readonly requestHeaders: HeaderChangeRow
  readonly responseHeaders: HeaderChangeRow
  readonly block: BlockRow | null
}

/** A value of the request, and what of the caller it must be. */
export interface BindRow {
  readonly of: 'path' | 'query' | 'body'
  /** Position among the path's parameters, or -1. */
  readonly parameter: number
  /** The parameter's name; in a body the names of members from the outside in. */
  readonly name: readonly string[]
  readonly to: 'id' | 'tenant' | 'metadata' | 'claims'
  /** The metadata's name; of a claim the names of members from the outside in. */
  readonly source: readonly string[]
}

/** How the caller must have proved who it is. */
export interface RequirementRow {
  readonly mfa: boolean
  /** One of these authentication context classes; empty for any. */
  readonly acr: readonly string[]
  /** The finished header line that says so (RFC 9470). */
  readonly challenge: string
}

/** Conditions beside the path. All must hold. */
export interface MatchRow {
  /** Lower-case names; several lines of one name are joined by ", " before they are compared. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Decoded. Where a name comes more than once, each must have the value. */
  readonly query: readonly (readonly [name: string, value: string])[]
  /** Lower case, without port. */
  readonly host: string | null
}

/** A condition, and the parts of a request that it reads: no other is made ready for it. */
export interface ConditionRow {
  /** Position in `expressions`. */
  readonly expression: number
  readonly reads: readonly ('params' | 'query' | 'queryAll')[]
  /** Lower-case names of headers that it reads, or all of them when a name is worked out. */
  readonly headers: readonly string[] | 'all'
}

export interface HeaderChangeRow {
  readonly set: readonly (readonly [name: string, value: string])[]
  /** Lower case. */
  readonly remove: readonly string[]
}

/** How a query is read before its validator sees it. */
export interface QueryRow {
  readonly validator: number
  readonly parameters: readonly QueryParameterRow[]
}

export interface QueryParameterRow {
  readonly name: string
  readonly type: 'string' | 'integer' | 'number' | 'boolean'
  readonly repeated: boolean
}

export interface PathRow {
  readonly path: string
  /** For each method its routes: those with a `match` first, the one without last. */
  readonly methods: Readonly<Record<string, readonly number[]>>
}

export interface TreeRow {
  /** What has been read when the walk is here, for the reader of the table. */
  readonly at: string
  /** The next literal segment and the row that it leads to. */
  readonly literals: readonly (readonly [segment: string, row: number])[]
  /** The row behind a parameter, or -1. */
  readonly parameter: number
  /** The path whose `{rest...}` takes all that is left, or -1. */
  readonly rest: number
  /** The path that ends here, or -1. */
  readonly end: number
}

/** Keys with equal grants share a class. */
export interface ClassRow {
  /** Of the scopes that some `fields` show more for, those that it holds. */
  readonly fieldScopes: readonly string[]
  /** Of the keys' tenant; empty when no api that they can reach asks for one. */
  readonly subscriptions: readonly SubscriptionRow[]
}

export interface SubscriptionRow {
  readonly api: number
  readonly approved: boolean
  readonly fromMs: number
  readonly untilMs: number
}

export interface TenantRow {
  readonly name: string
}

export interface LimitSetRow {
  readonly limits: readonly number[]
  /** The RateLimit-Policy of those that callers see. */
  readonly policy: string
}

export interface AddressSetRow {
  readonly ranges: readonly AddressRangeRow[]
}

/** Shared by keys with the same roles, scopes and metadata. */
export interface FactsRow {
  readonly roles: readonly string[]
  readonly scopes: readonly string[]
  readonly metadata: readonly (readonly [name: string, value: string])[]
}

/** What binds and conditions know of a caller, as `key`. */
export interface CallerFacts {
  /** A key's name; of a token its subject. */
  readonly id: string
  readonly tenant: string
  readonly scopes: readonly string[]
  readonly roles: readonly string[]
  /** Without a prototype, so that it has the names that were written and no others. */
  readonly metadata: Readonly<Record<string, string>>
}

export interface KeyRow {
  readonly id: string
  readonly tenant: number
  readonly class: number
  /** The plan's name for the access log, or null. */
  readonly plan: string | null
  readonly limitSet: number
  readonly notBeforeMs: number
  readonly expiresMs: number
  /** Position in `addressSets`, or -1 for any address. */
  readonly addresses: number
  /** From when on it is suspended, or `FOREVER`. */
  readonly suspendedMs: number
  /** Position in `facts`, or -1 where nothing asks for them. */
  readonly facts: number
  /** Finished header lines that tell the upstream who calls. */
  readonly identity: string
}

export interface DigestRow {
  /** 64 hex digits, lower case. */
  readonly sha256: string
  readonly key: number
  /** After a rotation the old secret opens until then. */
  readonly untilMs: number
  /** True for a secret of another system, whose form is not ours. */
  readonly imported: boolean
}

/** What ajv's standalone code exports. */
export interface Validator {
  (value: unknown): boolean
  errors?: readonly ValidationError[] | null
}

export interface ValidationError {
  readonly instancePath: string
  readonly keyword: string
  readonly message?: string
  readonly params: Readonly<Record<string, unknown>>
}
