import { segmentsOf, type Pointer } from '../diagnostics/report.ts'
import type { RawConfig } from '../1-load/load.ts'

/** The value that a person wrote at a place of the main file, or undefined. */
export function writtenAt({ root }: RawConfig, pointer: Pointer): unknown {
  let value: unknown = root
  for (const segment of segmentsOf(pointer)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) return undefined
    // Safe: it has a member of that name.
    value = (value as Readonly<Record<string, unknown>>)[segment]
  }
  return value
}
