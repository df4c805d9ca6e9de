import type { Exchange } from './exchange.ts'
import type { LoadedRoute } from './load-table.ts'
import { refuse, refuseFraming, type Refusal } from './refusals.ts'

/** @see RFC 9110, section 9.3: a body has no meaning there. */
const METHODS_WITHOUT_BODY = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS'])

/**
 * Looks at what a request says of its body, before any of it is read.
 *
 * @param route Whose request it is; null for one that no route takes: then only the gateway's own bound holds.
 */
export function checkDeclaredBody(exchange: Exchange, route: LoadedRoute | null): Refusal | null {
  const { contentLength, chunked, table, method } = exchange
  if (contentLength <= 0 && !chunked) return null
  const bytesMax = route === null ? table.table.gateway.bodyBytesMax : route.row.bodyBytesMax
  if (contentLength > bytesMax)
    return refuse('body-too-large', { detail: `A body may have ${bytesMax} bytes here.`, close: true })
  if (route === null || route.readsBody) return null
  if (METHODS_WITHOUT_BODY.has(method)) return refuseFraming('malformed-request', `A ${method} has no body here.`)
  return chunked ? refuseFraming('length-required', 'The body must come with a Content-Length here.') : null
}
