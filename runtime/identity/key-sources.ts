/** Where an issuer's keys are. */
export interface KeySource {
  readonly issuer: string
  /** The address of its JWK Set, or "" where it is found by OIDC discovery. */
  readonly jwks: string
}

/** What the main thread knows of a source; threads get it when it changes, and when they ask. */
export interface KeyNews {
  readonly source: string
  /** The last good JWK Set, or null. */
  readonly text: string | null
  /** When it was fetched. Milliseconds since 1970 UTC, as all times here: several threads read them. */
  readonly fetchedMs: number
  /** Until then asking again brings nothing new. */
  readonly askAgainMs: number
}

/** Keys that were fetched longer ago serve nobody: a key that its issuer took back must end some time. */
export const KEYS_LAST_MS = 3_600_000

/** Two sources of one name are one. */
export function nameOfSource({ issuer, jwks }: KeySource): string {
  return jwks === '' ? `issuer ${issuer}` : `jwks ${jwks}`
}
