import { parameterOf, type Exchange, type LoadedUpstream } from './exchange.ts'
import { isInTree } from './prefix-tree.ts'

/** What a Connection header may say without naming other headers. */
const PLAIN_CONNECTION = /^(?:close|keep-alive|)$/i
const LINE_END = '\r\n'

/** Path and query that an upstream is asked for. */
export function upstreamPath(exchange: Exchange): string {
  const { route, path, query, hasQuery } = exchange
  const forward = route?.row.forward ?? null
  const target =
    forward === null
      ? path
      : forward.map((part) => (typeof part === 'string' ? part : parameterOf(exchange, part.parameter))).join('')
  return hasQuery ? `${target}?${query}` : target
}

/** Header lines that an upstream gets, each ended by CR LF. */
export function requestLines(exchange: Exchange, upstream: LoadedUpstream): string {
  const { route, caller } = exchange
  return (
    callersLines(exchange) +
    (route?.setInRequest ?? '') +
    upstream.lines +
    (caller?.identity ?? '') +
    forwardingLines(exchange) +
    `x-request-id: ${exchange.requestId}\r\ntraceparent: ${exchange.traceparent}\r\n` +
    (exchange.tracestate === '' ? '' : `tracestate: ${exchange.tracestate}\r\n`)
  )
}

/** What the caller sent, without what the route or the upstream writes anew, and without what is about its connection only. */
function callersLines({ route, lines, connection }: Exchange): string {
  const drop = route?.dropFromRequest ?? null
  if (drop === null && (connection === '' || PLAIN_CONNECTION.test(connection))) return lines
  const named = new Set(connection.split(',').map((name) => name.trim().toLowerCase()))
  let kept = ''
  for (let start = 0; start < lines.length;) {
    const end = lines.indexOf(LINE_END, start) + LINE_END.length
    const name = lines.slice(start, lines.indexOf(':', start))
    if (!named.has(name) && drop?.has(name.replaceAll('_', '-')) !== true) kept += lines.slice(start, end)
    start = end
  }
  return kept
}

/**
 * Who the request comes from. Written anew, and appended to only where the peer is a trusted proxy.
 *
 * @see RFC 9110, section 7.6.3 (Via); RFC 7239 (Forwarded).
 */
function forwardingLines(exchange: Exchange): string {
  const { table, peer, via } = exchange
  const { name } = table.table.gateway
  const viaLine = `via: ${via === '' ? '' : `${via}, `}1.1 ${name}\r\n`
  if (isInTree(table.trustedProxies, peer.words)) return viaLine + linesBehindProxy(exchange)
  return viaLine + linesOfPeer(exchange)
}

function linesBehindProxy(exchange: Exchange): string {
  const { scheme, peer, host, forwardedFor, forwardedProto, forwardedHost, forwarded } = exchange
  return (
    `x-forwarded-for: ${forwardedFor === '' ? '' : `${forwardedFor}, `}${peer.text}\r\n` +
    `x-forwarded-proto: ${forwardedProto === '' ? scheme : forwardedProto}\r\n` +
    `x-forwarded-host: ${forwardedHost === '' ? host : forwardedHost}\r\n` +
    `forwarded: ${forwarded === '' ? '' : `${forwarded}, `}${hopOf(exchange)}\r\n`
  )
}

/** The same for every request of a peer to one host: kept with what is known of the peer. */
function linesOfPeer(exchange: Exchange): string {
  const { scheme, peer, host } = exchange
  if (peer.forwardedHost !== host || peer.forwardedScheme !== scheme) {
    peer.forwardedScheme = scheme
    peer.forwardedHost = host
    peer.forwardingLines = `x-forwarded-for: ${peer.text}\r\nx-forwarded-proto: ${scheme}\r\nx-forwarded-host: ${host}\r\nforwarded: ${hopOf(exchange)}\r\n`
  }
  return peer.forwardingLines
}

function hopOf({ peer: { text }, host, scheme }: Exchange): string {
  return `for=${text.includes(':') ? `"[${text}]"` : text};host="${host}";proto=${scheme}`
}
