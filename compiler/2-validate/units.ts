import type { Quota, Rate } from '../../schemas/config.ts'

const DURATION_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const
const PERIOD_MS = { s: 1000, min: 60_000, h: 3_600_000 } as const
const SIZE_BYTES = { B: 1, KB: 1e3, MB: 1e6, GB: 1e9, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 } as const

/**
 * The readers below take text that the schema's patterns have let through.
 *
 * @throws When they have not: a bug of ours.
 */

/** "2s" in milliseconds. */
export function parseDuration(text: string): number {
  const [count, unit] = split(text, /^([0-9_]+)([a-z]+)$/)
  return parseCount(count) * factorOf(DURATION_MS, unit)
}

/** "64KB" in bytes. */
export function parseSize(text: string): number {
  const [count, unit] = split(text, /^([0-9_]+)([A-Za-z]+)$/)
  return parseCount(count) * factorOf(SIZE_BYTES, unit)
}

/** A duration or a size in its smallest unit, to compare it with another one; null for any other text. */
export function quantityOf(text: string): number | null {
  const [, count, unit = ''] = /^([0-9_]+)([A-Za-z]+)$/.exec(text) ?? []
  const factors: Readonly<Record<string, number>> = { ...DURATION_MS, ...SIZE_BYTES }
  const factor = factors[unit]
  return count === undefined || factor === undefined ? null : parseCount(count) * factor
}

/** "100/min" as units and their period. */
export function parseRate(text: string): Rate {
  const [count, unit] = split(text, /^([0-9_]+)\/([a-z]+)$/)
  return { count: parseCount(count), periodMs: factorOf(PERIOD_MS, unit) }
}

/** "10_000/day" as units and their window. */
export function parseQuota(text: string): Quota {
  const [count, unit] = split(text, /^([0-9_]+)\/([a-z]+)$/)
  return { count: parseCount(count), window: unit === 'day' ? 'day' : 'month' }
}

/** A whole number, its thousands perhaps grouped: 64, "1_000". */
export function parseCount(value: number | string): number {
  return typeof value === 'number' ? value : Number(value.replaceAll('_', ''))
}

/**
 * A date stands for its first instant in UTC; a time is as in RFC 3339, section 5.6.
 *
 * @returns Milliseconds since 1970 UTC, or null for what is neither, or no day of the calendar.
 */
export function parseInstant(text: string): number | null {
  const match = /^(\d{4})-(\d\d)-(\d\d)(?:[Tt](\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d))?$/.exec(text)
  if (match === null) return null
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0))
  const date = new Date(Date.UTC(year, month - 1, day))
  const inCalendar = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  if (!inCalendar || hour > 23 || minute > 59 || second > 59) return null
  const ms = text.length === 10 ? date.getTime() : Date.parse(text.toUpperCase())
  return Number.isNaN(ms) ? null : ms
}

/** As `parseInstant`, for text that the schema has let through. */
export function instantOf(text: string): number {
  const ms = parseInstant(text)
  if (ms === null) throw new Error(`not a point in time, though the schema let it through: ${text}`)
  return ms
}

function split(text: string, form: RegExp): [string, string] {
  const match = form.exec(text)
  if (match?.[1] === undefined || match[2] === undefined)
    throw new Error(`not of the form that the schema asks for: ${text}`)
  return [match[1], match[2]]
}

function factorOf<Units extends Readonly<Record<string, number>>>(units: Units, unit: string): number {
  const factor = units[unit]
  if (factor === undefined) throw new Error(`not a unit that the schema lets through: ${unit}`)
  return factor
}
