import { parseDuration, parseInstant } from '../../2-validate/units.ts'
import { usageFault } from '../../command-fault.ts'

const DAY_MS = 86_400_000
const DURATION = /^[1-9][0-9]{0,5}(m|h|d)$/

/**
 * What stands behind `expires:` or `until:` for a duration ("90d") or a point in time. Whole days become a date, the next
 * one: nothing ends sooner than was asked for.
 *
 * @param option How the person named it, such as "--expires".
 * @throws A `CommandFault` for anything else, and for an end that has passed.
 */
export function endText(option: string, text: string, nowMs: number): string {
  if (DURATION.test(text)) {
    const endMs = nowMs + parseDuration(text)
    if (text.endsWith('d')) return new Date(Math.ceil(endMs / DAY_MS) * DAY_MS).toISOString().slice(0, 10)
    return new Date(Math.ceil(endMs / 1000) * 1000).toISOString().replace('.000Z', 'Z')
  }
  const endMs = parseInstant(text)
  if (endMs === null)
    throw usageFault(`${option} "${text}" is neither a duration such as 90d nor a date such as 2027-01-31.`)
  if (endMs <= nowMs) throw usageFault(`${option} ${text} has passed: it would open nothing.`)
  return text
}
