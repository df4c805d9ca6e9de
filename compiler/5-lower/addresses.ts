import type { AddressRange } from '../../schemas/config.ts'
import type { AddressRangeRow, AddressSetRow } from '../../schemas/table.ts'
import type { LinkedConfig } from '../3-link/linked.ts'
import type { Pointer } from '../diagnostics/report.ts'

const ANY_ADDRESS = -1

export interface LoweredAddresses {
  readonly sets: readonly AddressSetRow[]
  readonly places: readonly Pointer[]
  /** By the key's position; -1 for any address. */
  readonly setOfKey: readonly number[]
}

/** One set for all keys with the same ranges. */
export function lowerAddresses(config: LinkedConfig): LoweredAddresses {
  const positions = new Map<string, number>()
  const sets: AddressSetRow[] = []
  const places: Pointer[] = []
  const setOfKey = config.keys.map((key) => {
    if (key.allowIps === null) return ANY_ADDRESS
    const ranges = key.allowIps.map(toAddressRange)
    const identity = JSON.stringify(ranges)
    const known = positions.get(identity)
    if (known !== undefined) return known
    positions.set(identity, sets.length)
    places.push(`${key.at}/allowIps`)
    return sets.push({ ranges }) - 1
  })
  return { sets, places, setOfKey }
}

export function toAddressRange({ text, bytes, bits }: AddressRange): AddressRangeRow {
  return { range: text, words: [wordAt(bytes, 0), wordAt(bytes, 4), wordAt(bytes, 8), wordAt(bytes, 12)], bits }
}

function wordAt(bytes: readonly number[], at: number): number {
  return bytes.slice(at, at + 4).reduce((word, byte) => word * 256 + byte, 0)
}
