import pc from 'picocolors'
import { printable } from '../diagnostics/printable.ts'
import type { TextStyle } from '../diagnostics/text.ts'

const GAP = '  '

/** Rows below their head, each cell as wide as its column. What a terminal would act upon is escaped. */
export function columns(head: readonly string[], rows: readonly (readonly string[])[], style: TextStyle): string {
  const lines = [head, ...rows.map((row) => row.map(printable))]
  const widths = head.map((_, column) => lines.reduce((width, line) => Math.max(width, line[column]?.length ?? 0), 0))
  const [first = '', ...others] = lines.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join(GAP)
      .trimEnd(),
  )
  return [pc.createColors(style.colors).dim(first), ...others].join('\n')
}
