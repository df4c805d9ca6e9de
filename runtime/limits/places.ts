import type { Exchange } from '../exchange.ts'
import type { LoadedLimit } from './load-limits.ts'
import { PAGE_CELLS, PAGE_CELLS_LOG2 } from './slots.ts'

/** How much of a limit one request takes. */
export function unitsOf(exchange: Exchange, limit: LoadedLimit): number {
  return limit.row.weighted ? (exchange.route?.row.cost ?? 1) : 1
}

/** The memory that a limit's counters lie in. */
export function cellsOf(limit: LoadedLimit): BigInt64Array {
  return limit.row.per === 'address' ? limit.state.addresses.cells : limit.state.cells
}

/**
 * Where the counter of this request's subject lies: a cell, or an entry of the address table.
 *
 * @throws When a limit counts keys and nobody was authenticated: the compiler refuses such a config.
 */
export function cellOf(exchange: Exchange, limit: LoadedLimit): number {
  const { state, row, pages } = limit
  if (row.per === 'address') return state.addresses.find(exchange.address.counterWords, -limit.number, exchange.startMs)
  const slot = row.per === 'everyone' ? 0 : slotOf(exchange, limit)
  return (pages[slot >>> PAGE_CELLS_LOG2] ?? NaN) + (slot & (PAGE_CELLS - 1))
}

function slotOf({ caller }: Exchange, { row, state: { plan } }: LoadedLimit): number {
  const slot = row.per === 'key' ? plan.keySlots[caller?.key ?? -1] : plan.tenantSlots[caller?.tenant ?? -1]
  if (slot === undefined) throw new RangeError(`nobody to count for the limit "${row.counter}"`)
  return slot
}
