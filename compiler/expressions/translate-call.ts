import { didYouMean } from '../diagnostics/did-you-mean.ts'
import { DURATION_PARTS, FUNCTIONS, METHODS, resultOf, TIME_PARTS } from './functions.ts'
import type { Expr } from './parse-expression.ts'
import { checkZone } from './check-zone.ts'
import { mapCode, namedMapOf, noteName } from './translate-select.ts'
import { textCode } from './translate.ts'
import { MISTAKEN, type Scope, type Translated, type Translation } from './translation.ts'
import { areComparable, BOOL, DYN, fits, INT, join, nameOf, type CelType } from './types.ts'

type Call = Extract<Expr['exprKind'], { case: 'callExpr' }>['value']

/** What a call is translated from: its own part, and what it is given. */
interface Called {
  readonly translation: Translation
  readonly part: Expr
  readonly args: readonly Expr[]
  readonly scope: Scope
  readonly depth: number
}

/** Calls that are not read by the table of functions. */
const SPECIAL: Readonly<Record<string, (called: Called) => Translated>> = {
  '_&&_': (called) => translateLogic(called, 'and'),
  '_||_': (called) => translateLogic(called, 'or'),
  '_?_:_': translateChoice,
  '_==_': (called) => translateEquality(called, 'equal'),
  '_!=_': (called) => translateEquality(called, 'notEqual'),
  '@in': translateIn,
  '_[_]': translateIndex,
  dyn: translateDyn,
}

/** How a call of each macro must look; one that does not was left as a call. */
const MACRO_FORMS: Readonly<Record<string, string>> = {
  has: 'has(a.b)',
  all: 'list.all(x, condition)',
  exists: 'list.exists(x, condition)',
  exists_one: 'list.exists_one(x, condition)',
  map: 'list.map(x, value)',
  filter: 'list.filter(x, condition)',
}

/** An operator, a function or a method. */
export function translateCall(
  translation: Translation,
  part: Expr,
  { function: name, target, args }: Call,
  scope: Scope,
  depth: number,
): Translated {
  const called: Called = { translation, part, args, scope, depth }
  if (target !== undefined) return translateMethod({ ...called, args: [target, ...args] }, name)
  const special = Object.hasOwn(SPECIAL, name) ? SPECIAL[name] : undefined
  if (special !== undefined) return special(called)
  const known = FUNCTIONS.get(name)
  if (known === undefined) return unknownFunction(called, name, [...FUNCTIONS.keys(), 'has', 'dyn'])
  return applyFunction(called, known, translateAll(called))
}

function translateMethod(called: Called, name: string): Translated {
  if (name === 'matches' && called.args.length === 2) return translateMatches(called)
  if (TIME_PARTS.some((part) => part === name)) return translatePart(called, name)
  const known = METHODS.get(name)
  const names = [...METHODS.keys(), ...TIME_PARTS, ...Object.keys(MACRO_FORMS), 'matches']
  return known === undefined ? unknownFunction(called, name, names) : applyFunction(called, known, translateAll(called))
}

function unknownFunction({ translation, part }: Called, name: string, names: readonly string[]): Translated {
  const form = Object.hasOwn(MACRO_FORMS, name) ? MACRO_FORMS[name] : undefined
  if (form !== undefined) return translation.tell('expression-wrong-form', part, { problem: `write ${form}` }, { name })
  const words = names.filter((known) => /^\w+$/.test(known))
  return translation.tell('expression-unknown-name', part, { name }, { hint: didYouMean(name, words), name })
}

function translateAll({ translation, args, scope, depth }: Called): Translated[] {
  return args.map((arg) => translation.translate(arg, scope, depth + 1))
}

function applyFunction(
  { translation, part }: Called,
  known: NonNullable<ReturnType<typeof FUNCTIONS.get>>,
  args: readonly Translated[],
): Translated {
  const type = resultOf(
    known,
    args.map((arg) => arg.type),
  )
  if (type !== undefined) return { type, code: `cel.${known.helper}(${codesOf(args)})` }
  return noOverload(translation, part, known.name, args)
}

function noOverload({ tell }: Translation, part: Expr, name: string, args: readonly Translated[]): Translated {
  const types = args.map(({ type }) => nameOf(type)).join(', ')
  return tell('expression-wrong-arguments', part, { name, types }, { name })
}

function codesOf(parts: readonly Translated[]): string {
  return parts.map(({ code }) => code).join(', ')
}

function translateLogic(called: Called, helper: 'and' | 'or'): Translated {
  const args = translateAll(called)
  const wrong = args.findIndex(({ type }) => !fits(type, BOOL))
  const part = called.args[wrong]
  if (part !== undefined) return wrongType(called, part, args[wrong]?.type ?? DYN, 'bool')
  const code = args.map((arg) => arg.code).reduceRight((right, left) => `cel.${helper}(${left}, () => ${right})`)
  return { type: BOOL, code }
}

function wrongType({ translation }: Called, part: Expr, actual: CelType, expected: string): Translated {
  return translation.tell('expression-wrong-type', part, { actual: nameOf(actual), expected })
}

function translateChoice(called: Called): Translated {
  const [condition = MISTAKEN, yes = MISTAKEN, no = MISTAKEN] = translateAll(called)
  const [conditionPart = called.part] = called.args
  if (!fits(condition.type, BOOL)) return wrongType(called, conditionPart, condition.type, 'bool')
  if (!areComparable(yes.type, no.type)) return noOverload(called.translation, called.part, '?:', [yes, no])
  const code = `cel.choose(${condition.code}, () => ${yes.code}, () => ${no.code})`
  return { type: join(yes.type, no.type), code }
}

function translateEquality(called: Called, helper: 'equal' | 'notEqual'): Translated {
  const [left = MISTAKEN, right = MISTAKEN] = translateAll(called)
  const name = helper === 'equal' ? '==' : '!='
  if (!areComparable(left.type, right.type)) return noOverload(called.translation, called.part, name, [left, right])
  return { type: BOOL, code: `cel.${helper}(${left.code}, ${right.code})` }
}

function translateIn(called: Called): Translated {
  const { translation, args, scope, depth } = called
  const [itemPart = called.part, listPart = called.part] = args
  const item = translation.translate(itemPart, scope, depth + 1)
  const list = translateNamed(called, listPart, itemPart, { isTest: true })
  if (list === null) return MISTAKEN
  const { type } = list
  const element = type.kind === 'list' ? type.element : type.kind === 'map' ? type.key : DYN
  const isRange = type.kind === 'list' || type.kind === 'map' || type.kind === 'dyn'
  if (!isRange || !areComparable(item.type, element)) {
    return noOverload(translation, called.part, 'in', [item, list])
  }
  return { type: BOOL, code: `cel.isIn(${item.code}, ${list.code})` }
}

function translateIndex(called: Called): Translated {
  const { translation, args, scope, depth } = called
  const [ofPart = called.part, keyPart = called.part] = args
  const key = translation.translate(keyPart, scope, depth + 1)
  const of = translateNamed(called, ofPart, keyPart, { isTest: false })
  if (of === null) return MISTAKEN
  const { type } = of
  const keyType = type.kind === 'list' ? INT : type.kind === 'map' ? type.key : DYN
  const isIndexed = type.kind === 'list' || type.kind === 'map' || type.kind === 'dyn'
  if (!isIndexed || !areComparable(key.type, keyType)) return noOverload(translation, called.part, '[]', [of, key])
  const value = type.kind === 'list' ? type.element : type.kind === 'map' ? type.value : DYN
  return { type: value, code: `cel.at(${of.code}, ${key.code})` }
}

/** A map or list whose member is asked for; of some maps each name is taken down where it is written. */
function translateNamed(
  { translation, scope, depth }: Called,
  ofPart: Expr,
  namePart: Expr,
  options: { readonly isTest: boolean },
): Translated | null {
  const map = namedMapOf(translation, ofPart, scope)
  const name = textOf(namePart)
  if (map === null || name === null) return translation.translate(ofPart, scope, depth + 1)
  return noteName(translation, namePart, map, name, options) === null ? mapCode(translation, map) : null
}

function textOf({ exprKind }: Expr): string | null {
  if (exprKind.case !== 'constExpr' || exprKind.value.constantKind.case !== 'stringValue') return null
  return exprKind.value.constantKind.value
}

function translateDyn(called: Called): Translated {
  const args = translateAll(called)
  const [value] = args
  if (value === undefined || args.length !== 1) return noOverload(called.translation, called.part, 'dyn', args)
  return { type: DYN, code: value.code }
}

function translateMatches(called: Called): Translated {
  const { translation, args, scope, depth } = called
  const [textPart = called.part, patternPart = called.part] = args
  const text = translation.translate(textPart, scope, depth + 1)
  const pattern = textOf(patternPart)
  if (pattern === null) {
    const what = 'a pattern that is worked out; write it as it is'
    return translation.tell('expression-not-supported', patternPart, { what })
  }
  if (!fits(text.type, { kind: 'string' })) {
    return noOverload(translation, called.part, 'matches', [text, { type: { kind: 'string' }, code: '' }])
  }
  const reading = translation.readPattern(pattern)
  if ('problem' in reading) {
    return translation.tell('expression-pattern', patternPart, { pattern, problem: reading.problem })
  }
  return { type: BOOL, code: `cel.matches(${text.code}, ${textCode(reading.source)})` }
}

/** "getHours()" of a time or a duration, "getHours("Europe/Berlin")" of a time. */
function translatePart(called: Called, name: string): Translated {
  const { translation, args, scope, depth } = called
  const [ofPart = called.part, zonePart] = args
  const of = translation.translate(ofPart, scope, depth + 1)
  const isOfDuration = of.type.kind === 'duration' && DURATION_PARTS.some((part) => part === name) && args.length === 1
  const isOfTime = fits(of.type, { kind: 'timestamp' }) && args.length <= 2
  if (!isOfDuration && !isOfTime) {
    const rest = args.slice(1).map((arg) => translation.translate(arg, scope, depth + 1))
    return noOverload(translation, called.part, name, [of, ...rest])
  }
  if (zonePart === undefined) return { type: INT, code: `cel.part(${of.code}, "${name}")` }
  const zone = textOf(zonePart)
  if (zone === null) {
    return translation.tell('expression-not-supported', zonePart, { what: 'a time zone that is worked out' })
  }
  if (!checkZone(zone)) return translation.tell('expression-unknown-name', zonePart, { name: zone })
  return { type: INT, code: `cel.part(${of.code}, "${name}", ${textCode(zone)})` }
}
