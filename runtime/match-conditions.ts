import type { MatchRow } from '../schemas/table.ts'
import type { Exchange } from './exchange.ts'
import { queryPairs } from './query.ts'

/** True when a request meets all that a route asks for besides the path. */
export function holds(match: MatchRow, exchange: Exchange): boolean {
  const { headers } = exchange
  for (const [name, value] of match.headers) if (headers?.get(name) !== value) return false
  return mayHold(match, exchange)
}

/** As `holds`, headers aside: what a preflight can say of the request that is to follow. */
export function mayHold(match: MatchRow, exchange: Exchange): boolean {
  if (match.host !== null && hostWithoutPort(exchange.host) !== match.host) return false
  return match.query.length === 0 || queryHolds(match.query, exchange.query)
}

function hostWithoutPort(host: string): string {
  return host.replace(/:[0-9]*$/, '').toLowerCase()
}

/** A parameter that comes more than once must have the value each time. */
function queryHolds(wanted: MatchRow['query'], query: string): boolean {
  const pairs = queryPairs(query)
  if (pairs === null) return false
  return wanted.every(([name, value]) => {
    const values = pairs.filter((pair) => pair[0] === name)
    return values.length > 0 && values.every((pair) => pair[1] === value)
  })
}
