/** What a request header is to the gateway. Numbers, because every header of every request is told apart by them. */
export const KIND = {
  /** Goes on to the upstream as it came. */
  PASS: 0,
  /** Ends here: about one connection only (RFC 9110, section 7.6.1), or written anew. */
  DROP: 1,
  CREDENTIAL: 2,
  HOST: 3,
  CONTENT_LENGTH: 4,
  TRANSFER_ENCODING: 5,
  CONNECTION: 6,
  /** Says who the caller is on behalf of whom: believed of trusted proxies only. */
  FORWARDED_FOR: 7,
  FORWARDED_PROTO: 8,
  FORWARDED_HOST: 9,
  FORWARDED: 10,
  REQUEST_ID: 11,
  TRACEPARENT: 12,
  TRACESTATE: 13,
  ORIGIN: 14,
  PREFLIGHT_METHOD: 15,
  VIA: 16,
  /** Goes on, and the gateway looks at it, too. */
  CONTENT_TYPE: 17,
  CONTENT_ENCODING: 18,
  /** Says that a request is signed; where no key signs they pass. */
  SIGNATURE: 19,
  /** Proves that the caller holds a key; where no token is bound to one it passes. */
  PROOF: 20,
  /** Not a name that a header may have. */
  MALFORMED: 21,
} as const

export type HeaderKind = (typeof KIND)[keyof typeof KIND]

const FIXED: readonly (readonly [name: string, kind: HeaderKind])[] = [
  ['host', KIND.HOST],
  ['content-length', KIND.CONTENT_LENGTH],
  ['transfer-encoding', KIND.TRANSFER_ENCODING],
  ['connection', KIND.CONNECTION],
  ['keep-alive', KIND.DROP],
  ['proxy-connection', KIND.DROP],
  ['proxy-authorization', KIND.DROP],
  ['proxy-authenticate', KIND.DROP],
  ['te', KIND.DROP],
  ['trailer', KIND.DROP],
  ['upgrade', KIND.DROP],
  ['http2-settings', KIND.DROP],
  ['expect', KIND.DROP],
  ['x-forwarded-for', KIND.FORWARDED_FOR],
  ['x-forwarded-proto', KIND.FORWARDED_PROTO],
  ['x-forwarded-host', KIND.FORWARDED_HOST],
  ['forwarded', KIND.FORWARDED],
  ['x-request-id', KIND.REQUEST_ID],
  ['traceparent', KIND.TRACEPARENT],
  ['tracestate', KIND.TRACESTATE],
  ['origin', KIND.ORIGIN],
  ['access-control-request-method', KIND.PREFLIGHT_METHOD],
  ['via', KIND.VIA],
  ['content-type', KIND.CONTENT_TYPE],
  ['content-encoding', KIND.CONTENT_ENCODING],
]

/** Names that upstreams may take for what a gateway says; nobody else may send them. */
const OURS =
  /^(x-keysmith-.*|x-forwarded-.*|x-real-ip|x-client-ip|true-client-ip|client-cert.*|forwarded|via|traceparent|tracestate|x-request-id)$/

/** "transfer_encoding" and "transfer-%45ncoding" must not become what they look like further on. */
const FRAMING = new Set(['transfer-encoding', 'content-length', 'host', 'connection'])

/** @see RFC 9110, section 5.6.2: a token, in small letters as the engine gives it. */
const TOKEN = /^[a-z0-9!#$%&'*+.^_`|~-]+$/

const ESCAPE = /%([0-9a-f]{2})/g
const NOT_PLAIN = /[^a-z0-9-]/g

/** Callers choose names: what is remembered of them has a bound. */
const REMEMBERED_MAX = 1024

/** Tells headers apart by their names in small letters. */
export type KindOf = (name: string) => HeaderKind

const OF_SIGNATURES: readonly (readonly [name: string, kind: HeaderKind])[] = [
  ['signature-input', KIND.SIGNATURE],
  ['signature', KIND.SIGNATURE],
]
const OF_DPOP: readonly (readonly [name: string, kind: HeaderKind])[] = [['dpop', KIND.PROOF]]

/**
 * @param credentialHeaders Where credentials may come in, small letters.
 * @param options           `signatures`: some key signs its requests; `dpop`: some identity binds tokens to keys.
 */
export function createKindOf(
  credentialHeaders: readonly string[],
  { signatures = false, dpop = false }: { readonly signatures?: boolean; readonly dpop?: boolean } = {},
): KindOf {
  const proofs = [...(signatures ? OF_SIGNATURES : []), ...(dpop ? OF_DPOP : [])]
  const kinds = new Map<string, HeaderKind>([...FIXED, ...proofs])
  for (const name of credentialHeaders) kinds.set(name, KIND.CREDENTIAL)
  const credentials = new Set([...credentialHeaders, ...proofs.map(([name]) => name)])
  const bound = kinds.size + REMEMBERED_MAX

  return (name) => {
    const known = kinds.get(name)
    if (known !== undefined) return known
    const kind = kindOfOther(name, credentials)
    if (kinds.size < bound) kinds.set(name, kind)
    return kind
  }
}

function kindOfOther(name: string, credentials: ReadonlySet<string>): HeaderKind {
  if (!TOKEN.test(name)) return KIND.MALFORMED
  const plain = plainName(name)
  return OURS.test(plain) || FRAMING.has(plain) || credentials.has(plain) ? KIND.DROP : KIND.PASS
}

/**
 * "x_api_key" and "x.api.key" are "x-api-key" to servers that turn headers into variables, and some take an escape for what
 * it stands for.
 */
function plainName(name: string): string {
  const read = name.includes('%')
    ? name.replace(ESCAPE, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
    : name
  return read.toLowerCase().replace(NOT_PLAIN, '-')
}
