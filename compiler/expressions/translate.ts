import { didYouMean } from '../diagnostics/did-you-mean.ts'
import { printable } from '../diagnostics/printable.ts'
import { VARIABLES } from './environments.ts'
import type { Expr } from './parse-expression.ts'
import { translateCall } from './translate-call.ts'
import { translateLoop } from './translate-loop.ts'
import { translateSelect } from './translate-select.ts'
import { DEPTH_MAX, MISTAKEN, type Scope, type Translated, type Translation } from './translation.ts'
import { DYN, join, listOf, nameOf, type CelType } from './types.ts'

const INT_MIN = -(2n ** 63n)
const INT_MAX = 2n ** 63n - 1n
const UINT_MAX = 2n ** 64n - 1n
const KEY_KINDS = new Set(['string', 'int', 'bool', 'dyn'])

type Of<Case extends Expr['exprKind']['case']> = Extract<Expr['exprKind'], { case: Case }>['value']

/** Translates one part of an expression. */
export function translatePart(translation: Translation, part: Expr, scope: Scope, depth: number): Translated {
  const { tell, gathered } = translation
  if (depth > DEPTH_MAX) {
    if (gathered.isTooDeep) return MISTAKEN
    gathered.isTooDeep = true
    return tell('expression-wrong-form', part, { problem: 'it nests too deeply' })
  }
  const kind = part.exprKind
  switch (kind.case) {
    case 'constExpr':
      return translateConstant(translation, part, kind.value)
    case 'identExpr':
      return translateName(translation, part, kind.value.name, scope)
    case 'selectExpr':
      return translateSelect(translation, part, kind.value, scope, depth)
    case 'callExpr':
      return translateCall(translation, part, kind.value, scope, depth)
    case 'listExpr':
      return translateList(translation, kind.value, scope, depth)
    case 'structExpr':
      return translateMap(translation, part, kind.value, scope, depth)
    case 'comprehensionExpr':
      return translateLoop(translation, part, kind.value, scope, depth)
    case undefined:
      return tell('expression-not-supported', part, { what: 'this' })
  }
}

function translateConstant({ tell }: Translation, part: Expr, { constantKind }: Of<'constExpr'>): Translated {
  switch (constantKind.case) {
    case 'boolValue':
      return { type: { kind: 'bool' }, code: String(constantKind.value) }
    case 'int64Value': {
      const { value } = constantKind
      if (value < INT_MIN || value > INT_MAX) return tooLarge(tell, part, value, 'int')
      return { type: { kind: 'int' }, code: `${value}n` }
    }
    case 'uint64Value':
      if (constantKind.value > UINT_MAX) return tooLarge(tell, part, constantKind.value, 'uint')
      return { type: { kind: 'uint' }, code: `cel.uint(${constantKind.value}n)` }
    case 'doubleValue':
      return { type: { kind: 'double' }, code: doubleCode(constantKind.value) }
    case 'stringValue':
      return { type: { kind: 'string' }, code: textCode(constantKind.value) }
    case 'bytesValue':
      return { type: { kind: 'bytes' }, code: `cel.bytes("${Buffer.from(constantKind.value).toString('hex')}")` }
    case 'nullValue':
      return { type: { kind: 'null' }, code: 'null' }
    default:
      return tell('expression-not-supported', part, { what: 'this' })
  }
}

function tooLarge(tell: Translation['tell'], part: Expr, value: bigint, type: string): Translated {
  return tell('expression-wrong-form', part, { problem: `${value} is beyond what ${type} can hold` })
}

function doubleCode(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}

/** Text as a string of TypeScript that ends nowhere but at its end. */
export function textCode(text: string): string {
  return printable(JSON.stringify(text))
}

function translateName(translation: Translation, part: Expr, name: string, scope: Scope): Translated {
  const local = scope.get(name)
  if (local !== undefined) {
    translation.gathered.locals.add(local.code)
    return local
  }
  const variables = VARIABLES[translation.source.environment]
  const type = variables.get(name)
  if (type !== undefined) {
    if (name === 'claims') translation.gathered.claims = true
    if (type.kind !== 'record') return { type, code: name }
    const what = `"${name}" as a whole; only its members have values`
    return translation.tell('expression-not-supported', part, { what })
  }
  const names = [...variables.keys(), ...scope.keys()]
  const hint = nobodyHint(name, translation) ?? didYouMean(name, names) ?? `Known here: ${names.join(', ')}.`
  return translation.tell('expression-unknown-name', part, { name }, { hint, name })
}

/** For a condition of a public api that asks who calls. */
function nobodyHint(name: string, { source }: Translation): string | null {
  const isOfCallers = VARIABLES.condition.has(name) && source.environment === 'request'
  return isOfCallers ? 'A public api asks nobody who they are: only the request is known.' : null
}

function translateList(
  translation: Translation,
  { elements }: Of<'listExpr'>,
  scope: Scope,
  depth: number,
): Translated {
  const items = elements.map((element) => translation.translate(element, scope, depth + 1))
  return { type: listOf(joinAll(items)), code: `cel.list([${items.map(({ code }) => code).join(', ')}])` }
}

function translateMap(
  translation: Translation,
  part: Expr,
  { entries, messageName }: Of<'structExpr'>,
  scope: Scope,
  depth: number,
): Translated {
  const { tell } = translation
  if (messageName !== '') return tell('expression-not-supported', part, { what: `the message "${messageName}"` })
  const pairs = entries.flatMap(({ keyKind, value }) => {
    if (keyKind.case !== 'mapKey' || value === undefined) return []
    const key = translation.translate(keyKind.value, scope, depth + 1)
    if (!KEY_KINDS.has(key.type.kind)) {
      tell('expression-not-supported', keyKind.value, { what: `${nameOf(key.type)} as the key of a map` })
    }
    return [{ key, value: translation.translate(value, scope, depth + 1) }]
  })
  return {
    type: { kind: 'map', key: joinAll(pairs.map(({ key }) => key)), value: joinAll(pairs.map(({ value }) => value)) },
    code: `cel.entries([${pairs.map(({ key, value }) => `[${key.code}, ${value.code}]`).join(', ')}])`,
  }
}

function joinAll(parts: readonly Translated[]): CelType {
  return (
    parts
      .map(({ type }) => type)
      .reduce<CelType | null>((all, type) => (all === null ? type : join(all, type)), null) ?? DYN
  )
}
