import { countSeverities } from './count.ts'
import { docsOf, type Diagnostic, type Place } from './locate.ts'
import { printable } from './printable.ts'

/** Grows when a reader of the old shape would misread the new one. */
const FORMAT = 1

/** A config has as many faults as it likes; a machine that reads more than this of them is helped by none. */
export const LISTED_MAX = 10_000

/** What `check --format json` prints, without a line break at the end. The counts are of all, also of those not listed. */
export function formatJson(diagnostics: readonly Diagnostic[]): string {
  const { errors, warnings } = countSeverities(diagnostics)
  const listed = diagnostics.slice(0, LISTED_MAX).map(({ severity, code, message, hint, why, place, related }) => ({
    severity,
    code,
    message,
    ...(hint === undefined ? {} : { hint }),
    why,
    ...positionOf(place),
    endLine: place.endLine,
    endColumn: place.endColumn,
    ...(related.length === 0
      ? {}
      : { related: related.map((other) => ({ message: other.message, ...positionOf(other.place) })) }),
    docs: docsOf(code),
  }))
  return safeJson({ format: FORMAT, valid: errors === 0, errors, warnings, diagnostics: listed })
}

/** JSON for people and machines: what a terminal would act upon is escaped, which JSON reads back. */
export function safeJson(value: unknown): string {
  return JSON.stringify(value, null, 2).split('\n').map(printable).join('\n')
}

function positionOf({ file, line, column }: Place): Pick<Place, 'file' | 'line' | 'column'> {
  return { file, line, column }
}
