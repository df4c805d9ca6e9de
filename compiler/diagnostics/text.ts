import pc from 'picocolors'
import type { Diagnostic, Place } from './locate.ts'
import { docsOf } from './locate.ts'
import { printable } from './printable.ts'

export interface TextStyle {
  /** ANSI colours, for a terminal. */
  readonly colors: boolean
}

/** Shown of a long line, so that a stretch of it fits a terminal. */
const EXCERPT_CHARACTERS_MAX = 160

/** One diagnostic as a person reads it, without a line break at the end. */
export function formatText(diagnostic: Diagnostic, style: TextStyle = { colors: false }): string {
  const color = pc.createColors(style.colors)
  const severity = diagnostic.severity === 'error' ? color.red('error') : color.yellow('warning')
  const lines = [
    `${placeText(diagnostic.place)} ${severity} ${color.bold(diagnostic.code)}`,
    `  ${printable(diagnostic.message)}`,
    ...excerpt(diagnostic.place).map((line) => color.dim(line)),
    ...(diagnostic.hint === undefined ? [] : [`  hint: ${printable(diagnostic.hint)}`]),
    ...diagnostic.related.map(({ message, place }) => `  see: ${placeText(place)} ${printable(message)}`),
    `  docs: ${docsOf(diagnostic.code)}`,
  ]
  return lines.join('\n')
}

/** "3 errors, 1 warning" */
export function formatCount(errors: number, warnings: number): string {
  const parts = [
    ...(errors > 0 ? [counted(errors, 'error')] : []),
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
  ]
  return parts.join(', ')
}

/** "1 key", "2 keys" */
export function counted(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`
}

function placeText({ file, line, column }: Place): string {
  return `${printable(file)}:${line}:${column}`
}

function excerpt({ text, line, column, endLine, endColumn }: Place): string[] {
  if (text === '') return []
  const from = Math.max(0, column - 1 - EXCERPT_CHARACTERS_MAX / 2)
  const shown = printable(text.slice(from, from + EXCERPT_CHARACTERS_MAX))
  const gutter = `  ${line} | `
  const start = printable(text.slice(from, column - 1)).length
  const end = endLine === line ? endColumn - 1 : text.length
  const length = Math.max(1, Math.min(printable(text.slice(column - 1, end)).length, shown.length - start))
  return [gutter + shown, ' '.repeat(gutter.length + start) + '^'.repeat(length)]
}
