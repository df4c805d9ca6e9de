import { readKeySet, type KeySet } from './key-set.ts'
import { KEYS_LAST_MS, nameOfSource, type KeyNews, type KeySource } from './key-sources.ts'

/** The keys of one issuer, as a thread knows them. */
export interface IssuerKeys {
  /** The last good ones, or null where there are none, or none that may still be used. */
  readonly current: (wallMs: number) => KeySet | null
  /** Until when they may be used. Milliseconds since 1970 UTC. */
  readonly lastMs: () => number
  /** Grows when they change: what was verified with others must be verified anew. */
  readonly generation: () => number
  /** False where asking again would bring nothing new. */
  readonly mayAsk: (wallMs: number) => boolean
  /** @param done Called once what is known is as new as it can be. */
  readonly ask: (done: () => void) => void
}

/** All that a thread knows; it outlives its tables. */
export interface KeySets {
  readonly of: (source: KeySource) => IssuerKeys
  /** What the main thread says. */
  readonly take: (news: KeyNews) => Promise<void>
}

interface State {
  readonly source: KeySource
  text: string | null
  keys: KeySet | null
  fetchedMs: number
  askAgainMs: number
  generation: number
  isAsked: boolean
  waiting: (() => void)[]
}

/** @param ask Asks the main thread, which answers with news sooner or later. */
export function createKeySets(ask: (source: KeySource) => void): KeySets {
  const states = new Map<string, State>()

  const stateOf = (source: KeySource): State => {
    const name = nameOfSource(source)
    const known = states.get(name)
    if (known !== undefined) return known
    const state = startState(source)
    states.set(name, state)
    return state
  }
  return {
    of: (source) => viewOf(stateOf(source), ask),
    take: async (news) => {
      const state = states.get(news.source)
      if (state === undefined) return
      if (news.text !== null && news.text !== state.text) {
        const keys = await readKeySet(news.text)
        // Reading takes turns of the loop, in which newer news may have come.
        if (news.fetchedMs >= state.fetchedMs) {
          state.text = news.text
          state.keys = keys
          state.generation++
        }
      }
      state.fetchedMs = Math.max(state.fetchedMs, news.fetchedMs)
      state.askAgainMs = Math.max(state.askAgainMs, news.askAgainMs)
      state.isAsked = false
      for (const done of state.waiting.splice(0)) done()
    },
  }
}

function startState(source: KeySource): State {
  const nothing = { text: null, keys: null, fetchedMs: 0, askAgainMs: 0, generation: 0 }
  return { source, ...nothing, isAsked: false, waiting: [] }
}

function viewOf(state: State, ask: (source: KeySource) => void): IssuerKeys {
  return {
    current: (wallMs) => (wallMs < state.fetchedMs + KEYS_LAST_MS ? state.keys : null),
    lastMs: () => state.fetchedMs + KEYS_LAST_MS,
    generation: () => state.generation,
    mayAsk: (wallMs) => state.isAsked || wallMs >= state.askAgainMs,
    ask: (done) => {
      state.waiting.push(done)
      if (state.isAsked) return
      state.isAsked = true
      ask(state.source)
    },
  }
}
