import type { Exchange } from './exchange.ts'

/** @see W3C Trace Context, section 3.2: version, trace id, parent id, flags; later versions may have more behind. */
const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/
const ZERO_TRACE = '0'.repeat(32)
const ZERO_PARENT = '0'.repeat(16)
const MEMBERS_MAX = 32
/** @see W3C Trace Context, section 3.3.1.3: a key, perhaps of a tenant, and a value. */
const MEMBER =
  /^[ \t]*(?:([a-z0-9][a-z0-9_\-*/]{0,240}(?:@[a-z][a-z0-9_\-*/]{0,13})?|[a-z][a-z0-9_\-*/]{0,255})=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e])?[ \t]*$/

/**
 * Goes on with the caller's trace, or starts one where there is none that holds: the trace id is then the request id's, so
 * that the two lead to each other.
 */
export function readTraceContext(exchange: Exchange): void {
  const traceId = traceIdOf(exchange.traceparent)
  if (traceId === null) {
    exchange.traceId = exchange.requestId.replaceAll('-', '')
    exchange.traceparent = `00-${exchange.traceId}-${exchange.traceId.slice(16)}-00`
    exchange.tracestate = ''
    return
  }
  exchange.traceId = traceId
  if (exchange.tracestate !== '' && !isTracestate(exchange.tracestate)) exchange.tracestate = ''
}

function traceIdOf(traceparent: string): string | null {
  if (traceparent === '') return null
  const match = TRACEPARENT.exec(traceparent)
  if (match === null) return null
  const [, version, traceId, parentId, more] = match
  if (version === 'ff' || (version === '00' && more !== undefined)) return null
  if (traceId === undefined || traceId === ZERO_TRACE || parentId === ZERO_PARENT) return null
  return traceId
}

function isTracestate(text: string): boolean {
  const keys = new Set<string>()
  const members = text.split(',')
  for (const member of members) {
    const match = MEMBER.exec(member)
    if (match === null) return false
    const key = match[1]
    if (key === undefined) continue
    if (keys.has(key)) return false
    keys.add(key)
  }
  return keys.size <= MEMBERS_MAX
}
