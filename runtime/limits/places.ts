import type { Exchange } from '../exchange.ts'
import type { LoadedLimit } from './load-limits.ts'
import { PAGE_CELLS, PAGE_CELLS_LOG2 } from './slots.ts'

/** How much of a limit one request takes. */
export function unitsOf(exchange: Exchange, limit: LoadedLimit): number {
  return limit.row.weighted ? (exchange.route?.row.cost ?? 1) : 1
}

/**
 * What the subject of a limit is found by in the shared table, where it is in no list of the config: an address, or whoever
 * a token names. Null for all others.
 */
export function wordsOf({ address, caller }: Exchange, { row: { per } }: LoadedLimit): Int32Array | null {
  if (per === 'address') return address.counterWords
  return per === 'key' && caller !== null ? caller.counterWords : null
}

/** The memory that a limit's counters lie in. */
export function cellsOf(exchange: Exchange, limit: LoadedLimit): BigInt64Array {
  return wordsOf(exchange, limit) === null ? limit.state.cells : limit.state.addresses.cells
}

/**
 * Where the counter of this request's subject lies: a cell, or an entry of the shared table.
 *
 * @throws When a limit counts keys and nobody was authenticated: the compiler refuses such a config.
 */
export function cellOf(exchange: Exchange, limit: LoadedLimit): number {
  const { state, row, pages } = limit
  const words = wordsOf(exchange, limit)
  if (words !== null) return state.addresses.find(words, -limit.number, exchange.startMs)
  const slot = row.per === 'everyone' ? 0 : slotOf(exchange, limit)
  return (pages[slot >>> PAGE_CELLS_LOG2] ?? NaN) + (slot & (PAGE_CELLS - 1))
}

function slotOf({ caller }: Exchange, { row, state: { plan } }: LoadedLimit): number {
  const slot = row.per === 'key' ? plan.keySlots[caller?.key ?? -1] : plan.tenantSlots[caller?.tenant ?? -1]
  if (slot === undefined) throw new RangeError(`nobody to count for the limit "${row.counter}"`)
  return slot
}
