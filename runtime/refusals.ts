/** Every answer that is not success: its status and what callers are told. The code is permanent. */
export const REFUSALS = {
  'malformed-request': [400, 'The request is malformed'],
  'unreadable-body': [400, 'The body cannot be read'],
  'ambiguous-credential': [400, 'Two different credentials were presented'],
  'missing-credential': [401, 'A credential is needed'],
  'invalid-key': [401, 'The key is not valid'],
  'expired-key': [401, 'The key has expired'],
  'key-not-yet-valid': [401, 'The key is not valid yet'],
  'revoked-key': [401, 'The key was revoked'],
  'invalid-token': [401, 'The token is not valid'],
  'stronger-authentication-required': [401, 'A stronger authentication is needed'],
  'insufficient-scope': [403, 'The credential lacks a scope'],
  'subscription-missing': [403, 'The tenant has not subscribed to this api'],
  'subscription-not-approved': [403, "The tenant's subscription is not approved"],
  suspended: [403, 'The key is suspended'],
  'address-not-allowed': [403, 'The key may not be used from this address'],
  'condition-failed': [403, 'A condition of the route is not met'],
  blocked: [403, 'The request holds what is not let through here'],
  'no-route': [404, 'There is nothing here'],
  'method-not-allowed': [405, 'The method is not allowed here'],
  'body-timeout': [408, 'The body came too slowly'],
  retired: [410, 'This api is retired'],
  'length-required': [411, 'The length of the body is needed'],
  'body-too-large': [413, 'The body is too large'],
  'too-large-for-limit': [413, 'The request costs more than the limit ever allows'],
  'url-too-long': [414, 'The URL is too long'],
  'unsupported-media-type': [415, 'The media type is not supported here'],
  'invalid-request': [422, 'The request does not meet its schema'],
  'rate-exceeded': [429, 'Too many requests'],
  'quota-exceeded': [429, 'The quota is used up'],
  'concurrency-exceeded': [429, 'Too many requests at one time'],
  'locked-out': [429, 'Too many failed authentications came from here'],
  'headers-too-large': [431, 'The headers are too large'],
  internal: [500, 'The gateway failed'],
  'method-not-implemented': [501, 'The method is not known here'],
  'coding-not-implemented': [501, 'The transfer coding is not known here'],
  'upstream-unreachable': [502, 'The upstream cannot be reached'],
  // Its status is the upstream's own.
  'upstream-refused': [502, 'The upstream did not answer with success'],
  'upstream-broken': [502, 'The upstream gave a broken answer'],
  'upstream-unavailable': [503, 'A service behind the gateway is out of reach'],
  overloaded: [503, 'The gateway is overloaded'],
  'state-unavailable': [503, 'The gateway has no room to remember this request'],
  paused: [503, 'This api is paused'],
  'upstream-timeout': [504, 'The upstream took too long'],
} as const satisfies Record<string, readonly [status: number, title: string]>

export type RefusalCode = keyof typeof REFUSALS

/** A planned answer that is not success. */
export interface Refusal {
  readonly code: RefusalCode
  readonly status: number
  /** What callers are told of this occurrence; never anything about upstreams or the inside. */
  readonly detail: string
  /** Finished header lines. */
  readonly headers: string
  /** More members of the problem: `requiredScopes`, `errors`, `violated-policies`, `retryAfter`. */
  readonly members: Readonly<Record<string, unknown>>
  /** True when the connection cannot be used after it. */
  readonly close: boolean
}

export interface RefusalParts {
  readonly detail?: string
  readonly headers?: string
  readonly members?: Readonly<Record<string, unknown>>
  readonly close?: boolean
}

const NO_MEMBERS = {}

export function refuse(code: RefusalCode, parts: RefusalParts = NO_MEMBERS): Refusal {
  const [status, title] = REFUSALS[code]
  return {
    code,
    status,
    detail: parts.detail ?? `${title}.`,
    headers: parts.headers ?? '',
    members: parts.members ?? NO_MEMBERS,
    close: parts.close ?? false,
  }
}

/** A refusal of the framing: what follows on the connection cannot be trusted. */
export function refuseFraming(code: RefusalCode, detail: string): Refusal {
  return refuse(code, { detail, close: true })
}
