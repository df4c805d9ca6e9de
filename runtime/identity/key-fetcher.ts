import { isTrustedUrl, reasonOf, type FetchText } from './fetch-text.ts'
import { KEYS_LAST_MS, nameOfSource, type KeyNews, type KeySource } from './key-sources.ts'
import { keysIn } from './key-set.ts'

/** Fetches issuers' keys for all threads. In the main thread, so that each is asked once. */
export interface KeyFetcher {
  /**
   * Somebody lacks a key.
   *
   * @param tell Called once, with what is known then: after a fetch, or at once where the last one was a moment ago.
   */
  readonly want: (source: KeySource, tell: (news: KeyNews) => void) => void
  /** Forgets all other sources. */
  readonly keepOnly: (sources: readonly KeySource[]) => void
  /** How each source is, for people. */
  readonly health: () => readonly IssuerHealth[]
  readonly close: () => void
}

export interface IssuerHealth {
  readonly issuer: string
  /** When its keys were fetched last, or null. As in RFC 3339. */
  readonly fetchedAt: string | null
  /** Why they could not be fetched the last time, or null. */
  readonly fault: string | null
}

export interface KeyFetcherOptions {
  readonly fetchText: FetchText
  /** Called with each thing that was learnt. */
  readonly onNews: (news: KeyNews) => void
  /** A line for the operator. */
  readonly tell: (line: string) => void
  readonly wallMs?: () => number
}

const FETCH_MS = 5000
const REFRESH_MS = 300_000
/**
 * How long nobody is asked after a fetch: the longer, the more of them in a row brought nothing new. A key that an issuer
 * has just made is found soon; a flood of tokens with made-up key ids does not become a flood of fetches.
 */
const PAUSES_MS = [1000, 2000, 5000, 10_000, 30_000] as const

interface State {
  readonly source: KeySource
  text: string | null
  fetchedMs: number
  askAgainMs: number
  /** Fetches in a row that failed, and those that brought nothing new. */
  fault: string | null
  failures: number
  fruitless: number
  isFetching: boolean
  isForgotten: boolean
  timer: NodeJS.Timeout | null
  waiting: ((news: KeyNews) => void)[]
}

export function createKeyFetcher(options: KeyFetcherOptions): KeyFetcher {
  const { wallMs = Date.now } = options
  const states = new Map<string, State>()

  const fetchKeys = async (state: State): Promise<void> => {
    state.isFetching = true
    if (state.timer !== null) clearTimeout(state.timer)
    let fault: string | null = null
    try {
      const text = await fetchSet(state.source, options.fetchText)
      state.fruitless = text === state.text ? state.fruitless + 1 : 0
      state.text = text
      state.fetchedMs = wallMs()
    } catch (error) {
      fault = reasonOf(error)
    }
    state.isFetching = false
    if (state.isForgotten) return
    state.fault = fault
    tellOperator(state, fault)
    state.failures = fault === null ? 0 : state.failures + 1
    const pauseMs = pauseAfter(fault === null ? state.fruitless : state.failures - 1)
    state.askAgainMs = wallMs() + pauseMs
    state.timer = setTimeout(() => void fetchKeys(state), fault === null ? REFRESH_MS : pauseMs)
    state.timer.unref()
    const news = newsOf(state)
    options.onNews(news)
    for (const tell of state.waiting.splice(0)) tell(news)
  }
  const tellOperator = ({ source, failures, fetchedMs }: State, fault: string | null): void => {
    if (fault === null) {
      if (failures > 0) options.tell(`the keys of ${source.issuer} are fetched again`)
    } else if (failures === 0) {
      const until = fetchedMs + KEYS_LAST_MS
      const meanwhile = fetchedMs === 0 ? '' : `; the last ones serve until ${new Date(until).toISOString()}`
      options.tell(`the keys of ${source.issuer} cannot be fetched: ${fault}${meanwhile}`)
    }
  }
  const stateOf = (source: KeySource): State => {
    const name = nameOfSource(source)
    const known = states.get(name)
    if (known !== undefined) return known
    const state = startState(source)
    states.set(name, state)
    return state
  }
  const forget = (name: string, state: State): void => {
    state.isForgotten = true
    if (state.timer !== null) clearTimeout(state.timer)
    states.delete(name)
    const news = newsOf(state)
    for (const tell of state.waiting.splice(0)) tell(news)
  }

  return {
    want: (source, tell) => {
      const state = stateOf(source)
      if (!state.isFetching && wallMs() < state.askAgainMs) return tell(newsOf(state))
      state.waiting.push(tell)
      if (!state.isFetching) void fetchKeys(state)
    },
    keepOnly: (sources) => {
      const kept = new Set(sources.map(nameOfSource))
      for (const [name, state] of states) if (!kept.has(name)) forget(name, state)
    },
    health: () => [...states.values()].map(healthOf),
    close: () => {
      for (const [name, state] of states) forget(name, state)
    },
  }
}

function pauseAfter(inVain: number): number {
  return PAUSES_MS[Math.min(inVain, PAUSES_MS.length - 1)] ?? REFRESH_MS
}

function startState(source: KeySource): State {
  return {
    source,
    text: null,
    fetchedMs: 0,
    askAgainMs: 0,
    fault: null,
    failures: 0,
    fruitless: 0,
    isFetching: false,
    isForgotten: false,
    timer: null,
    waiting: [],
  }
}

function healthOf({ source: { issuer }, fetchedMs, fault }: State): IssuerHealth {
  return { issuer, fetchedAt: fetchedMs === 0 ? null : new Date(fetchedMs).toISOString(), fault }
}

function newsOf({ source, text, fetchedMs, askAgainMs }: State): KeyNews {
  return { source: nameOfSource(source), text, fetchedMs, askAgainMs }
}

/** @throws With why there are none. */
async function fetchSet({ issuer, jwks }: KeySource, fetchText: FetchText): Promise<string> {
  const url = jwks === '' ? await discover(issuer, fetchText) : jwks
  const text = await fetchText(url, { timeoutMs: FETCH_MS })
  if (keysIn(text) === null) throw new Error('it answered with something that is no JWK Set')
  return text
}

/**
 * @throws With why it is not found.
 * @see OpenID Connect Discovery 1.0, sections 4.1 and 4.3: the document must name the very issuer that was asked for.
 */
async function discover(issuer: string, fetchText: FetchText): Promise<string> {
  const text = await fetchText(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`, { timeoutMs: FETCH_MS })
  const document = parse(text)
  if (typeof document !== 'object' || document === null) throw new Error('its discovery document is not JSON')
  if (!('issuer' in document) || document.issuer !== issuer)
    throw new Error('its discovery document names another issuer')
  if (!('jwks_uri' in document) || typeof document.jwks_uri !== 'string' || !isTrustedUrl(document.jwks_uri))
    throw new Error('its discovery document names no address of keys that can be trusted')
  return document.jwks_uri
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
