import type { Expr } from './parse-expression.ts'
import type { Scope, Translated, Translation } from './translation.ts'
import { BOOL, DYN, fits, listOf, nameOf, type CelType } from './types.ts'

type Loop = Extract<Expr['exprKind'], { case: 'comprehensionExpr' }>['value']

/** What a macro was given: a condition, or what to make of each, or both. */
interface MacroParts {
  readonly where: Expr | undefined
  readonly each: Expr | undefined
}

type Macro = 'all' | 'exists' | 'existsOne' | 'map' | 'filter'

const MACROS: Readonly<Record<string, Macro>> = {
  all: 'all',
  exists: 'exists',
  exists_one: 'existsOne',
  existsOne: 'existsOne',
  map: 'map',
  filter: 'filter',
}

/** A macro over a list or a map: the parser has made a loop of it, whose step holds what the macro was given. */
export function translateLoop(
  translation: Translation,
  part: Expr,
  { iterRange, iterVar, loopStep }: Loop,
  scope: Scope,
  depth: number,
): Translated {
  const { tell, parsed, gathered } = translation
  const macro = MACROS[parsed.macroOf(part)]
  if (macro === undefined || iterRange === undefined || loopStep === undefined) {
    return tell('expression-not-supported', part, { what: 'this' })
  }
  const range = translation.translate(iterRange, scope, depth + 1)
  const element = elementOf(range.type)
  if (element === null) {
    return tell('expression-wrong-type', iterRange, { actual: nameOf(range.type), expected: 'a list or a map' })
  }
  const local = `${iterVar}_${depth}`
  const inner = new Map([...scope, [iterVar, { type: element, code: local }]])
  const parts = partsOf(macro, loopStep)
  const where = parts.where === undefined ? null : translation.translate(parts.where, inner, depth + 1)
  const each = parts.each === undefined ? null : translation.translate(parts.each, inner, depth + 1)
  if (where !== null && parts.where !== undefined && !fits(where.type, BOOL)) {
    return tell('expression-wrong-type', parts.where, { actual: nameOf(where.type), expected: 'bool' })
  }
  const taken = gathered.locals.has(local) ? local : ''
  const steps = [where, each].flatMap((step) => (step === null ? [] : [`(${taken}) => ${step.code}`]))
  const helper = where !== null && each !== null ? 'mapWhere' : macro
  return {
    type: typeOf(macro, element, each?.type ?? DYN),
    code: `cel.${helper}(${[range.code, ...steps].join(', ')})`,
  }
}

function elementOf(type: CelType): CelType | null {
  if (type.kind === 'dyn') return DYN
  if (type.kind === 'list') return type.element
  return type.kind === 'map' ? type.key : null
}

function typeOf(macro: Macro, element: CelType, each: CelType): CelType {
  if (macro === 'map') return listOf(each)
  return macro === 'filter' ? listOf(element) : BOOL
}

/** Takes a loop's step apart: "result || where", "where ? result + [each] : result" and the like. */
function partsOf(macro: Macro, step: Expr): MacroParts {
  const args = argsOf(step)
  if (macro === 'all' || macro === 'exists') return { where: args[1], each: undefined }
  if (macro === 'existsOne' || macro === 'filter') return { where: args[0], each: undefined }
  const isConditional = args.length === 3
  const sum = isConditional ? argsOf(args[1]) : args
  const [each] = sum[1]?.exprKind.case === 'listExpr' ? sum[1].exprKind.value.elements : []
  return { where: isConditional ? args[0] : undefined, each }
}

function argsOf(part: Expr | undefined): readonly Expr[] {
  return part?.exprKind.case === 'callExpr' ? part.exprKind.value.args : []
}
