import { box, boxInRange, boxKindOf, isBoxed, NS_PER_SECOND, type Boxed } from './values.ts'

const NS_PER_MS = 1_000_000n
const MS_PER_MINUTE = 60_000
const MS_PER_DAY = 86_400_000

/** @see RFC 3339, section 5.6; as in the JSON of protobuf, in capitals. */
const TIMESTAMP = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/
const DURATION = /^[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|ms|s|m|h))+$/
const DURATION_PIECES = /(\d*)\.?(\d*)(ns|us|µs|ms|s|m|h)/g
const DURATION_CHARACTERS_MAX = 128

const UNIT_NS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  ms: NS_PER_MS,
  s: NS_PER_SECOND,
  m: 60n * NS_PER_SECOND,
  h: 3_600n * NS_PER_SECOND,
}

export function timeOfMs(ms: number): Boxed {
  return box('timestamp', BigInt(Math.floor(ms)) * NS_PER_MS)
}

export function parseTime(text: string): Boxed | undefined {
  const match = TIMESTAMP.exec(text)
  if (match === null) return undefined
  const [, date = '', fraction = '', zone = ''] = match
  const ms = Date.parse(date + zone)
  if (Number.isNaN(ms) || !isOnCalendar(date)) return undefined
  return boxInRange('timestamp', BigInt(ms) * NS_PER_MS + BigInt(fraction.padEnd(9, '0')))
}

/** The 30th of February would be read as a day in March. */
function isOnCalendar(date: string): boolean {
  return new Date(`${date}Z`).toISOString().startsWith(date)
}

/** "300ms", "-1.5h", "2h45m" */
export function parseDuration(text: string): Boxed | undefined {
  if (/^[+-]?0$/.test(text)) return box('duration', 0n)
  if (text.length > DURATION_CHARACTERS_MAX || !DURATION.test(text)) return undefined
  let ns = 0n
  for (const [, whole = '', fraction = '', unit = ''] of text.matchAll(DURATION_PIECES)) {
    const unitNs = UNIT_NS[unit] ?? 0n
    ns += BigInt(whole) * unitNs + (BigInt(fraction) * unitNs) / 10n ** BigInt(fraction.length)
  }
  return boxInRange('duration', text.startsWith('-') ? -ns : ns)
}

/** As the JSON of protobuf writes it. */
export function timeText({ value }: Boxed): string {
  const seconds = floorDivide(value, NS_PER_SECOND)
  const iso = new Date(Number(seconds) * 1000).toISOString()
  return `${iso.slice(0, iso.indexOf('.'))}${fractionText(value - seconds * NS_PER_SECOND)}Z`
}

export function durationText({ value }: Boxed): string {
  const ns = value < 0n ? -value : value
  return `${value < 0n ? '-' : ''}${ns / NS_PER_SECOND}${fractionText(ns % NS_PER_SECOND)}s`
}

/** None, three, six or nine digits. */
function fractionText(ns: bigint): string {
  if (ns === 0n) return ''
  return `.${String(ns)
    .padStart(9, '0')
    .replace(/(?:000){1,2}$/, '')}`
}

/** Whole seconds; of a time those since 1970, downwards. */
export function secondsOf({ value }: Boxed, kind: 'timestamp' | 'duration'): bigint {
  return kind === 'timestamp' ? floorDivide(value, NS_PER_SECOND) : value / NS_PER_SECOND
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by
  return value % by < 0n ? quotient - 1n : quotient
}

/** Reads parts of times, such as the hour in Berlin. It keeps what it knows of each zone that the config names. */
export function createPartOf(): (of: unknown, part: string, zone?: string) => unknown {
  const formats = new Map<string, Intl.DateTimeFormat>()
  return (of, part, zone = 'UTC') => {
    if (!isBoxed(of)) return undefined
    const kind = boxKindOf(of)
    if (kind === 'duration') return partOfDuration(of.value, part)
    if (kind !== 'timestamp') return undefined
    const ms = Number(floorDivide(of.value, NS_PER_MS))
    const read = Object.hasOwn(TIME_PARTS, part) ? TIME_PARTS[part] : undefined
    return read === undefined ? undefined : BigInt(read(new Date(ms + shiftMs(ms, zone, formats))))
  }
}

const DURATION_PART_NS: Readonly<Record<string, bigint>> = {
  getHours: 3_600n * NS_PER_SECOND,
  getMinutes: 60n * NS_PER_SECOND,
  getSeconds: NS_PER_SECOND,
}

/** Hours, minutes and seconds are those of all of it, milliseconds those of its last second. */
function partOfDuration(ns: bigint, part: string): bigint | undefined {
  if (part === 'getMilliseconds') return (ns % NS_PER_SECOND) / NS_PER_MS
  const unitNs = Object.hasOwn(DURATION_PART_NS, part) ? DURATION_PART_NS[part] : undefined
  return unitNs === undefined ? undefined : ns / unitNs
}

/** Of a date whose UTC fields are those of the zone. Months, days of a month and days of a year begin at 0. */
const TIME_PARTS: Readonly<Record<string, (date: Date) => number>> = {
  getFullYear: (date) => date.getUTCFullYear(),
  getMonth: (date) => date.getUTCMonth(),
  getDate: (date) => date.getUTCDate(),
  getDayOfMonth: (date) => date.getUTCDate() - 1,
  getDayOfWeek: (date) => date.getUTCDay(),
  getDayOfYear: (date) => Math.floor((date.getTime() - startOfYear(date)) / MS_PER_DAY),
  getHours: (date) => date.getUTCHours(),
  getMinutes: (date) => date.getUTCMinutes(),
  getSeconds: (date) => date.getUTCSeconds(),
  getMilliseconds: (date) => date.getUTCMilliseconds(),
}

function startOfYear(date: Date): number {
  return new Date(0).setUTCFullYear(date.getUTCFullYear(), 0, 1)
}

/** How far a zone's clock is ahead of UTC at that time. */
function shiftMs(ms: number, zone: string, formats: Map<string, Intl.DateTimeFormat>): number {
  if (zone === 'UTC') return 0
  const fixed = /^([+-]?)(\d\d):(\d\d)$/.exec(zone)
  if (fixed !== null) {
    const [, sign, hours, minutes] = fixed
    return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * MS_PER_MINUTE
  }
  const format = formats.get(zone) ?? createFormat(zone)
  formats.set(zone, format)
  const fields = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, value]))
  const { year, month, day, hour, minute, second } = fields
  const local = new Date(0)
  local.setUTCFullYear(yearOf(Number(year), fields['era']), Number(month) - 1, Number(day))
  local.setUTCHours(Number(hour), Number(minute), Number(second))
  return local.getTime() - Math.floor(ms / 1000) * 1000
}

/** Before the year 1 there was the year 1 BC. */
function yearOf(year: number, era: string | undefined): number {
  return era === 'BC' ? 1 - year : year
}

function createFormat(zone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
}
