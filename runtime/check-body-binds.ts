import type { BindRow } from '../schemas/table.ts'
import type { Exchange } from './exchange.ts'
import {
  BROKEN,
  blankEnd,
  COMMA,
  decodeString,
  OPEN_OBJECT,
  QUOTE,
  stringEnd,
  valueEnd,
  valueStart,
} from './json-scan.ts'
import { ownValue } from './own-value.ts'
import { refuse, type Refusal } from './refusals.ts'
import { SWALLOW_BYTES_MAX } from './respond.ts'

const NUMBER = /^-?[0-9]/

/**
 * Says whether what a body names is the caller's own, as far as its route binds it. A string must say it; a number must be
 * written as it: a reader that rounds and one that does not would see two numbers.
 *
 * @param bytes Strict JSON: no member comes twice.
 */
export function checkBodyBinds(exchange: Exchange, bytes: Uint8Array): Refusal | null {
  const { caller } = exchange
  const binds = exchange.route?.bodyBinds ?? null
  if (binds === null) return null
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
  if (caller !== null && binds.every((bind) => isSame(valueAt(text, bind.name), ownValue(caller, bind)))) return null
  // An unknown route would not have waited for a body as long as this.
  return refuse('no-route', { close: exchange.contentLength > SWALLOW_BYTES_MAX })
}

function isSame(written: string | undefined, own: BindRow['name'][number] | undefined): boolean {
  if (written === undefined || own === undefined) return false
  if (written.charCodeAt(0) === QUOTE) return decodeString(written) === own
  return NUMBER.test(written) && written === own
}

/** A member's value as it is written. */
function valueAt(text: string, names: readonly string[]): string | undefined {
  let at = blankEnd(text, 0)
  for (const name of names) {
    at = text.charCodeAt(at) === OPEN_OBJECT ? memberStart(text, at, name) : BROKEN
    if (at === BROKEN) return undefined
  }
  return text.slice(at, valueEnd(text, at, 0))
}

/** Where the value of a member begins, or BROKEN when the object that begins at `start` has none of that name. */
function memberStart(text: string, start: number, name: string): number {
  let at = blankEnd(text, start + 1)
  while (text.charCodeAt(at) === QUOTE) {
    const end = stringEnd(text, at)
    const value = valueStart(text, end)
    if (decodeString(text.slice(at, end)) === name) return value
    at = blankEnd(text, valueEnd(text, value, 0))
    if (text.charCodeAt(at) === COMMA) at = blankEnd(text, at + 1)
  }
  return BROKEN
}
