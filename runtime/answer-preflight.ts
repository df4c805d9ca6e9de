import type { Exchange } from './exchange.ts'
import { refuse, type Refusal } from './refusals.ts'

/** An api with CORS answers preflights itself. Refuses one of an origin that the api does not know. */
export function answerPreflight({ route, origin }: Exchange): Refusal | null {
  const cors = route?.api.cors ?? null
  if (cors === null || isAllowedOrigin(cors.origins, origin)) return null
  return refuse('condition-failed', { detail: 'This origin may not call the api.' })
}

/** Exact, or any but the origin of nobody: "null" is what a sandboxed page sends (Fetch Standard, section 3.2). */
export function isAllowedOrigin(origins: readonly string[], origin: string): boolean {
  if (origin === '' || origin === 'null') return false
  return origins.includes(origin) || origins[0] === '*'
}
