import type { Exchange } from './exchange.ts'
import { refuse, type Refusal } from './refusals.ts'

/** A scheme and an authority: what is said again in an answer holds nothing else (RFC 6454, section 6.2). */
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[!-+\-.0-~]+$/

/** An api with CORS answers preflights itself. Refuses one of an origin that the api does not know. */
export function answerPreflight({ route, origin }: Exchange): Refusal | null {
  const cors = route?.api.cors ?? null
  if (cors === null || isAllowedOrigin(cors.origins, origin)) return null
  return refuse('condition-failed', { detail: 'This origin may not call the api.' })
}

/** Exact, or any that is one: "null" is what a sandboxed page sends (Fetch Standard, section 3.2). */
export function isAllowedOrigin(origins: readonly string[], origin: string): boolean {
  return origins[0] === '*' ? ORIGIN.test(origin) : origins.includes(origin)
}
