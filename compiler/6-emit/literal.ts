import { FOREVER } from '../5-lower/forever.ts'

/** Points in time of this century have at least this many milliseconds; no duration or count of a table has. */
const INSTANT_MS_MIN = 100_000_000_000

/** One member of the table on a line of its own. */
export function member(name: string, value: unknown): string {
  return `  ${name}: ${literal(value, name)},`
}

/** A value as TypeScript on one line. Text goes through JSON.stringify and through nothing else. */
export function literal(value: unknown, name = ''): string {
  if (typeof value === 'number') return numberLiteral(value, name)
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[${value.map((item) => literal(item)).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([key, item]) => `${key}: ${literal(item, key)}`)
    return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
  }
  return JSON.stringify(value)
}

function numberLiteral(value: number, name: string): string {
  if (value === FOREVER) return 'FOREVER'
  if (name.endsWith('Ms') && value >= INSTANT_MS_MIN) return `${value} /* ${new Date(value).toISOString()} */`
  return String(value)
}
