import type { Exchange } from './exchange.ts'
import { REFUSALS, type Refusal } from './refusals.ts'

/** The media type of every refusal's body. */
export const PROBLEM_TYPE = 'application/problem+json'

/** The body of a refusal: a problem as in RFC 9457. */
export function problemBody(exchange: Exchange, refusal: Refusal): string {
  const [, title] = REFUSALS[refusal.code]
  return JSON.stringify({
    type: exchange.table.table.gateway.problemBase + refusal.code,
    title,
    status: refusal.status,
    detail: refusal.detail,
    instance: `urn:uuid:${exchange.requestId}`,
    code: refusal.code,
    ...refusal.members,
  })
}
