import type { Exchange } from './exchange.ts'
import { levelOf, usedOf } from './limits/counters.ts'
import { limitAt, limitCount } from './limits/limit-at.ts'
import type { LoadedLimit } from './limits/load-limits.ts'
import { cellOf, cellsOf } from './limits/places.ts'

/**
 * How each limit of a request stands that callers may see, in their order: of a rate the units that would pass, of a quota
 * those that are used. To be read where limits are taken: the text that is made of it waits for the answer, by when others
 * have taken more. Null where there is none.
 */
export function limitLevels(exchange: Exchange): readonly number[] | null {
  let levels: number[] | null = null
  const count = limitCount(exchange)
  for (let i = 0; i < count; i++) {
    const limit = limitAt(exchange, i)
    if (!limit.row.shown) continue
    const level = standOf(exchange, limit)
    // Most have one: an array that is made with it costs a small part of one that grows.
    if (levels === null) levels = [level]
    else levels.push(level)
  }
  return levels
}

function standOf(exchange: Exchange, limit: LoadedLimit): number {
  const cells = cellsOf(exchange, limit)
  const cell = cellOf(exchange, limit)
  if (limit.row.kind === 'rate') return levelOf(limit, cells, cell, exchange.startMs)
  return usedOf(limit, cells, cell, exchange.wallMs)
}
