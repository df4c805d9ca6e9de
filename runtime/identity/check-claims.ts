/** What a token must say to be for us. */
export interface ClaimRules {
  /** The issuer that it must name, or null where it may name any or none. */
  readonly issuer: string | null
  /** The audience that it must name, or "" for any. */
  readonly audience: string
  /** How far clocks may differ. Milliseconds. */
  readonly leewayMs: number
  /** True where it must say until when it holds. */
  readonly needsEnd: boolean
}

/** Longer issuers and subjects name nobody; they would go into headers. */
const NAME_CHARACTERS_MAX = 1024
const LONE_SURROGATE = /\p{Surrogate}/u

/**
 * Holds claims against what must be true of them now.
 *
 * @param wallMs Milliseconds since 1970 UTC.
 * @returns What is wrong, for the log, or null.
 * @see RFC 7519, section 4.1.
 */
export function checkClaims(
  claims: Readonly<Record<string, unknown>>,
  { issuer, audience, leewayMs, needsEnd }: ClaimRules,
  wallMs: number,
): string | null {
  const { iss, aud, sub, exp, nbf, iat } = claims
  if (issuer === null ? iss !== undefined && !isIssuer(iss) : iss !== issuer) return 'issuer'
  if (audience !== '' && !namesAudience(aud, audience)) return 'audience'
  if (!isName(sub)) return 'subject'
  if (needsEnd ? !isTime(exp) : exp !== undefined && !isTime(exp)) return 'end'
  if (isTime(exp) && wallMs >= exp * 1000 + leewayMs) return 'expired'
  if (!isTimeOrAbsent(nbf) || !isTimeOrAbsent(iat)) return 'times'
  if (nbf !== undefined && wallMs < nbf * 1000 - leewayMs) return 'early'
  if (iat !== undefined && wallMs < iat * 1000 - leewayMs) return 'issued later'
  return null
}

/** Until when claims hold, with the leeway; Infinity where they do not say. Milliseconds since 1970 UTC. */
export function endOfClaims({ exp }: Readonly<Record<string, unknown>>, leewayMs: number): number {
  return isTime(exp) ? exp * 1000 + leewayMs : Infinity
}

function namesAudience(aud: unknown, audience: string): boolean {
  return Array.isArray(aud) ? aud.every((one) => typeof one === 'string') && aud.includes(audience) : aud === audience
}

/** A NUL stands between issuer and subject where callers are told apart. */
function isIssuer(iss: unknown): iss is string {
  return isName(iss) && !iss.includes('\0')
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= NAME_CHARACTERS_MAX && !LONE_SURROGATE.test(value)
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function isTimeOrAbsent(value: unknown): value is number | undefined {
  return value === undefined || isTime(value)
}
