import { Composer, Lexer, Parser, type Document } from 'yaml'
import type { Report } from '../diagnostics/report.ts'
import { checkNodes, type Nulls } from './check-nodes.ts'
import { watchLimits, type LimitFault, type ValueBudget } from './scan-limits.ts'
import { causeOf } from './syntax-cause.ts'

export interface ParseOptions {
  /** Name for diagnostics. */
  readonly file: string
  /** Whether a written "null" is a value. What is left empty never is. */
  readonly nulls: Nulls
  /** Goes down with each name, value and comment. */
  readonly budget: ValueBudget
}

/**
 * Parses YAML 1.2 (core schema) into a document with positions. A text that does not parse gives one diagnostic, with its
 * likely cause; one that parses but uses what the language leaves out gives one for each place.
 *
 * @returns The document, or null when something was reported.
 */
export function parseYaml(text: string, { file, nulls, budget }: ParseOptions, report: Report): Document.Parsed | null {
  const parsed = composeWithin(text, budget)
  if ('fault' in parsed) {
    const where = { file, from: parsed.at, to: parsed.at + 1 }
    if (parsed.fault === 'too-deep') report('yaml-too-deep', where, { max: String(parsed.max) })
    else report('yaml-too-many-values', where, { max: String(parsed.max) })
    return null
  }
  const [document, second] = parsed.documents
  const error = document?.errors[0]
  if (error !== undefined) {
    const cause = causeOf(error.code, error.pos[0], error.message, text)
    report('yaml-syntax', { file, from: cause.from, to: cause.to }, { problem: cause.problem }, { hint: cause.hint })
    return null
  }
  if (second !== undefined) {
    const [from] = second.range
    report('yaml-feature', { file, from, to: from + 1 }, { feature: 'second documents' })
    return null
  }
  return document !== undefined && checkNodes(file, text, document, nulls, report) ? document : null
}

/** Lexes, parses and composes in one pass; nothing that recurses sees a text before it was found to be within bounds. */
function composeWithin(text: string, budget: ValueBudget): { readonly documents: Document.Parsed[] } | LimitFault {
  const parser = new Parser()
  // check-nodes finds duplicates in linear time; the library's own search is quadratic.
  const composer = new Composer({ version: '1.2', schema: 'core', merge: false, uniqueKeys: false, logLevel: 'silent' })
  const watch = watchLimits(budget)
  const documents: Document.Parsed[] = []
  for (const lexeme of new Lexer().lex(text)) {
    const fault = watch(lexeme)
    if (fault !== null) return fault
    for (const token of parser.next(lexeme)) documents.push(...composer.next(token))
  }
  for (const token of parser.end()) documents.push(...composer.next(token))
  documents.push(...composer.end(true, text.length))
  return { documents }
}
