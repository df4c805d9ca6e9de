import type { Named, Reference, SecretText } from './config.ts'

/** Who else is believed besides keys. Its kind follows from `issuer`, `introspect` or `certificates`, whichever is there. */
export interface Identity extends Named {
  readonly issuer: string | null
  /** Null: any. */
  readonly audience: string | null
  /** Null: found by OIDC discovery. */
  readonly jwks: string | null
  readonly algorithms: readonly string[]
  readonly leewayMs: number
  readonly introspect: Introspection | null
  /** Null where it is not about certificates; then `owner` is whose they are, and `tenant` is null. */
  readonly certificates: readonly CertificateMatch[] | null
  readonly owner: Reference | null
  /** CEL over claims. */
  readonly tenant: ExpressionText | null
  readonly roles: IdentityRoles
  readonly mfa: ExpressionText | null
  readonly dpop: 'required' | 'accepted' | 'off'
}

export interface Introspection {
  readonly at: string
  readonly url: string
  readonly authorization: SecretText | null
  readonly cacheMs: number
}

export interface IdentityRoles {
  /** Held by all. */
  readonly held: readonly Reference[]
  /** Names in the claims, in CEL, and the role that each stands for. */
  readonly from: ExpressionText | null
  readonly map: readonly { readonly value: string; readonly role: Reference }[]
}

/** CEL as it is written. */
export interface ExpressionText {
  readonly at: string
  readonly text: string
}

/** One way to know a client certificate, as written. */
export interface CertificateMatch {
  readonly at: string
  readonly by: 'san' | 'subject' | 'thumbprint'
  readonly text: string
}
