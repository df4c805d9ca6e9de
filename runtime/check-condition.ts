import type { RequestFacts } from '../schemas/expression.ts'
import type { CallerFacts } from '../schemas/table.ts'
import { parameterOf, type Exchange } from './exchange.ts'
import type { LoadedCondition } from './expressions/load-condition.ts'
import type { LoadedRoute } from './load-table.ts'
import { queryPairs } from './query.ts'
import { refuse, type Refusal } from './refusals.ts'

type Pairs = readonly (readonly [name: string, value: string])[]

const NOBODY: CallerFacts = { id: '', tenant: '', scopes: [], roles: [], metadata: {} }
const NO_CLAIMS: Readonly<Record<string, unknown>> = {}
const NOTHING: ReadonlyMap<string, never> = new Map<string, never>()

/** Evaluates the route's condition. It holds when it is true: one that cannot be evaluated does not. */
export function checkCondition(exchange: Exchange, route: LoadedRoute): Refusal | null {
  const { condition } = route
  if (condition === null) return null
  const request = requestFacts(exchange, condition, route)
  const { caller } = exchange
  const key = caller?.facts ?? NOBODY
  const claims = caller?.claims ?? NO_CLAIMS
  const holds = request !== null && condition.evaluate({ key, claims, request }) === true
  return holds ? null : refuse('condition-failed')
}

/** What the condition reads of a request, and no more; null when its query cannot be read. */
function requestFacts(exchange: Exchange, condition: LoadedCondition, route: LoadedRoute): RequestFacts | null {
  const { readsParams, readsQuery, readsQueryAll } = condition
  const pairs = readsQuery || readsQueryAll ? queryPairs(exchange.query) : NO_PAIRS
  if (pairs === null) return null
  return {
    method: exchange.method,
    path: exchange.path,
    params: readsParams ? parametersOf(exchange, route.row.path) : NOTHING,
    query: readsQuery ? firstValues(pairs) : NOTHING,
    queryAll: readsQueryAll ? allValues(pairs) : NOTHING,
    headers: exchange.headers ?? NOTHING,
    address: exchange.address.text,
    timeMs: exchange.wallMs,
  }
}

const NO_PAIRS: Pairs = []
const PARAMETER = /\{([^{}.]+)(?:\.\.\.)?\}/g

/** Decoded; one that is not UTF-8 is left out. */
function parametersOf(exchange: Exchange, path: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  let position = 0
  for (const [, name = ''] of path.matchAll(PARAMETER)) {
    const value = decode(parameterOf(exchange, position++))
    if (value !== null) values.set(name, value)
  }
  return values
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    // decodeURIComponent throws for what is not UTF-8 and says nothing more of it.
    return null
  }
}

function firstValues(pairs: Pairs): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  for (const [name, value] of pairs) if (!values.has(name)) values.set(name, value)
  return values
}

function allValues(pairs: Pairs): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, string[]>()
  for (const [name, value] of pairs) {
    const before = values.get(name)
    if (before === undefined) values.set(name, [value])
    else before.push(value)
  }
  return values
}
