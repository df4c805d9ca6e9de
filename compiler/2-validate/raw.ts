import type { BlockMode, BlockRule } from '../../schemas/protect-row.ts'

/** What the schemas have let through, as far as the runtime honours it. Names as in gateway.schema.json. */

export interface RawGateway {
  readonly gateway: RawSettings
  readonly secrets?: RawMap<string>
  readonly upstreams?: RawMap<RawUpstream>
  readonly identity?: RawMap<RawIdentity>
  readonly scopes?: RawMap<string>
  readonly roles?: RawMap<readonly string[]>
  readonly plans?: RawMap<RawLimits>
  readonly apis?: RawMap<RawApi>
  readonly tenants?: RawMap<RawTenant>
  readonly include?: readonly RawInclude[]
}

export type RawMap<T> = Readonly<Record<string, T>>
export type RawCount = number | string

export interface RawSettings {
  readonly name: string
  readonly listen: RawListen | readonly RawListen[]
  readonly admin?: string
  readonly threads?: number | 'auto'
  readonly instances?: number
  readonly trustedProxies?: readonly string[]
  readonly keys?: { readonly prefix: string; readonly accept?: readonly string[]; readonly headers?: readonly string[] }
  readonly requests?: {
    readonly body?: string
    readonly headers?: string
    readonly url?: string
    readonly timeout?: string
  }
  readonly approvers?: readonly string[]
  readonly revocations?: string
  readonly log?: { readonly access?: string }
  readonly brand?: { readonly errors?: string }
  readonly protect?: RawProtect
}

export interface RawProtect {
  readonly lockout?: { readonly failures: RawCount; readonly window: string; readonly ban: string }
  readonly block?: readonly BlockRule[] | { readonly rules: readonly BlockRule[]; readonly mode?: BlockMode }
}

export type RawListen =
  | string
  | {
      readonly address: string
      readonly tls?: { readonly cert: string; readonly key: string; readonly clientCa?: string }
    }

export interface RawUpstream {
  readonly targets: readonly (string | { readonly url: string; readonly weight?: number })[]
  readonly timeouts?: { readonly connect?: string; readonly response?: string; readonly idle?: string }
  readonly connections?: RawCount
  readonly headers?: RawMap<string>
}

export interface RawIdentity {
  readonly issuer?: string
  readonly audience?: string
  readonly jwks?: string
  readonly algorithms?: readonly string[]
  readonly leeway?: string
  readonly introspect?: { readonly url: string; readonly authorization?: string; readonly cache?: string }
  readonly certificates?: readonly { readonly san?: string; readonly subject?: string; readonly thumbprint?: string }[]
  readonly tenant?: string
  readonly roles?: readonly string[] | { readonly from: string; readonly map: RawMap<string> }
  readonly mfa?: string
  readonly dpop?: 'required' | 'accepted' | 'off'
}

export interface RawLimits {
  readonly rate?: string
  readonly burst?: RawCount
  readonly quota?: string
  readonly concurrency?: RawCount
}

export interface RawRouteLimits extends RawLimits {
  readonly per?: 'key' | 'tenant' | 'address' | 'everyone'
}

export interface RawApi {
  readonly basePath: string
  readonly upstream: string
  readonly lifecycle?: 'draft' | 'published' | 'deprecated' | 'paused' | 'retired'
  readonly deprecation?: {
    readonly since: string
    readonly sunset?: string
    readonly successor?: string
    readonly link?: string
  }
  readonly access: 'public' | 'authenticated' | 'subscription'
  readonly auth?: readonly string[]
  readonly bind?: RawMap<string>
  readonly fields?: RawFields
  readonly match?: RawMatch
  readonly limits?: RawRouteLimits
  readonly cors?: RawCors
  readonly requests?: RawRequests
  readonly routes: RawMap<RawRoute>
}

export interface RawFields {
  readonly allow?: readonly string[]
  readonly withScope?: RawMap<readonly string[]>
  readonly size?: string
}

export interface RawMatch {
  readonly headers?: RawMap<string>
  readonly query?: RawMap<string>
  readonly host?: string
}

export interface RawCors {
  readonly origins: readonly string[]
  readonly credentials?: boolean
  readonly headers?: readonly string[]
  readonly expose?: readonly string[]
  readonly maxAge?: string
}

export interface RawRequests {
  readonly body?: string
  readonly timeout?: string
}

export interface RawRoute {
  readonly scope?: string
  readonly scopes?: readonly string[]
  readonly auth?: readonly string[]
  readonly bind?: RawMap<string>
  readonly requires?: { readonly mfa?: true; readonly acr?: readonly string[] }
  readonly fields?: RawFields
  readonly match?: RawMatch
  readonly when?: string
  readonly query?: RawMap<RawQueryParameter>
  readonly body?: string
  readonly cost?: RawCount
  readonly limits?: RawRouteLimits
  readonly requests?: RawRequests
  readonly forward?: { readonly path: string }
  readonly request?: { readonly headers?: RawHeaderChanges }
  readonly response?: { readonly headers?: RawHeaderChanges }
  readonly block?: { readonly except: readonly BlockRule[] }
}

export interface RawQueryParameter {
  readonly description?: string
  readonly required?: boolean
  readonly type?: 'string' | 'integer' | 'number' | 'boolean' | 'array'
  readonly items?: Readonly<Record<string, unknown>>
  readonly [keyword: string]: unknown
}

export interface RawHeaderChanges {
  readonly set?: RawMap<string>
  readonly remove?: readonly string[]
}

export interface RawTenant {
  readonly plan?: string
  readonly limits?: RawLimits
  readonly subscriptions?: RawMap<RawSubscription>
  readonly keys?: RawMap<RawKey>
}

export interface RawTenantFile {
  readonly wants?: readonly string[]
  readonly keys?: RawMap<RawKey>
}

export interface RawInclude {
  readonly tenant: string
  readonly file: string
  readonly plans?: readonly string[]
  readonly grantable?: readonly string[]
  readonly maxKeys?: RawCount
  readonly limits?: RawLimits
  readonly subscriptions?: RawMap<RawSubscription>
}

export interface RawSubscription {
  readonly status: 'pending' | 'approved' | 'rejected' | 'ended'
  readonly by?: string
  readonly since?: string
  readonly until?: string
  readonly ref?: string
}

export interface RawSigning {
  readonly algorithm: 'hmac-sha256' | 'ed25519'
  readonly secret?: string
  readonly publicKey?: string
  readonly window?: string
}

export interface RawKey {
  readonly digest?: string
  readonly signing?: RawSigning
  readonly retiring?: { readonly digest: string; readonly until: string }
  readonly roles?: readonly string[]
  readonly scopes?: readonly string[]
  readonly plan?: string
  readonly notBefore?: string
  readonly expires?: string
  readonly allowIps?: readonly string[]
  readonly metadata?: RawMap<string>
  readonly limits?: RawLimits
  readonly suspended?: { readonly since: string }
  readonly imported?: boolean
}
