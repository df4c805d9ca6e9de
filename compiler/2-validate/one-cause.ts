import type { ErrorObject } from 'ajv'
import { didYouMean, nearest } from '../diagnostics/did-you-mean.ts'
import { pointTo, segmentsOf, type Pointer, type Report } from '../diagnostics/report.ts'

/** Wrappers around an error that is reported by itself. */
const WRAPPERS = new Set(['propertyNames', 'if', 'anyOf', 'oneOf', 'allOf'])

/** What the schemas say of a value for people. */
interface Notes {
  readonly form?: string
  readonly unit?: string
  readonly words?: readonly string[]
  /** Whoever mistakes the value may have written a secret: it is never shown. */
  readonly hidden?: boolean
  readonly properties?: Readonly<Record<string, unknown>>
}

/**
 * Reports each mistake that ajv found once, at its place, in the reader's words. Of several errors about one value the
 * first is kept: the others follow from it.
 *
 * @param root Where the validated value stands: "" for the main file, the file name's pointer for an included one.
 */
export function reportErrors(errors: readonly ErrorObject[], root: Pointer, report: Report): void {
  const told = new Set<string>()
  for (const error of dropConsequences(errors)) {
    const subject = subjectOf(error)
    if (told.has(subject)) continue
    told.add(subject)
    reportError(error, root + error.instancePath, report)
  }
}

/** A misspelt name is not also a missing one, and what stands inside something not supported yet is not told again. */
function dropConsequences(errors: readonly ErrorObject[]): ErrorObject[] {
  const unsupported = errors.filter(isUnsupported).map((error) => error.instancePath)
  const misspelt = new Set<string>()
  for (const error of errors) {
    if (error.keyword !== 'additionalProperties') continue
    const meant = nearest(String(error.params['additionalProperty']), namesIn(error))
    if (meant !== undefined) misspelt.add(pointTo(error.instancePath, meant))
  }
  return errors.filter((error) => {
    if (WRAPPERS.has(error.keyword)) return false
    if (isUnsupported(error)) return !unsupported.some((path) => error.instancePath.startsWith(path + '/'))
    if (error.keyword === 'required' || error.keyword === 'dependentRequired')
      return !misspelt.has(pointTo(error.instancePath, String(error.params['missingProperty'])))
    if (error.keyword !== 'atLeastOneOf') return true
    return !namesOf(error.schema).some((name) => misspelt.has(pointTo(error.instancePath, name)))
  })
}

/** Errors with the same subject are one mistake. */
function subjectOf(error: ErrorObject): string {
  const { additionalProperty, missingProperty } = error.params as Record<string, unknown>
  const member = additionalProperty ?? missingProperty ?? error.propertyName
  if (member !== undefined) return `member ${pointTo(error.instancePath, String(member))}`
  return isUnsupported(error) ? `support ${error.instancePath}` : `value ${error.instancePath}`
}

function isUnsupported(error: ErrorObject): boolean {
  return error.keyword === 'notSupportedYet' || error.keyword === 'supportedValues'
}

function reportError(error: ErrorObject, at: Pointer, report: Report): void {
  const notes = (error.parentSchema ?? {}) as Notes
  const name = nameOf(at)
  const isHidden = notes.hidden === true
  const form = notes.form ?? 'what the schema asks for'
  switch (error.keyword) {
    case 'additionalProperties': {
      const unknown = String(error.params['additionalProperty'])
      const names = namesIn(error)
      const hint = didYouMean(unknown, names) ?? `Known here: ${names.join(', ')}.`
      return report('config-unknown-key', { key: pointTo(at, unknown) }, { key: unknown }, { hint })
    }
    case 'required':
    case 'dependentRequired': {
      const missing = String(error.params['missingProperty'])
      return report('config-missing-key', at, { where: at === '' ? 'The file' : `"${name}"`, key: missing })
    }
    case 'atLeastOneOf':
      return report('config-missing-key', at, { where: `"${name}"`, key: namesOf(error.schema).join('" or "') })
    case 'notSupportedYet':
      return report('not-supported-yet', { key: at }, { what: `"${name}"` })
    case 'supportedValues':
      return report('not-supported-yet', at, { what: `"${name}: ${textOf(error.data)}"` })
    case 'type':
      return reportType(error, at, name, notes, report)
    case 'enum':
    case 'const': {
      const allowed = error.keyword === 'enum' ? namesOf(error.schema) : [textOf(error.schema)]
      return reportValue(error, at, name, allowed, report)
    }
    case 'pattern':
    case 'format':
      if (error.propertyName !== undefined) {
        const [first = ''] = error.propertyName.split(' ')
        const isKnown = notes.words === undefined || notes.words.includes(first)
        const hint = isKnown ? undefined : didYouMean(first, notes.words)
        const where = { key: pointTo(at, error.propertyName) }
        return report('config-wrong-name', where, { name: error.propertyName, form }, { hint })
      }
      if (notes.words !== undefined) return reportValue(error, at, name, notes.words, report)
      return report(
        'config-wrong-form',
        at,
        { name, value: isHidden ? HIDDEN : textOf(error.data), form },
        { isHidden },
      )
    default:
      if (error.propertyName !== undefined) {
        const where = { key: pointTo(at, error.propertyName) }
        return report('config-out-of-range', where, { name: error.propertyName, problem: problemOf(error) })
      }
      return report('config-out-of-range', at, { name, problem: problemOf(error) })
  }
}

function reportType(error: ErrorObject, at: Pointer, name: string, notes: Notes, report: Report): void {
  const wanted = notes.form ?? [error.schema].flat().map(typeWord).join(' or ')
  if (typeof error.data === 'number' && notes.unit !== undefined) {
    const hint = `Write the unit: ${name}: ${error.data}${notes.unit}`
    return report('config-unit-missing', at, { name, value: String(error.data), form: wanted }, { hint })
  }
  if (notes.hidden === true) return report('config-wrong-type', at, { name, wanted, got: HIDDEN }, { isHidden: true })
  const isScalar = typeof error.data === 'number' || typeof error.data === 'boolean'
  const hint =
    isScalar && [error.schema].flat().includes('string') ? `Put it in quotes: "${String(error.data)}".` : undefined
  report('config-wrong-type', at, { name, wanted, got: kindOf(error.data) }, { hint })
}

function reportValue(error: ErrorObject, at: Pointer, name: string, allowed: readonly string[], report: Report): void {
  const hint = didYouMean(textOf(error.data), allowed)
  report('config-unknown-value', at, { name, value: textOf(error.data), allowed: allowed.join(', ') }, { hint })
}

const HIDDEN = '…'

/** What a value is called: an item of a list by the list's name. */
function nameOf(at: Pointer): string {
  return segmentsOf(at).findLast((segment) => !/^[0-9]+$/.test(segment)) ?? 'the file'
}

/** ajv's words for a bound, in ours. */
function problemOf(error: ErrorObject): string {
  const { limit, i, j } = error.params as Readonly<Record<string, unknown>>
  const things = error.keyword.endsWith('Items') ? 'items' : error.keyword.endsWith('Length') ? 'characters' : 'members'
  switch (error.keyword) {
    case 'minimum':
      return `must be at least ${String(limit)}`
    case 'maximum':
      return `must be at most ${String(limit)}`
    case 'most':
      return `must be at most ${textOf(error.schema)}`
    case 'uniqueItems':
      return `names the same twice (items ${Number(j) + 1} and ${Number(i) + 1})`
    case 'minItems':
    case 'minProperties':
    case 'minLength':
      return limit === 1
        ? 'is empty: leave it out, or write what is meant'
        : `needs at least ${String(limit)} ${things}`
    case 'maxItems':
    case 'maxProperties':
    case 'maxLength':
      return `has more than ${String(limit)} ${things}`
    default:
      return String(error.message)
  }
}

function namesIn(error: ErrorObject): string[] {
  return Object.keys((error.parentSchema as Notes | undefined)?.properties ?? {})
}

function namesOf(schema: unknown): string[] {
  return Array.isArray(schema) ? schema.map(textOf) : []
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function typeWord(type: unknown): string {
  const words: Readonly<Record<string, string>> = {
    object: 'a mapping (name: value)',
    array: 'a list',
    string: 'text',
    integer: 'a whole number',
    number: 'a number',
    boolean: 'true or false',
  }
  return words[String(type)] ?? String(type)
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object' && value !== null) return 'a mapping'
  if (value === null) return 'nothing'
  return typeof value === 'string' ? 'text' : `${typeof value === 'boolean' ? '' : 'the number '}${String(value)}`
}
