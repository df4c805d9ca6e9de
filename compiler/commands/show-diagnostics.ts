import { countSeverities } from '../diagnostics/count.ts'
import type { Checked } from '../compile.ts'
import type { DiagnosticCode } from '../diagnostics/catalog.ts'
import type { Diagnostic } from '../diagnostics/locate.ts'
import { formatCount, formatText } from '../diagnostics/text.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import type { CommandContext } from './context.ts'

/** Nobody reads further; the count says how many there are. */
const SHOWN_MAX = 100

/** Hands the first diagnostics to `show`, and tells how many there are in all. */
export function showDiagnostics(
  diagnostics: readonly Diagnostic[],
  context: CommandContext,
  show: (diagnostic: Diagnostic) => void,
): void {
  if (diagnostics.length === 0) return
  diagnostics.slice(0, SHOWN_MAX).forEach(show)
  const { errors, warnings } = countSeverities(diagnostics)
  const more = diagnostics.length - SHOWN_MAX
  context.tell(formatCount(errors, warnings) + (more > 0 ? ` (${more} not shown)` : ''))
}

/** For commands whose result is something else. */
export function tellDiagnostics(diagnostics: readonly Diagnostic[], context: CommandContext): void {
  const style = { colors: context.colors.tell }
  showDiagnostics(diagnostics, context, (diagnostic) => context.tell(formatText(diagnostic, style) + '\n'))
}

/** A main file that is not there is no config that could be wrong. */
const SURROUNDINGS: ReadonlySet<DiagnosticCode> = new Set(['file-missing', 'file-not-regular', 'file-unreadable'])

/** What a command ends with that has checked a config. */
export function exitOf(
  { diagnostics, sources }: Pick<Checked, 'diagnostics' | 'sources'>,
  { strict }: { readonly strict: boolean },
): ExitCode {
  const { errors, warnings } = countSeverities(diagnostics)
  if (errors === 0) return strict && warnings > 0 ? EXIT.wrong : EXIT.done
  const unread = sources.length === 0 && diagnostics.some(({ code }) => SURROUNDINGS.has(code))
  return unread ? EXIT.surroundings : EXIT.wrong
}
