import { hash } from 'node:crypto'
import type { Exchange } from '../../runtime/exchange.ts'
import { decideCaller } from '../../runtime/decide.ts'
import type { IdentitySources } from '../../runtime/identity/identity-sources.ts'
import { createIntrospector } from '../../runtime/identity/introspector.ts'
import { createKeySets } from '../../runtime/identity/key-sets.ts'
import { nameOfSource } from '../../runtime/identity/key-sources.ts'
import { AT_MS } from './decider.ts'

/** Identity providers of a test: what they say can change, and what they were asked is counted. */
export interface TestIdentity {
  readonly sources: IdentitySources
  /** By issuer its JWK Set; an issuer that is not here is out of reach. */
  readonly keySets: Map<string, string>
  /** By token what the service says of it; null when it does not answer. */
  readonly tokens: Map<string, object | null>
  /** Issuers and tokens, in the order in which they were asked for. */
  readonly asked: string[]
}

/** Providers that answer in a later turn of the loop, as those behind a socket do. */
export function createTestIdentity(nowMs: () => number = () => AT_MS): TestIdentity {
  const keySets = new Map<string, string>()
  const tokens = new Map<string, object | null>()
  const asked: string[] = []
  const known = createKeySets((source) => {
    asked.push(source.issuer)
    const text = keySets.get(source.issuer) ?? null
    const fetchedMs = text === null ? 0 : nowMs()
    const news = { source: nameOfSource(source), text, fetchedMs, askAgainMs: nowMs() + 1000 }
    setImmediate(() => void known.take(news))
  })
  const fetchText = async (_url: string, { body = '' }: { body?: string }): Promise<string> => {
    const token = new URLSearchParams(body).get('token') ?? ''
    asked.push(token)
    const said = tokens.get(token)
    if (said === null) throw new Error('it answered with status 500')
    return JSON.stringify(said ?? { active: false })
  }
  return {
    keySets,
    tokens,
    asked,
    sources: {
      keysOf: known.of,
      introspectorOf: (service) => createIntrospector(service, fetchText, nowMs, () => undefined),
    },
  }
}

/** Waits for whoever must be asked, as the runtime does between the engine's handler and its answer. */
export async function decided(exchange: Exchange): Promise<Exchange> {
  while (exchange.lookup !== null) {
    const { lookup } = exchange
    await new Promise<void>((done) => lookup(done))
    decideCaller(exchange)
  }
  return exchange
}

/** 32 characters of one byte each. */
export function digestOfToken(token: string): string {
  return hash('sha256', token, 'buffer').toString('ucs2')
}
