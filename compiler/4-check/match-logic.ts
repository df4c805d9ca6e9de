import type { LinkedMatch } from '../3-link/linked.ts'

/** One thing that a match asks for. Two of one kind and name must have one value, or no request meets both. */
interface Condition {
  readonly kind: 'header' | 'query parameter' | 'host'
  /** Null for the host. */
  readonly name: string | null
  readonly value: string
}

export interface Contradiction extends Omit<Condition, 'value'> {
  readonly values: readonly [string, string]
}

/** The first thing that a match wants to be different from itself, or null when some request meets all of it. */
export function contradictionOf(match: LinkedMatch): Contradiction | null {
  const wanted = new Map<string, string>()
  for (const { kind, name, value } of conditionsOf(match)) {
    const identity = `${kind} ${name ?? ''}`
    const other = wanted.get(identity)
    if (other !== undefined && other !== value) return { kind, name, values: [other, value] }
    wanted.set(identity, value)
  }
  return null
}

export function isPossible(match: LinkedMatch): boolean {
  return contradictionOf(match) === null
}

/** True when some request meets both. */
export function canBothHold(a: LinkedMatch, b: LinkedMatch): boolean {
  return isPossible(joinMatches([a, b]))
}

/** The match that holds when all of these do. */
export function joinMatches(matches: readonly LinkedMatch[]): LinkedMatch {
  return {
    at: matches[0]?.at ?? '',
    headers: matches.flatMap(({ headers }) => headers),
    query: matches.flatMap(({ query }) => query),
    hosts: matches.flatMap(({ hosts }) => hosts),
  }
}

function conditionsOf({ headers, query, hosts }: LinkedMatch): Condition[] {
  return [
    ...headers.map(([name, value]): Condition => ({ kind: 'header', name, value })),
    ...query.map(([name, value]): Condition => ({ kind: 'query parameter', name, value })),
    ...hosts.map((value): Condition => ({ kind: 'host', name: null, value })),
  ]
}
