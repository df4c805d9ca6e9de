/** What one line of the access log says. Flat, so that a request fills it as it goes. */
export interface LogFacts {
  /** When the request came, whole milliseconds since 1970 UTC. */
  readonly timeMs: number
  /** A UUID. Like the two below that say so it stands in the line as it is, so nothing else may come here. */
  readonly requestId: string
  /** 32 hex digits, as they are. */
  readonly traceId: string | null
  /** As the caller wrote it; logged only if it is a method that the gateway knows. */
  readonly method: string
  /** The route's template with its method. */
  readonly route: string | null
  readonly status: number
  /** Of a refusal. */
  readonly code: string | null
  /** The key's id; of a token its issuer and 12 hex digits of the subject's SHA-256. */
  readonly key: string | null
  readonly tenant: string | null
  readonly plan: string | null
  /** In its one form, as it is. */
  readonly address: string
  /** Until the last byte of the answer was handed on. Fractions count. */
  readonly durationMs: number
  readonly upstream: string | null
  /** From the first attempt until the answer's head, or until it failed. */
  readonly upstreamMs: number | null
  readonly attempts: number | null
  /** Of bodies. */
  readonly bytesIn: number
  readonly bytesOut: number
  readonly cache: string | null
  /** The limit that refused. */
  readonly limit: string | null
  /** The rule of `block` that found an attack: only then there is such a member. */
  readonly block: string | null
  readonly model: string | null
  readonly tokens: LogTokens | null
  /** Billionths of a dollar. */
  readonly costNanoUsd: number | null
}

export interface LogTokens {
  readonly input: number
  readonly cached: number
  readonly output: number
  readonly reasoning: number
}

/** Makes lines, without their line break. */
export type LogLineOf = (facts: LogFacts) => string

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
const MS_PER_SECOND = 1000
const US_PER_MS = 1000
/** Longer, or no number at all, is no duration. */
const DURATION_MAX_MS = 1e12
const NANO_DIGITS = 9
const NANO = 10 ** NANO_DIGITS
/** Pieces that are kept, of which there may be as many as keys. */
const PIECES_MAX = 8192
const THREE_DIGITS: readonly string[] = Array.from({ length: 1000 }, (_, i) => String(i).padStart(3, '0'))
const FRACTIONS: readonly string[] = THREE_DIGITS.map((digits) => `.${digits}`)
const AFTER_SECOND: readonly string[] = THREE_DIGITS.map((digits) => `${digits}Z","requestId":"`)

/**
 * Makes the access log's lines: JSON put together by hand, because it is written for every request. A line of few pieces is
 * cheap, so members that repeat together are one piece, made once.
 *
 * @param configHash Of the table that serves.
 */
export function createLogLines(configHash: string): LogLineOf {
  const pieces = createPieces()
  const end = `,"configHash":${JSON.stringify(configHash)}}`
  const usualEnd = `,"cache":null,"limit":null,"model":null,"tokens":null,"costUsd":null${end}`
  let second = NaN
  let start = ''

  const startOf = (timeMs: number): string => {
    const now = Math.floor(timeMs / MS_PER_SECOND)
    if (now !== second) {
      second = now
      start = `{"time":"${new Date(now * MS_PER_SECOND).toISOString().slice(0, 'yyyy-mm-ddThh:mm:ss.'.length)}`
    }
    return start + (AFTER_SECOND[timeMs - now * MS_PER_SECOND] ?? AFTER_SECOND[0])
  }
  const endOf = ({ cache, limit, model, tokens, costNanoUsd, block }: LogFacts): string => {
    const isUsual = cache === null && limit === null && model === null && tokens === null && costNanoUsd === null
    if (isUsual && block === null) return usualEnd
    const found = block === null ? '' : `,"block":${JSON.stringify(block)}`
    return `${pieces.outcome(cache, limit, model)},"tokens":${tokensOf(tokens)},"costUsd":${dollarsOf(costNanoUsd)}${found}${end}`
  }

  return (facts) =>
    startOf(facts.timeMs) +
    facts.requestId +
    (facts.traceId === null ? '","traceId":null' : `","traceId":"${facts.traceId}"`) +
    pieces.route(facts.route, facts.method, null) +
    pieces.status(facts.code, facts.status) +
    pieces.caller(facts.key, facts.tenant, facts.plan) +
    facts.address +
    '","durationMs":' +
    milliseconds(facts.durationMs) +
    pieces.upstream(facts.upstream, null, null) +
    (facts.upstreamMs === null ? 'null' : milliseconds(facts.upstreamMs)) +
    attemptsAndBytes(facts) +
    facts.bytesOut +
    endOf(facts)
}

/** Makes one piece of names, of which the first says most. */
type MakePiece = (first: string | null, second: string | null, third: string | null) => string

interface Piece {
  readonly second: string | null
  readonly third: string | null
  readonly text: string
}

function createPieces() {
  const statuses: string[] = []
  return {
    route: remember((route, method) => {
      const known = method !== null && METHODS.has(method) ? method : null
      return `,"method":${JSON.stringify(known)},"route":${JSON.stringify(route)},"status":`
    }),
    status: (code: string | null, status: number): string => {
      if (code !== null) return `${status},"code":${JSON.stringify(code)}`
      return (statuses[status] ??= `${status},"code":null`)
    },
    caller: remember((key, tenant, plan) => {
      const names = `,"key":${JSON.stringify(key)},"tenant":${JSON.stringify(tenant)},"plan":${JSON.stringify(plan)}`
      return `${names},"address":"`
    }),
    upstream: remember((upstream) => `,"upstream":${JSON.stringify(upstream)},"upstreamMs":`),
    outcome: remember((cache, limit, model) => {
      return `,"cache":${JSON.stringify(cache)},"limit":${JSON.stringify(limit)},"model":${JSON.stringify(model)}`
    }),
  }
}

/** Keeps for each first name the piece that was made last. */
function remember(make: MakePiece): MakePiece {
  const pieces = new Map<string | null, Piece>()
  return (first, second, third) => {
    const known = pieces.get(first)
    if (known !== undefined && known.second === second && known.third === third) return known.text
    const text = make(first, second, third)
    if (known !== undefined || pieces.size < PIECES_MAX) pieces.set(first, { second, third, text })
    return text
  }
}

function attemptsAndBytes({ attempts, bytesIn }: LogFacts): string {
  if (attempts === 1 && bytesIn === 0) return ',"attempts":1,"bytesIn":0,"bytesOut":'
  return `,"attempts":${attempts},"bytesIn":${bytesIn},"bytesOut":`
}

/** Three places behind the point, found without the search for the shortest form that printing a double is. */
function milliseconds(ms: number): string {
  if (!(ms >= 0 && ms < DURATION_MAX_MS)) return 'null'
  const us = Math.round(ms * US_PER_MS)
  const whole = Math.floor(us / US_PER_MS)
  return whole + (FRACTIONS[us - whole * US_PER_MS] ?? '')
}

function tokensOf(tokens: LogTokens | null): string {
  if (tokens === null) return 'null'
  const { input, cached, output, reasoning } = tokens
  return `{"input":${input},"cached":${cached},"output":${output},"reasoning":${reasoning}}`
}

function dollarsOf(nano: number | null): string {
  if (nano === null) return 'null'
  const whole = Math.floor(nano / NANO)
  return `${whole}.${String(nano - whole * NANO).padStart(NANO_DIGITS, '0')}`
}
