import { relative, sep } from 'node:path'
import type { FindSpan } from '../1-load/places.ts'
import { hideKnownSecrets, hideStretch } from '../secrets/find-secrets.ts'
import { CATALOG, type DiagnosticCode } from './catalog.ts'
import { indexLines } from './line-index.ts'
import type { Problem, Where } from './report.ts'

/** A problem with its place and its words: what every output format prints. Lines and columns count from 1. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning'
  readonly code: DiagnosticCode
  readonly message: string
  readonly hint?: string
  readonly why: string
  readonly place: Place
  readonly related: readonly { readonly message: string; readonly place: Place }[]
}

export interface Place {
  /** Relative to the folder from which the command runs, with "/" between the parts. */
  readonly file: string
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
  /** The line's text, without its end. */
  readonly text: string
}

/** Where the compiler's documentation of a code stands. */
export function docsOf(code: DiagnosticCode): string {
  return `compiler/DIAGNOSTICS.md#${code}`
}

/**
 * Gives each problem its place and words, sorted by file, line, column, then code. Two problems of one code at one place
 * are one.
 *
 * @param mainFile Stands for a place that has no file, such as a main file that is missing. Absolute.
 * @param cwd      Files are named relative to it. Absolute.
 */
export function locate(problems: readonly Problem[], findSpan: FindSpan, mainFile: string, cwd: string): Diagnostic[] {
  const placeOfSpan = indexLines(cwd)
  const placeOf = (where: Where): Place => {
    const span = findSpan(where)
    return span === null ? emptyPlace(relativeName(mainFile, cwd)) : hideSecrets(placeOfSpan(span))
  }
  const diagnostics = problems.map((problem): Diagnostic => {
    const entry = CATALOG[problem.code]
    const place = placeOf(problem.where)
    return {
      severity: entry.severity,
      code: problem.code,
      message: fill(entry.message, problem.params),
      ...(problem.hint === undefined ? {} : { hint: problem.hint }),
      why: entry.why,
      place: problem.isHidden === true ? hidePlace(place) : place,
      related: (problem.related ?? []).map(({ message, where }) => ({ message, place: placeOf(where) })),
    }
  })
  const seen = new Set<string>()
  return diagnostics.sort(compare).filter((diagnostic) => {
    const identity = [diagnostic.code, diagnostic.message, orderOf(diagnostic)].join(' ')
    return !seen.has(identity) && seen.add(identity)
  })
}

function compare(a: Diagnostic, b: Diagnostic): number {
  return (
    compareText(a.place.file, b.place.file) ||
    a.place.line - b.place.line ||
    a.place.column - b.place.column ||
    compareText(a.code, b.code) ||
    compareText(a.message, b.message)
  )
}

/** By code units: the same on every machine, whatever its language. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function orderOf({ place }: Diagnostic): string {
  return `${place.file}:${place.line}:${place.column}`
}

/** A function, not a template: a value that holds "$&" or "{name}" stays as it is. */
function fill(message: string, params: Readonly<Record<string, string>>): string {
  return message.replace(/\{(\w+)\}/g, (braced, name: string) => {
    const value = params[name]
    return value === undefined ? braced : hideKnownSecrets(shorten(value))
  })
}

/** Of a value that a message repeats. */
const VALUE_CHARACTERS_MAX = 200

function shorten(value: string): string {
  return value.length <= VALUE_CHARACTERS_MAX ? value : `${value.slice(0, VALUE_CHARACTERS_MAX)}…`
}

/** More than any output shows of a line, on either side of the place. */
const SHOWN_CHARACTERS_MAX = 1000

/** A diagnostic quotes lines of files that may hold secrets, whatever it is about. */
function hideSecrets(place: Place): Place {
  const from = Math.max(0, place.column - 1 - SHOWN_CHARACTERS_MAX)
  const to = place.column - 1 + SHOWN_CHARACTERS_MAX
  const { text } = place
  return { ...place, text: text.slice(0, from) + hideKnownSecrets(text.slice(from, to)) + text.slice(to) }
}

function hidePlace(place: Place): Place {
  const end = place.endLine === place.line ? place.endColumn - 1 : place.text.length
  return { ...place, text: hideStretch(place.text, place.column - 1, end) }
}

function emptyPlace(file: string): Place {
  return { file, line: 1, column: 1, endLine: 1, endColumn: 1, text: '' }
}

function relativeName(path: string, cwd: string): string {
  return relative(cwd, path).split(sep).join('/')
}
