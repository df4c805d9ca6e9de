import { didYouMean } from '../diagnostics/did-you-mean.ts'
import { RECORDS, VARIABLES } from './environments.ts'
import type { Expr } from './parse-expression.ts'
import { textCode } from './translate.ts'
import type { Scope, Translated, Translation } from './translation.ts'
import { BOOL, DYN, mapOf, nameOf, STRING, type CelType, type RecordName } from './types.ts'

type Select = Extract<Expr['exprKind'], { case: 'selectExpr' }>['value']

/** "a.b", and "has(a.b)". */
export function translateSelect(
  translation: Translation,
  part: Expr,
  { operand, field, testOnly }: Select,
  scope: Scope,
  depth: number,
): Translated {
  const { tell } = translation
  if (operand === undefined) return tell('expression-not-supported', part, { what: 'this' })
  const record = recordOf(translation, operand, scope)
  if (record !== null) {
    const type = RECORDS[record].get(field)
    if (type === undefined) return unknownMember(translation, part, field, [...RECORDS[record].keys()])
    return testOnly ? { type: BOOL, code: 'true' } : readMember(translation, record, field, type)
  }
  const map = namedMapOf(translation, operand, scope)
  if (map !== null) {
    const told = noteName(translation, part, map, field, { isTest: testOnly })
    if (told !== null) return told
  }
  const of = map === null ? translation.translate(operand, scope, depth + 1) : mapCode(translation, map)
  const type = memberType(of.type)
  if (type === null) {
    return tell('expression-wrong-type', part, { actual: nameOf(of.type), expected: 'what has members' })
  }
  if (testOnly) return { type: BOOL, code: `cel.has(${of.code}, ${textCode(field)})` }
  return { type, code: `cel.member(${of.code}, ${textCode(field)})` }
}

/** The maps whose names are looked at one by one. */
export type NamedMap = 'request.headers' | 'request.params' | 'key.metadata' | 'claims'

/** The map that a part is, when names in it are told apart. */
export function namedMapOf(translation: Translation, part: Expr, scope: Scope): NamedMap | null {
  const { exprKind } = part
  if (isClaims(translation, part, scope)) return 'claims'
  if (exprKind.case !== 'selectExpr' || exprKind.value.testOnly || exprKind.value.operand === undefined) return null
  const record = recordOf(translation, exprKind.value.operand, scope)
  const name = `${record}.${exprKind.value.field}`
  return name === 'request.headers' || name === 'request.params' || name === 'key.metadata' ? name : null
}

/** The code of such a map, without taking it for one whose names are worked out. */
export function mapCode(translation: Translation, map: NamedMap): Translated {
  if (map === 'claims') {
    translation.gathered.claims = true
    return { type: mapOf(DYN), code: map }
  }
  const [record, field] = map.split('.')
  if (record === 'request') translation.gathered.request.add(field ?? '')
  else translation.gathered.key.add(field ?? '')
  return { type: mapOf(STRING), code: map }
}

/**
 * Takes down that a name of such a map is read, or only tested for.
 *
 * @returns What stands for a name that can never be there; else null.
 */
export function noteName(
  { gathered, source, tell }: Translation,
  part: Expr,
  map: NamedMap,
  name: string,
  { isTest }: { readonly isTest: boolean },
): Translated | null {
  if (map === 'key.metadata' || map === 'claims') {
    const names = map === 'claims' ? gathered.claimNames : gathered.metadata
    names[isTest ? 'tested' : 'read'].add(name)
    return null
  }
  if (map === 'request.params') {
    if (source.parameters.includes(name)) return null
    const known = source.parameters.length === 0 ? 'none' : source.parameters.join(', ')
    const hint = didYouMean(name, source.parameters) ?? `The path's parameters: ${known}.`
    return tell('expression-unknown-name', part, { name }, { hint, name })
  }
  gathered.headers.add(name)
  if (HEADER_NAME.test(name)) return null
  const lower = name.toLowerCase()
  const hint = HEADER_NAME.test(lower) ? `Names of headers are in lower case here: "${lower}".` : undefined
  return tell('expression-unknown-name', part, { name }, { hint, name })
}

/** @see RFC 9110, section 5.1; in lower case. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/

function isClaims({ source }: Translation, { exprKind }: Expr, scope: Scope): boolean {
  if (exprKind.case !== 'identExpr' || exprKind.value.name !== 'claims') return false
  return !scope.has('claims') && VARIABLES[source.environment].has('claims')
}

function recordOf({ source }: Translation, part: Expr, scope: Scope): RecordName | null {
  if (part.exprKind.case !== 'identExpr') return null
  const { name } = part.exprKind.value
  const type = scope.has(name) ? undefined : VARIABLES[source.environment].get(name)
  return type?.kind === 'record' ? type.name : null
}

function readMember({ gathered }: Translation, record: RecordName, field: string, type: CelType): Translated {
  if (record === 'key') gathered.key.add(field)
  else gathered.request.add(field)
  if (record === 'request' && field === 'headers') gathered.allHeaders = true
  if (record === 'request' && field === 'time') return { type, code: 'cel.timeOfMs(request.timeMs)' }
  return { type, code: `${record}.${field}` }
}

function unknownMember({ tell }: Translation, part: Expr, name: string, names: readonly string[]): Translated {
  const hint = didYouMean(name, names) ?? `It has: ${names.join(', ')}.`
  return tell('expression-unknown-name', part, { name }, { hint, name })
}

function memberType(type: CelType): CelType | null {
  if (type.kind === 'dyn') return DYN
  return type.kind === 'map' && (type.key.kind === 'string' || type.key.kind === 'dyn') ? type.value : null
}
