import type { Exchange } from './exchange.ts'
import type { RequestId } from './ids.ts'
import { trimBlanks } from './trim-blanks.ts'

/** @see W3C Trace Context, section 3.2: version, trace id, parent id, flags; later versions may have more behind. */
const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(-.*)?$/
const ZERO_TRACE = '0'.repeat(32)
const ZERO_PARENT = '0'.repeat(16)
const MEMBERS_MAX = 32
/** @see W3C Trace Context Level 2, section 3.3.1.3: a key, "=" and a value that does not end in a space. */
const MEMBER = /^[a-z0-9][a-z0-9_\-*/@]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/

/**
 * Goes on with the caller's trace, or starts one where there is none that holds. Where the request's id is ours, too, it is
 * the trace's, so that the two lead to each other.
 *
 * @param id Made for this request.
 */
export function readTraceContext(exchange: Exchange, id: RequestId): void {
  const traceId = traceIdOf(exchange.traceparent)
  if (traceId === null) {
    exchange.traceId = id.traceId
    exchange.traceparent = `00-${id.traceId}-${id.spanId}-00`
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

/** Empty members and a key that comes twice are for others to judge: the list goes on as it came (section 3.3.1.1). */
function isTracestate(text: string): boolean {
  const members = text
    .split(',')
    .map(trimBlanks)
    .filter((member) => member !== '')
  return members.length <= MEMBERS_MAX && members.every((member) => MEMBER.test(member))
}
