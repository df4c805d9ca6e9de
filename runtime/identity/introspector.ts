import { readStrictJson } from '../strict-json.ts'
import { endOfClaims } from './check-claims.ts'
import { reasonOf, type FetchText } from './fetch-text.ts'
import { isObject } from './jws.ts'
import { createRecentMap } from './recent-map.ts'

/** A service that says whether an opaque token holds. */
export interface IntrospectionService {
  readonly url: string
  /** What the gateway authenticates with, or "". A secret. */
  readonly authorization: string
  /** How long an answer is believed at most. */
  readonly cacheMs: number
  /** How far clocks may differ. */
  readonly leewayMs: number
}

/** What a service said of a token: its claims, or that it does not hold. */
export interface Introspection {
  readonly claims: Readonly<Record<string, unknown>> | null
  /** Until when that is believed. Milliseconds since 1970 UTC. */
  readonly untilMs: number
}

/** Asks one service, as one thread does; it outlives the thread's tables. */
export interface Introspector {
  /** What is known of a token by its digest, or undefined. */
  readonly look: (digest: string, wallMs: number) => Introspection | undefined
  /** @param done Called once, when what the service says is known, or when it does not say. */
  readonly ask: (token: string, digest: string, done: () => void) => void
}

const ASK_MS = 3000
const ANSWERS_MAX = 8192
/** Nothing of what does not hold may push out what does. */
const REFUSED_MAX = 4096
/** A token that does not hold yet may soon. */
const REFUSED_MS = 5000
const AT_ONCE_MAX = 64
const WAITING_MAX = 1024
/** After so many failures in a row nobody is asked for a while. @see Nygard, Release It!: circuit breaker. */
const FAILURES_MAX = 5
const PAUSE_MS = 2000

/** A token whose service is to be asked, and who waits for it. */
interface Question {
  readonly token: string
  readonly digest: string
  readonly waiting: (() => void)[]
}

/** @param tell Called with a line for the operator, when the service stops answering and when it does so again. */
export function createIntrospector(
  service: IntrospectionService,
  fetchText: FetchText,
  wallMs: () => number,
  tell: (line: string) => void,
): Introspector {
  const active = createRecentMap<Introspection>(ANSWERS_MAX)
  const refused = createRecentMap<Introspection>(REFUSED_MAX)
  const questions = new Map<string, Question>()
  const queue: Question[] = []
  let asking = 0
  let failures = 0
  let pausedUntilMs = 0

  /** What was said last of a token is all that is known of it. */
  const keep = (digest: string, said: Introspection): void => {
    const [now, before] = said.claims === null ? [refused, active] : [active, refused]
    before.delete(digest)
    now.set(digest, said)
  }
  const ask = async (question: Question): Promise<void> => {
    asking++
    try {
      const said = await introspect(service, question.token, fetchText, wallMs)
      if (failures > 0) tell(`the introspection service of ${originOf(service)} answers again`)
      failures = 0
      keep(question.digest, said)
    } catch (error) {
      if (++failures >= FAILURES_MAX) pausedUntilMs = wallMs() + PAUSE_MS
      if (failures === 1) tell(`the introspection service of ${originOf(service)} does not answer: ${reasonOf(error)}`)
    }
    asking--
    questions.delete(question.digest)
    for (const done of question.waiting) done()
    const next = queue.shift()
    if (next !== undefined) void ask(next)
  }

  return {
    look: (digest, nowMs) => {
      const said = active.get(digest) ?? refused.get(digest)
      return said !== undefined && nowMs < said.untilMs ? said : undefined
    },
    ask: (token, digest, done) => {
      const known = questions.get(digest)
      if (known !== undefined) return void known.waiting.push(done)
      if (wallMs() < pausedUntilMs || queue.length >= WAITING_MAX) return done()
      const question = { token, digest, waiting: [done] }
      questions.set(digest, question)
      if (asking < AT_ONCE_MAX) void ask(question)
      else queue.push(question)
    },
  }
}

function originOf({ url }: IntrospectionService): string {
  return new URL(url).origin
}

/**
 * @throws With why the service does not say.
 * @see RFC 7662, sections 2.1 and 2.2.
 */
async function introspect(
  { url, authorization, cacheMs, leewayMs }: IntrospectionService,
  token: string,
  fetchText: FetchText,
  wallMs: () => number,
): Promise<Introspection> {
  const text = await fetchText(url, {
    timeoutMs: ASK_MS,
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(authorization === '' ? {} : { authorization }),
    },
    body: new URLSearchParams({ token, token_type_hint: 'access_token' }).toString(),
  })
  const json = readStrictJson(Buffer.from(text))
  if (json.problem !== null || !isObject(json.value))
    throw new Error('it answered with something that is no JSON object')
  const claims = json.value
  const nowMs = wallMs()
  const endMs = endOfClaims(claims, leewayMs)
  if (claims['active'] !== true || nowMs >= endMs)
    return { claims: null, untilMs: nowMs + Math.min(cacheMs, REFUSED_MS) }
  return { claims, untilMs: Math.min(nowMs + cacheMs, endMs) }
}
