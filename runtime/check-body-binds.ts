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
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  if (caller !== null && binds.every((bind) => isSame(valueAt(body, bind.name), ownValue(caller, bind)))) return null
  // An unknown route would not have waited for a body as long as this.
  return refuse('no-route', { close: exchange.contentLength > SWALLOW_BYTES_MAX })
}

function isSame(written: string | undefined, own: BindRow['name'][number] | undefined): boolean {
  if (written === undefined || own === undefined) return false
  if (written.charCodeAt(0) === QUOTE) return decodeString(written) === own
  return NUMBER.test(written) && written === own
}

/** A member's value as it is written. */
function valueAt(body: Buffer, names: readonly string[]): string | undefined {
  let at = blankEnd(body, 0)
  for (const name of names) {
    at = body[at] === OPEN_OBJECT ? memberStart(body, at, name) : BROKEN
    if (at === BROKEN) return undefined
  }
  return body.toString('latin1', at, valueEnd(body, at, 0))
}

/** Where the value of a member begins, or BROKEN when the object that begins at `start` has none of that name. */
function memberStart(body: Buffer, start: number, name: string): number {
  let at = blankEnd(body, start + 1)
  while (body[at] === QUOTE) {
    const end = stringEnd(body, at)
    const value = valueStart(body, end)
    if (decodeString(body.toString('latin1', at, end)) === name) return value
    at = blankEnd(body, valueEnd(body, value, 0))
    if (body[at] === COMMA) at = blankEnd(body, at + 1)
  }
  return BROKEN
}
