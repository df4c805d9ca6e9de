import { clientAddress } from './client-address.ts'
import type { Exchange } from './exchange.ts'
import { KIND } from './header-kinds.ts'
import type { ReceivedSignature } from './identity/signer-of.ts'
import type { RequestId } from './ids.ts'
import type { KnownAddresses } from './known-addresses.ts'
import { canonicalPath } from './path.ts'
import { refuseFraming, type Refusal } from './refusals.ts'
import { readTraceContext } from './trace-context.ts'
import { trimBlanks } from './trim-blanks.ts'

/** What the engine knows of a request, for as long as its callback runs. */
export interface RequestSource {
  getCaseSensitiveMethod(): string
  getUrl(): string
  /** Undefined when there is no "?". */
  getQuery(): string | undefined
  forEach(callback: (name: string, value: string) => void): void
}

/**
 * Copies a request into its exchange and holds it against what HTTP allows: the engine lets through much that others behind
 * it would read differently. What does not pass sets the exchange's refusal.
 */
export type ReadRequest = (exchange: Exchange, source: RequestSource) => void

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
/** @see RFC 9110, section 5.6.2: what a method and a transfer coding are made of. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
/** Not by toLowerCase, which makes a "k" of the Kelvin sign. */
const CHUNKED = /^chunked$/i
const CONTENT_LENGTH = /^[0-9]{1,15}$/
/** What a value may hold besides visible ASCII, space and tab: characters above it, but no replacement for a broken one. */
const VALUE_REFUSED = /[^\t\x20-\x7e\u0080-\ufffc]/
/**
 * A character at a time, so that no text has two readings: those of a name in which one does not fit would take forever.
 *
 * @see RFC 3986, section 3.2: a registered name, an IPv4 address or an IPv6 address in brackets, and a port.
 */
const HOST = /^(?:(?:[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{0,5})?$/
const QUERY_REFUSED = /[^\x21-\x7e]|#/
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const BEARER = /^bearer +/i
const DPOP = /^dpop +/i
const LINE_OVERHEAD = 4

/** @param newId Makes an id for a request, unlike all others. */
export function createReadRequest(newId: () => RequestId, addresses: KnownAddresses): ReadRequest {
  // One closure for all requests: the engine calls it for each header before `forEach` returns.
  let current: Exchange | null = null
  let fault: Refusal | null = null
  /** The last host that was found well-formed: it is mostly the same one. */
  let goodHost: string | null = null

  const onHeader = (name: string, value: string): void => {
    if (current === null) return
    current.headerBytes += name.length + value.length + LINE_OVERHEAD
    if (VALUE_REFUSED.test(value)) fault ??= malformed('A header has a value that it cannot have.')
    fault ??= readHeader(current, name, value)
  }

  return (exchange, source) => {
    current = exchange
    fault = null
    source.forEach(onHeader)
    current = null
    const id = newId()
    if (exchange.requestId === '') exchange.requestId = id.uuid
    readTraceContext(exchange, id)
    readAddress(exchange, addresses)
    exchange.method = source.getCaseSensitiveMethod()
    const query = source.getQuery()
    exchange.hasQuery = query !== undefined
    exchange.query = query ?? ''
    const url = source.getUrl()
    if (exchange.signature !== null) exchange.signature = readSigned(exchange.signature, source, url)
    if (exchange.host !== goodHost) {
      if (HOST.test(exchange.host)) goodHost = exchange.host
      else fault ??= malformed('The Host is malformed.')
    }
    exchange.refusal = fault ?? checkFraming(exchange) ?? checkSizes(exchange, url) ?? checkTarget(exchange, url)
  }
}

/** Who the caller is once trusted proxies are believed. */
function readAddress(exchange: Exchange, addresses: KnownAddresses): void {
  const { peer, forwardedFor, forwarded, table } = exchange
  if (forwardedFor === '' && forwarded === '') return
  const words = clientAddress(peer.words, forwardedFor, forwarded, table.trustedProxies)
  if (words !== peer.words) exchange.address = addresses.ofWords(words)
}

function readHeader(exchange: Exchange, name: string, value: string): Refusal | null {
  const { table } = exchange
  const kind = table.kindOf(name)
  if (table.keptHeaders !== null && isKept(table.keptHeaders, name, kind)) keepHeader(exchange, name, value)
  switch (kind) {
    case KIND.PASS:
      exchange.lines += name + ': ' + value + '\r\n'
      return null
    case KIND.DROP:
      return null
    case KIND.CREDENTIAL:
      if (name === 'authorization') readAuthorization(exchange, value)
      else readCredential(exchange, value)
      return null
    case KIND.HOST:
      exchange.host = value
      exchange.hostCount++
      return null
    case KIND.CONTENT_LENGTH:
      return readContentLength(exchange, value)
    case KIND.TRANSFER_ENCODING:
      return readTransferEncoding(exchange, value)
    case KIND.CONNECTION:
      exchange.connection = joined(exchange.connection, value)
      return null
    case KIND.FORWARDED_FOR:
    case KIND.FORWARDED_PROTO:
    case KIND.FORWARDED_HOST:
    case KIND.FORWARDED:
      readForwarding(exchange, name, value)
      return null
    case KIND.REQUEST_ID:
      if (UUID.test(value)) exchange.requestId = value.toLowerCase()
      return null
    case KIND.TRACEPARENT:
      exchange.traceparent = joined(exchange.traceparent, value)
      return null
    case KIND.TRACESTATE:
      exchange.tracestate = joined(exchange.tracestate, value)
      return null
    case KIND.ORIGIN:
      exchange.origin = joined(exchange.origin, value)
      exchange.lines += 'origin: ' + value + '\r\n'
      return null
    case KIND.PREFLIGHT_METHOD:
      exchange.preflightMethod = value
      exchange.lines += name + ': ' + value + '\r\n'
      return null
    case KIND.VIA:
      exchange.via = joined(exchange.via, value)
      return null
    case KIND.CONTENT_TYPE:
      exchange.contentType = joined(exchange.contentType, value)
      exchange.lines += 'content-type: ' + value + '\r\n'
      return null
    case KIND.CONTENT_ENCODING:
      exchange.contentEncoding = joined(exchange.contentEncoding, value)
      exchange.lines += 'content-encoding: ' + value + '\r\n'
      return null
    case KIND.SIGNATURE:
      readSignature(exchange, name, value)
      return null
    case KIND.PROOF:
      readProof(exchange, value)
      return null
    case KIND.MALFORMED:
      return malformed('A header has a name that it cannot have.')
  }
}

/** Who looks at headers whatever they are called sees no credential. */
function isKept(kept: ReadonlySet<string> | 'all', name: string, kind: number): boolean {
  return kept === 'all' ? kind !== KIND.CREDENTIAL : kept.has(name)
}

function readForwarding(exchange: Exchange, name: string, value: string): void {
  if (name === 'x-forwarded-for') exchange.forwardedFor = joined(exchange.forwardedFor, value)
  else if (name === 'x-forwarded-proto') exchange.forwardedProto = joined(exchange.forwardedProto, value)
  else if (name === 'x-forwarded-host') exchange.forwardedHost = joined(exchange.forwardedHost, value)
  else exchange.forwarded = joined(exchange.forwarded, value)
}

/** Any other scheme is as good as no credential (RFC 6750, section 3.1; RFC 9449, section 7.1). */
function readAuthorization(exchange: Exchange, value: string): void {
  if (BEARER.test(value)) readCredential(exchange, value.replace(BEARER, ''))
  else if (exchange.table.takesDpop && DPOP.test(value)) {
    exchange.dpop = { isScheme: true, proof: exchange.dpop?.proof ?? null }
    readCredential(exchange, value.replace(DPOP, ''))
  }
}

/** One is enough: two are joined, and no proof any more. */
function readProof(exchange: Exchange, value: string): void {
  exchange.dpop ??= { isScheme: false, proof: null }
  const { dpop } = exchange
  dpop.proof = dpop.proof === null ? value : `${dpop.proof}, ${value}`
}

function readCredential(exchange: Exchange, value: string): void {
  if (value === '') return
  if (exchange.credential !== '' && exchange.credential !== value) exchange.ambiguousCredential = true
  exchange.credential = value
}

/** @see RFC 9112, section 6.3: two lengths, even equal ones, are a way to smuggle. */
function readContentLength(exchange: Exchange, value: string): Refusal | null {
  if (exchange.contentLength >= 0 || !CONTENT_LENGTH.test(value))
    return malformed('The length of the body is not clear.')
  exchange.contentLength = Number(value)
  return null
}

/** @see RFC 9112, section 6.1. */
function readTransferEncoding(exchange: Exchange, value: string): Refusal | null {
  if (exchange.chunked) return malformed('There are two transfer codings.')
  exchange.chunked = true
  if (CHUNKED.test(value)) return null
  const codings = value.split(',').map(trimBlanks)
  const isList =
    codings.every((coding) => TOKEN.test(coding)) && codings.filter((coding) => CHUNKED.test(coding)).length < 2
  return isList
    ? refuseFraming('coding-not-implemented', 'Only the coding "chunked" is known here.')
    : malformed('The transfer coding is malformed.')
}

function keepHeader(exchange: Exchange, name: string, value: string): void {
  exchange.headers ??= new Map()
  const before = exchange.headers.get(name)
  exchange.headers.set(name, before === undefined ? value : `${before}, ${value}`)
}

function readSignature(exchange: Exchange, name: string, value: string): void {
  exchange.signature ??= { inputs: '', values: '', path: '', headers: new Map(), bodyDigests: null }
  const { signature } = exchange
  if (name === 'signature') signature.values = joined(signature.values, value)
  else signature.inputs = joined(signature.inputs, value)
}

/** Of a signed request all is needed as it came. A Signature that nothing is said of means nothing. */
function readSigned(received: ReceivedSignature, source: RequestSource, url: string): ReceivedSignature | null {
  if (received.inputs === '') return null
  const { headers } = received
  received.path = url
  source.forEach((name, value) => {
    const before = headers.get(name)
    const trimmed = trimBlanks(value)
    headers.set(name, before === undefined ? trimmed : `${before}, ${trimmed}`)
  })
  return received
}

function checkFraming(exchange: Exchange): Refusal | null {
  if (exchange.chunked && exchange.contentLength >= 0) return malformed('There is both a length and a transfer coding.')
  if (exchange.hostCount !== 1) return malformed('There must be one Host.')
  if (METHODS.has(exchange.method)) return null
  if (!TOKEN.test(exchange.method)) return malformed('The method is malformed.')
  return refuseFraming('method-not-implemented', 'This method is not known here.')
}

function checkSizes({ table, headerBytes, query }: Exchange, url: string): Refusal | null {
  const { headersBytesMax, urlBytesMax } = table.table.gateway
  const bytes = url.length + (query === '' ? 0 : 1 + query.length)
  if (bytes > urlBytesMax) return refuseFraming('url-too-long', `A URL may have ${urlBytesMax} bytes.`)
  if (headerBytes > headersBytesMax)
    return refuseFraming('headers-too-large', `Headers may have ${headersBytesMax} bytes.`)
  return null
}

function checkTarget(exchange: Exchange, url: string): Refusal | null {
  const path = canonicalPath(url)
  if (path === null) return malformed('The path could be read in more than one way.')
  if (exchange.query !== '' && QUERY_REFUSED.test(exchange.query))
    return malformed('The query holds a character that it cannot hold.')
  exchange.path = path
  return null
}

/** Several lines of one header are one list (RFC 9110, section 5.2). */
function joined(before: string, value: string): string {
  return before === '' ? value : `${before}, ${value}`
}

function malformed(detail: string): Refusal {
  return refuseFraming('malformed-request', detail)
}
