import type { SecretTemplate, SubscriptionRow } from './table.ts'

/** Somebody whose word on who calls is believed. One of `issuer` and `introspection` is not null, or `certificates` is not empty. */
export interface IdentityRow {
  readonly name: string
  readonly issuer: IssuerRow | null
  readonly introspection: IntrospectionRow | null
  /** Any of these is a caller of its `owner`, a position in `tenants`, else -1. */
  readonly certificates: readonly CertificateMatchRow[]
  readonly owner: number
  /** What a token must be meant for; "" for anything. */
  readonly audience: string
  /** How far clocks may differ. */
  readonly leewayMs: number
  /** Positions in `expressions`, of claims, or -1: a tenant's name, names that `roleOf` knows, and whether a second factor was used. */
  readonly tenant: number
  readonly rolesFrom: number
  readonly mfa: number
  /** Which role each value of `rolesFrom` stands for. */
  readonly roleOf: readonly (readonly [value: string, role: number])[]
  /** Roles that all of its callers hold. */
  readonly roles: readonly number[]
  /** Whether its tokens are bound to a key of the caller (RFC 9449). */
  readonly dpop: 'required' | 'accepted' | 'off'
}

/** An issuer of tokens that are verified here. */
export interface IssuerRow {
  readonly issuer: string
  /** Where its keys are; "" where that is found by OIDC discovery. */
  readonly jwks: string
  readonly algorithms: readonly string[]
}

/** A service that is asked whether an opaque token holds (RFC 7662). */
export interface IntrospectionRow {
  readonly url: string
  /** What the gateway authenticates with; empty where it does not. */
  readonly authorization: SecretTemplate
  /** How long an answer is believed. */
  readonly cacheMs: number
}

export interface RoleRow {
  readonly name: string
  /** Positions in `scopes`. */
  readonly scopes: readonly number[]
}

/** What callers of a tenant meet who have no key in the table. */
export interface GuestRow {
  /** The tenant's plan for the access log, or null. */
  readonly plan: string | null
  readonly limitSet: number
  /** Empty when no api asks for one. */
  readonly subscriptions: readonly SubscriptionRow[]
}

/** One way to know a client certificate. */
export interface CertificateMatchRow {
  readonly by: 'dns' | 'uri' | 'email' | 'ip' | 'subject' | 'thumbprint'
  /**
   * A subject alternative name, in a name of DNS "*." for one label more; or the certificate's SHA-256, 64 hex digits; or
   * the subject as text, for people.
   */
  readonly value: string
  /** The subject in the certificate's order, which is the text's order reversed; empty for all others. */
  readonly subject: SubjectRow
}

/** A distinguished name: its parts, each with its attributes by type and value; types in capitals. */
export type SubjectRow = readonly (readonly (readonly [type: string, value: string])[])[]

/** A key that signs its requests (RFC 9421). */
export interface SignerRow {
  readonly key: number
  readonly algorithm: 'hmac-sha256' | 'ed25519'
  /** The shared secret's position in `secrets`, or -1. */
  readonly secret: number
  /** 32 bytes in base64, or "". */
  readonly publicKey: string
  /** How long after its making a signature is taken. */
  readonly windowMs: number
}
