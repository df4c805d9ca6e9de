import type { RawLimits } from '../../compiler/2-validate/raw.ts'
import type { PlainRequest } from './interpret-path.ts'

/** One number of a `limits` block for one subject: what it counts, how it is written, what fits at once, what is asked of it. */
export type PlainLimit = ReturnType<typeof limitsOf>[number]

/** What is used of each counter: of a rate in units × its period, so that all numbers are whole, as of `tickMs`. */
export type Counters = Map<string, { readonly used: number; readonly tickMs: number }>

/** Takes one `limits` block apart. `cost` counts against rates and quotas. */
export function limitsOf(block: RawLimits | undefined, subject: string, cost: number) {
  return (['rate', 'quota', 'concurrency'] as const).flatMap((kind) => {
    const text = String(block?.[kind] ?? '')
    const room = numberOf(kind === 'rate' ? (block?.burst ?? text) : text)
    const units = kind === 'concurrency' ? 1 : cost
    return text === '' ? [] : [{ counter: `${subject} ${kind}`, kind, text, room, units }]
  })
}

/** Takes all, or none when one refuses. Gives the codes of those with the longest wait, one or none but for a tie. */
export function take(limits: readonly PlainLimit[], counters: Counters, clock: PlainRequest): string[] {
  const waits = limits.map((limit) => waitMs(limit, counters, clock))
  const longest = Math.max(0, ...waits)
  if (longest === Infinity) return ['413 too-large-for-limit']
  if (longest > 0) return limits.filter((_, i) => waits[i] === longest).map(({ kind }) => `429 ${kind}-exceeded`)
  for (const limit of limits) add(limit, limit.units, counters, clock)
  return []
}

/** Ends a request: what it had in flight is free again. */
export function release(limits: readonly PlainLimit[], counters: Counters, clock: PlainRequest): void {
  for (const limit of limits) if (limit.kind === 'concurrency') add(limit, -1, counters, clock)
}

/** Milliseconds until the request fits: 0 when it does, Infinity when it never will. */
function waitMs(limit: PlainLimit, counters: Counters, clock: PlainRequest): number {
  const { kind, text, room, units } = limit
  if (units > room) return Infinity
  const excess = usedOf(limit, counters, clock) + (units - room) * periodMs(limit)
  if (excess <= 0) return 0
  if (kind === 'rate') return excess / numberOf(text)
  return kind === 'quota' ? windowOf(text, clock.wallMs).end - clock.wallMs : 1000
}

function add(limit: PlainLimit, units: number, counters: Counters, clock: PlainRequest): void {
  const used = usedOf(limit, counters, clock) + units * periodMs(limit)
  counters.set(keyOf(limit, clock), { used, tickMs: clock.tickMs })
}

/** Of a rate of 100/min each millisecond gives back 100 of the 60 000 parts of a unit. */
function usedOf(limit: PlainLimit, counters: Counters, clock: PlainRequest): number {
  const { used, tickMs } = counters.get(keyOf(limit, clock)) ?? { used: 0, tickMs: 0 }
  const back = limit.kind === 'rate' ? (clock.tickMs - tickMs) * numberOf(limit.text) : 0
  return Math.max(0, used - back)
}

/** Each window of a quota has a count of its own. */
function keyOf({ kind, counter, text }: PlainLimit, { wallMs }: PlainRequest): string {
  return kind === 'quota' ? `${counter} ${windowOf(text, wallMs).start}` : counter
}

/** The calendar day or month in UTC. */
function windowOf(text: string, wallMs: number): { start: number; end: number } {
  const date = new Date(wallMs)
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()]
  if (text.endsWith('/month')) return { start: Date.UTC(year, month), end: Date.UTC(year, month + 1) }
  return { start: Date.UTC(year, month, day), end: Date.UTC(year, month, day + 1) }
}

/** Only rates count in parts of units. */
function periodMs({ kind, text }: PlainLimit): number {
  if (kind !== 'rate') return 1
  return text.endsWith('/s') ? 1000 : text.endsWith('/min') ? 60_000 : 3_600_000
}

/** "1_000/min" is 1000. */
export function numberOf(text: string | number): number {
  return parseInt(String(text).replaceAll('_', ''), 10)
}
