import type { Address } from './known-addresses.ts'
import type { Caller } from './caller.ts'
import type { ReceivedDpop } from './identity/check-dpop.ts'
import type { ReceivedSignature } from './identity/signer-of.ts'
import type { Lookup } from './identity/lookup.ts'
import type { LoadedRoute, LoadedTable } from './load-table.ts'
import type { BlockRule } from '../schemas/protect-row.ts'
import type { UpstreamRow } from '../schemas/table.ts'
import type { Refusal } from './refusals.ts'
import type { Serving } from './thread.ts'
import type { UpstreamCall, UpstreamClient, UpstreamFault } from './upstream/types.ts'

/**
 * One request and all that becomes of it: filled step by step, read by the steps behind. Every field is set when it is made,
 * in one order, so that all exchanges have one hidden class.
 */
export interface Exchange {
  /** The table that was in force when the request came; it stays, whatever is swapped meanwhile. */
  readonly table: LoadedTable
  /** The time of day and a clock that never jumps, both in milliseconds, when the request came. */
  readonly wallMs: number
  readonly startMs: number

  requestId: string
  /** As sent, exact in case. */
  method: string
  /** In its one form; "" while it is not known. */
  path: string
  /** Behind the "?", byte for byte; a "?" with nothing behind it is a query, too. */
  query: string
  hasQuery: boolean
  /** Start and end of each of the path's parameters. */
  readonly parameters: number[]

  /** Header lines that go on to the upstream, each ended by CR LF. */
  lines: string
  headerBytes: number
  host: string
  hostCount: number
  /** What Content-Length says, or -1. */
  contentLength: number
  chunked: boolean
  connection: string
  contentType: string
  contentEncoding: string
  credential: string
  ambiguousCredential: boolean
  origin: string
  /** What a preflight asks for. */
  preflightMethod: string
  forwardedFor: string
  forwardedProto: string
  forwardedHost: string
  forwarded: string
  via: string
  traceparent: string
  tracestate: string
  traceId: string
  /** The headers that some step looks at by name, several lines of one joined by ", "; null when there are none of them. */
  headers: Map<string, string> | null
  /** What says that the credential is bound to a key, where tokens are; null when nothing does. */
  dpop: ReceivedDpop | null
  /** What says that the request is signed, where keys sign; null when nothing does. */
  signature: ReceivedSignature | null

  readonly scheme: Scheme
  /** Reads the certificate that the caller showed, as PEM, "" when none; null where callers are not asked, or nobody looks. */
  readonly readCertificate: (() => string) | null
  /** Who is at the other end of the connection, and who the caller is once trusted proxies are believed. */
  readonly peer: Address
  address: Address

  /** Null until it is found; the path's routes may be known before one of them is chosen. */
  route: LoadedRoute | null
  caller: Caller | null
  /** Of the secret that was presented, its position; -1 for any other credential. */
  digest: number
  /** Who must be asked before the request can be decided, or null; and by position the identities that were. */
  lookup: Lookup | null
  asked: readonly number[]
  refusal: Refusal | null
  /** True when the answer is to a preflight, and nothing else is to be done. */
  preflight: boolean
  /** The methods that it is told of. */
  preflightAllows: string

  /** Limits that were taken, one bit each, those of the key first. */
  takenLimits: number
  /** How those that callers may see stood then, for the answer; null when they were not looked at, or none is shown. */
  limitLevels: readonly number[] | null
  /** The limit that refused: its name for the log, its position for the metrics. */
  refusedBy: string | null
  limitedBy: number | null

  /** The rule of `block` that found an attack, refused or only reported. */
  blockedBy: BlockRule | null

  /** What it is served from; null where requests are only decided. */
  serving: Serving | null
  /** Who answers, the call to it, and when it began and when its head came; -1 when it did not. */
  upstream: LoadedUpstream | null
  call: UpstreamCall | null
  calledMs: number
  headMs: number
  /** Why the upstream did not answer, or not to the end. */
  fault: UpstreamFault | null

  /** What the caller was told, or 499 when nobody was there any more; 0 while nothing was. */
  status: number
  /** The refusal's code for the log, or null. */
  code: string | null
  /** True once it was recorded and its limits were left: nothing that comes later counts. */
  settled: boolean
}

/** How a request came: in plain text, or over TLS. */
export type Scheme = 'http' | 'https'

/** An upstream made ready. */
export interface LoadedUpstream {
  readonly row: UpstreamRow
  readonly position: number
  /** What its client was made of: two with one identity share the client. */
  readonly identity: string
  readonly client: UpstreamClient
  /** Its own header lines with their secrets put in, each ended by CR LF. */
  readonly lines: string
}

const NOBODY_ASKED: readonly number[] = []

export function createExchange(
  table: LoadedTable,
  peer: Address,
  wallMs: number,
  startMs: number,
  scheme: Scheme = 'http',
  readCertificate: (() => string) | null = null,
): Exchange {
  return {
    table,
    wallMs,
    startMs,
    requestId: '',
    method: '',
    path: '',
    query: '',
    hasQuery: false,
    parameters: [],
    lines: '',
    headerBytes: 0,
    host: '',
    hostCount: 0,
    contentLength: -1,
    chunked: false,
    connection: '',
    contentType: '',
    contentEncoding: '',
    credential: '',
    ambiguousCredential: false,
    origin: '',
    preflightMethod: '',
    forwardedFor: '',
    forwardedProto: '',
    forwardedHost: '',
    forwarded: '',
    via: '',
    traceparent: '',
    tracestate: '',
    traceId: '',
    headers: null,
    dpop: null,
    signature: null,
    scheme,
    readCertificate,
    peer,
    address: peer,
    route: null,
    caller: null,
    digest: -1,
    lookup: null,
    asked: NOBODY_ASKED,
    refusal: null,
    preflight: false,
    preflightAllows: '',
    takenLimits: 0,
    limitLevels: null,
    refusedBy: null,
    limitedBy: null,
    blockedBy: null,
    serving: null,
    upstream: null,
    call: null,
    calledMs: -1,
    headMs: -1,
    fault: null,
    status: 0,
    code: null,
    settled: false,
  }
}

/** The text of one of the path's parameters, in the path's own form. */
export function parameterOf(exchange: Exchange, position: number): string {
  const { path, parameters } = exchange
  return path.slice(parameters[position * 2] ?? 0, parameters[position * 2 + 1] ?? 0)
}
