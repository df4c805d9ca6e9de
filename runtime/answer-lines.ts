import { isAllowedOrigin } from './answer-preflight.ts'
import type { Exchange } from './exchange.ts'
import { limitFields } from './limit-fields.ts'
import type { LoadedRoute } from './load-table.ts'
import type { ResponseHead } from './upstream/types.ts'

/** What the gateway or its engine says itself, whoever answers; Alt-Svc would lead callers around the gateway. */
const OURS = new Set(['date', 'server', 'x-request-id', 'ratelimit', 'ratelimit-policy', 'alt-svc'])
const CORS = 'access-control-'
/** Said once (RFC 9745, section 2; RFC 8594, section 3): by the gateway, where it has something to say. */
const LIFECYCLE = new Set(['deprecation', 'sunset'])

/** Header lines that every answer carries, each ended by CR LF. */
export function commonLines(exchange: Exchange): string {
  const { route, refusal } = exchange
  const lines = `x-request-id: ${exchange.requestId}\r\n`
  // A route whose object is another's answers as if it were not there.
  if (route === null || refusal?.code === 'no-route') return lines
  return lines + route.api.lifecycleHeaders + corsLines(exchange, route) + limitFields(exchange)
}

/** The lines of an upstream's answer, without what is not its to say, and the gateway's own. */
export function answerLines(exchange: Exchange, head: ResponseHead): string {
  const { route } = exchange
  if (route === null) return ''
  const { fields } = head
  const { dropFromAnswer, setInAnswer, api } = route
  let lines = ''
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] ?? ''
    if (OURS.has(name) || (dropFromAnswer !== null && dropFromAnswer.has(name))) continue
    if (api.cors !== null && name.startsWith(CORS)) continue
    if (api.lifecycleHeaders !== '' && LIFECYCLE.has(name)) continue
    lines += `${name}: ${fields[i + 1] ?? ''}\r\n`
  }
  return lines + setInAnswer + commonLines(exchange)
}

/** What a preflight is told (Fetch Standard, section 3.2.3). */
export function preflightLines(exchange: Exchange): string {
  const cors = exchange.route?.api.cors ?? null
  if (cors === null) return commonLines(exchange)
  return (
    `${commonLines(exchange)}access-control-allow-methods: ${exchange.preflightAllows}\r\n` +
    `access-control-allow-headers: ${cors.allowHeaders}\r\naccess-control-max-age: ${cors.maxAgeSeconds}\r\n`
  )
}

function corsLines({ origin }: Exchange, { api: { cors } }: LoadedRoute): string {
  if (cors === null) return ''
  if (!isAllowedOrigin(cors.origins, origin)) return 'vary: Origin\r\n'
  return `access-control-allow-origin: ${origin}\r\nvary: Origin\r\n${cors.headers}`
}
