import type { RawSubscription } from '../../compiler/2-validate/raw.ts'
import { generateCandidate, type Candidate, type CandidateSource } from './generate-candidate.ts'
import { withSignature } from './generate-signature.ts'
import { TICK_MS } from './generate-limits.ts'
import { interpret } from './interpret.ts'
import type { PlainRequest } from './interpret-path.ts'
import type { Random } from './random.ts'

export interface AimedRequest extends PlainRequest {
  /** How many requests come before it ends: until then it is in flight. */
  readonly endsAfter: number
}

export interface SequenceOptions extends CandidateSource {
  readonly baseMs: number
  readonly count: number
}

const CANDIDATES = 80
const START_TICK_MS = 1_000_000
const DAY_MS = 86_400_000
/** How far ahead an edge may be that the clock is moved to. */
const JUMP_MS_MAX = 50 * 60_000
const TICKS = [0, 0, 0, 1, 2, 4, 20, 120, 244]

/**
 * Makes a sequence of requests that share counters. Candidates are sorted by what the interpreter says to each alone. More
 * than half are drawn from those that are let through; of the rest every answer is drawn as often as every other, so rare
 * ones are not rare. Some follow others of the same key or api. Bursts come at one instant; now and then the clock moves to
 * just before and onto an edge.
 */
export function generateRequests(random: Random, options: SequenceOptions): AimedRequest[] {
  const { baseMs, count, live, config } = options
  const candidates = Array.from({ length: CANDIDATES }, () => generateCandidate(random, options))
  const byAnswer = new Map<string, Candidate[]>()
  for (const candidate of candidates) {
    const { answers } = interpret(config, timed(random, candidate, baseMs, START_TICK_MS), new Map())
    byAnswer.set(answers.join(), [...(byAnswer.get(answers.join()) ?? []), candidate])
  }
  const sequence: AimedRequest[] = []
  let before: Candidate | null = null
  let wallMs = baseMs
  let tickMs = START_TICK_MS
  const send = (candidate: Candidate): void => {
    sequence.push({ ...timed(random, candidate, wallMs, tickMs), endsAfter: random.chance(0.3) ? random.below(6) : 0 })
  }
  while (sequence.length < count) {
    const edge = live || !random.chance(0.15) ? undefined : nextEdge(options, wallMs)
    if (edge !== undefined) {
      const concerned = candidates.filter(({ about }) => about.includes(edge.about))
      const candidate = random.pick(concerned.length === 0 ? candidates : concerned)
      wallMs = Math.max(wallMs, edge.ms - 1)
      send(candidate)
      wallMs = edge.ms
      send(candidate)
      continue
    }
    // Over a socket the time is what it is.
    const ticks = live ? 0 : random.pick(TICKS) * TICK_MS
    tickMs += ticks
    wallMs += ticks + (ticks > 0 ? random.below(TICK_MS) : 0)
    const letThrough = byAnswer.get('200') ?? []
    const pool =
      letThrough.length > 0 && random.chance(live ? 0.65 : 0.5) ? letThrough : random.pick([...byAnswer.values()])
    const related = random.chance(0.35) ? relatedTo(before, pool) : []
    const candidate: Candidate = random.pick(related.length > 0 ? related : pool)
    before = candidate
    const repeats = random.chance(0.25) ? 1 + random.below(7) : 1
    for (let i = 0; i < repeats; i++) send(random.chance(0.3) ? fromNeighbour(candidate) : candidate)
  }
  return sequence.slice(0, count)
}

/** A request at its time, and signed then if it is to be. */
function timed(random: Random, candidate: Candidate, wallMs: number, tickMs: number): PlainRequest {
  const { about: _, signature, ...rest } = candidate
  const request = { ...rest, wallMs, tickMs }
  return signature === null ? request : withSignature(random, request, signature)
}

/** Those that may share a counter with the one before: of the same key, or else of the same api. */
function relatedTo(before: Candidate | null, pool: readonly Candidate[]): Candidate[] {
  const tag = before?.about.at(-1)
  return tag === undefined ? [] : pool.filter((candidate) => candidate !== before && candidate.about.includes(tag))
}

/** The same from another address of its IPv6 network, which counts as the same caller. */
function fromNeighbour(candidate: Candidate): Candidate {
  return { ...candidate, peer: candidate.peer.replace(/::(ffff::)?[0-9]$/, '::77') }
}

interface Edge {
  readonly ms: number
  /** The digest of the key or the name of the api that it is about, or "". */
  readonly about: string
}

/** The next point in time at which the config says something else, or a window of quotas ends. */
function nextEdge({ config }: SequenceOptions, nowMs: number): Edge | undefined {
  const tenants = Object.values(config.tenants)
  const ofKeys = tenants
    .flatMap(({ keys }) => Object.values(keys ?? {}))
    .flatMap(({ digest, retiring, notBefore, expires, suspended }) => [
      ...[notBefore, expires, suspended?.since].map((at) => edge(at, digest ?? '')),
      edge(retiring?.until, retiring?.digest ?? ''),
    ])
  const ofSubscriptions = tenants
    .flatMap(({ subscriptions }) => Object.entries(subscriptions ?? {}))
    .flatMap(([api, { since, until }]: [string, RawSubscription]) => [edge(since, api), edge(until, api)])
  const midnight = { ms: (Math.floor(nowMs / DAY_MS) + 1) * DAY_MS, about: '' }
  return [...ofKeys, ...ofSubscriptions, midnight]
    .filter(({ ms }) => ms > nowMs && ms < nowMs + JUMP_MS_MAX)
    .sort((a, b) => a.ms - b.ms)[0]
}

function edge(at: string | undefined, about: string): Edge {
  return { ms: at === undefined ? 0 : Date.parse(at), about }
}
