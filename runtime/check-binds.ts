import type { BindRow } from '../schemas/table.ts'
import { parameterOf, type Exchange } from './exchange.ts'
import { ownValue } from './own-value.ts'
import { queryPairs } from './query.ts'

/** True when what the path and the query name is the caller's own, as far as the route binds it. */
export function bindsHold(exchange: Exchange, binds: readonly BindRow[]): boolean {
  const { caller } = exchange
  if (caller === null) return false
  return binds.every((bind) => {
    const own = ownValue(caller, bind)
    if (own === undefined) return false
    return bind.of === 'path' ? pathHolds(exchange, bind, own) : queryHolds(exchange.query, bind, own)
  })
}

function pathHolds(exchange: Exchange, { parameter }: BindRow, own: string): boolean {
  const text = parameterOf(exchange, parameter)
  if (!text.includes('%')) return text === own
  try {
    return decodeURIComponent(text) === own
  } catch {
    // Escapes that are no UTF-8 name nothing that a config could.
    return false
  }
}

/** It must come once: of several, nobody can say which one the upstream takes. */
function queryHolds(query: string, { name }: BindRow, own: string): boolean {
  const values = (queryPairs(query) ?? []).filter((pair) => pair[0] === name[0])
  return values.length === 1 && values[0]?.[1] === own
}
