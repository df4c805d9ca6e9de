import type { Exchange } from '../exchange.ts'
import { at } from '../load-table.ts'
import type { LoadedLimit } from './load-limits.ts'

const NONE: readonly LoadedLimit[] = []

/** A request's limits by number: those of its caller, then those of its route. There are at most four blocks of three. */
export function limitAt({ caller, route }: Exchange, i: number): LoadedLimit {
  const ofCaller = caller?.limits ?? NONE
  return i < ofCaller.length ? at(ofCaller, i) : at(route?.limits ?? NONE, i - ofCaller.length)
}

export function limitCount({ caller, route }: Exchange): number {
  return (caller?.limits ?? NONE).length + (route?.limits ?? NONE).length
}
