import type { Random } from './random.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** A point in time in one of the ways in which it can be written: long past, just past, soon or far off. */
export function generateInstant(
  random: Random,
  { baseMs, live }: { readonly baseMs: number; readonly live: boolean },
): string {
  const far = random.pick([-400 * DAY_MS, -20 * DAY_MS, 20 * DAY_MS, 400 * DAY_MS])
  const near =
    random.pick([-HOUR_MS, -MINUTE_MS, 2 * MINUTE_MS, 20 * MINUTE_MS, 45 * MINUTE_MS]) + random.below(MINUTE_MS)
  const ms = baseMs + (live || random.chance(0.4) ? far : near)
  const text = new Date(ms).toISOString()
  const way = random.below(4)
  if (way === 0 && (live || random.chance(0.3))) return text.slice(0, 10)
  if (way === 1) return new Date(ms + 2 * HOUR_MS).toISOString().replace('Z', '+02:00')
  return way === 2 ? text.replace(/\.\d+Z$/, 'Z') : text
}

/** A beginning, an end, both or neither, each as likely as `probability`; the end is later than the beginning. */
export function generateSpan<Name extends string>(
  random: Random,
  source: { readonly baseMs: number; readonly live: boolean },
  [start, end]: readonly [Name, Name],
  probability: number,
): Partial<Record<Name, string>> {
  const instants = { [start]: generateInstant(random, source), [end]: generateInstant(random, source) }
  const names = random.some([start, end], probability)
  if (names.length === 2 && Date.parse(instants[start] ?? '') >= Date.parse(instants[end] ?? '')) names.pop()
  // Safe: the names of the record are those that it is made from.
  return Object.fromEntries(names.map((name) => [name, instants[name]])) as Partial<Record<Name, string>>
}
