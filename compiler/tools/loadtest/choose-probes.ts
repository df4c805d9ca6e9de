import type { LimitRow, LimitSetRow } from '../../../schemas/table.ts'
import type { LinkedConfig } from '../../3-link/linked.ts'
import { segmentsOf, type Pointer } from '../../diagnostics/report.ts'
import { nameOfKey, NOBODY } from './choose-callers.ts'
import type { Call } from './find-calls.ts'

/** The parts of a table that say which limits a request meets. */
export interface LimitTable {
  readonly limits: readonly LimitRow[]
  readonly limitSets: readonly Pick<LimitSetRow, 'limits'>[]
  /** By position: which set a key meets. */
  readonly keys: readonly { readonly limitSet: number }[]
  readonly routes: readonly { readonly limits: readonly number[]; readonly cost: number }[]
}

/** Calls that all draw on one counter of one limit, and at one cost. */
export interface Probe {
  /** Position in the table's limits. */
  readonly limit: number
  readonly row: LimitRow
  /** Units that each request takes. */
  readonly cost: number
  /** Whose counter it is. */
  readonly subject: string
  readonly calls: readonly Call[]
}

/** Calls of one probe: enough to see that a counter is shared. */
const CALLS_MAX = 8

/**
 * For each limit the calls that draw on one of its counters; a limit that no call meets has none.
 *
 * @param places Where each limit is written.
 */
export function chooseProbes(
  config: LinkedConfig,
  table: LimitTable,
  places: readonly Pointer[],
  calls: readonly Call[],
): Probe[] {
  const meeting = table.limits.map((): Call[] => [])
  for (const call of calls) for (const limit of limitsOf(table, call)) meeting[limit]?.push(call)
  return table.limits.map((row, limit) => {
    const met = meeting[limit] ?? []
    const [first] = met
    const cost = first === undefined || !row.weighted ? 1 : (table.routes[first.route]?.cost ?? 1)
    const whose = (call: Call): string => subjectOf(config, row, call)
    const same = met.filter(
      (call) =>
        first !== undefined &&
        (isOneCounter(row) || whose(call) === whose(first)) &&
        (!row.weighted || table.routes[call.route]?.cost === cost),
    )
    return {
      limit,
      row,
      cost,
      subject: first === undefined ? placeName(places[limit] ?? '') : whose(first),
      calls: spread(same),
    }
  })
}

/** "plans small", of "/plans/small/rate": nobody draws on it that a name could be taken from. */
function placeName(place: Pointer): string {
  return segmentsOf(place).slice(0, -1).join(' ')
}

/** By position in the table: a caller's limits, then its route's. */
export function limitsOf({ keys, limitSets, routes }: LimitTable, { key, route }: Call): number[] {
  const ofKey = key === NOBODY ? [] : (limitSets[keys[key]?.limitSet ?? -1]?.limits ?? [])
  return [...ofKey, ...(routes[route]?.limits ?? [])]
}

function isOneCounter({ per }: LimitRow): boolean {
  return per === 'everyone' || per === 'address'
}

/** Whose counter a call draws on. */
export function subjectOf(config: LinkedConfig, { name, per }: LimitRow, { key: position }: Call): string {
  const key = config.keys[position]
  if (per === 'address') return 'address 127.0.0.1'
  const tenant = key === undefined ? '' : (config.tenants[key.tenant]?.name ?? '')
  if (per === 'tenant' || name.startsWith('tenant-')) return tenant
  return per === 'everyone' || key === undefined ? 'everyone' : nameOfKey(config, key)
}

/** One call of each key first, then of each route: what is shared is seen to be. */
function spread(calls: readonly Call[]): Call[] {
  const isNew = (key: keyof Pick<Call, 'key' | 'route'>): ((call: Call) => boolean) => {
    const seen = new Set<number>()
    return (call) => !seen.has(call[key]) && seen.add(call[key]) !== undefined
  }
  const chosen = new Set([...calls.filter(isNew('key')), ...calls.filter(isNew('route')), ...calls])
  return [...chosen].slice(0, CALLS_MAX)
}
