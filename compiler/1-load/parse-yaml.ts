import { parseDocument, type Document } from 'yaml'
import type { Report } from '../diagnostics/report.ts'
import { checkNodes, type Nulls } from './check-nodes.ts'
import { scanLimits } from './scan-limits.ts'
import { causeOf } from './syntax-cause.ts'

/**
 * Parses YAML 1.2 (core schema) into a document with positions. A text that does not parse gives one diagnostic, with its
 * likely cause; one that parses but uses what the language leaves out gives one for each place.
 *
 * @param file  Name for diagnostics.
 * @param nulls Whether a written "null" is a value. What is left empty never is.
 * @returns The document, or null when something was reported.
 */
export function parseYaml(file: string, text: string, nulls: Nulls, report: Report): Document.Parsed | null {
  const limit = scanLimits(text)
  if (limit !== null) {
    const where = { file, from: limit.at, to: limit.at + 1 }
    if (limit.fault === 'too-deep') report('yaml-too-deep', where, { max: String(limit.max) })
    else report('yaml-too-many-values', where, { max: String(limit.max) })
    return null
  }

  // check-nodes finds duplicates in linear time; the parser's own search is quadratic.
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    merge: false,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  })
  const error = document.errors[0]
  if (error !== undefined) {
    const cause = causeOf(error.code, error.pos[0], error.message, text)
    report('yaml-syntax', { file, from: cause.from, to: cause.to }, { problem: cause.problem }, { hint: cause.hint })
    return null
  }
  return checkNodes(file, text, document, nulls, report) ? document : null
}
