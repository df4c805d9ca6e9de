import type { LinkedConfig } from '../../3-link/linked.ts'
import { pointTo, type Report } from '../../diagnostics/report.ts'

/** A refusal's code is appended to the base of problem types as it is. */
export function errorsBase({ settings }: LinkedConfig, report: Report): void {
  const base = settings.problemBase
  if (/[/:#=]$/.test(base)) return
  const where = pointTo(settings.at, 'brand', 'errors')
  report('errors-base-open', where, { base, type: `${base}invalid-key` }, { hint: `Write ${base}/` })
}
