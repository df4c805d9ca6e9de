import type { Report } from '../diagnostics/report.ts'
import type { CompiledExpression, ExpressionReads, ExpressionSource } from './expression.ts'
import { parseExpression } from './parse-expression.ts'
import type { ReadPattern } from './read-pattern.ts'
import { translatePart } from './translate.ts'
import { MISTAKEN, type Gathered, type Translation } from './translation.ts'
import { fits, nameOf, BOOL, STRING, TEXTS, type CelType } from './types.ts'

const TYPES: Readonly<Record<ExpressionSource['expected'], CelType>> = {
  bool: BOOL,
  string: STRING,
  'list(string)': TEXTS,
}

/**
 * Checks an expression in CEL and turns it into TypeScript. Reports what nothing declares, what has the wrong type, and what
 * expressions here cannot use, at its place in the text.
 *
 * @param readPattern Shared by the expressions of a config, so that all their patterns together take little time.
 * @returns Null when something was reported.
 */
export function compileExpression(
  source: ExpressionSource,
  report: Report,
  readPattern: ReadPattern,
): CompiledExpression | null {
  const { at, text } = source
  const parsed = parseExpression(text)
  if ('problem' in parsed) {
    const from = Math.min(parsed.offset, Math.max(0, text.length - 1))
    report('expression-wrong-form', { value: at, from, to: from + 1 }, { problem: parsed.problem })
    return null
  }
  let isRight = true
  const gathered = gatherNothing()
  const translation: Translation = {
    source,
    parsed,
    gathered,
    readPattern,
    tell: (code, part, params, extra = {}) => {
      isRight = false
      const { name, ...rest } = extra
      report(code, { value: at, ...spanOf(text, parsed.offsetOf(part), name) }, params, rest)
      return MISTAKEN
    },
    translate: (part, scope, depth) => translatePart(translation, part, scope, depth),
  }
  const { type, code } = translation.translate(parsed.expr, new Map(), 0)
  const expected = TYPES[source.expected]
  if (!fits(type, expected)) {
    translation.tell('expression-wrong-type', parsed.expr, { actual: nameOf(type), expected: nameOf(expected) })
  }
  return isRight ? { at, text, code: functionOf(code, gathered), reads: readsOf(gathered) } : null
}

/** Takes from the environment what the code names. */
function functionOf(code: string, { key, claims, request }: Gathered): string {
  const names = [
    ...(key.size > 0 ? ['key'] : []),
    ...(claims ? ['claims'] : []),
    ...(request.size > 0 ? ['request'] : []),
  ]
  return `(${names.length === 0 ? '' : `{ ${names.join(', ')} }`}) => ${code}`
}

/** The word, number or sign at a place; what is asked for by name is looked for from there. */
function spanOf(
  text: string,
  offset: number,
  name: string | undefined,
): { readonly from: number; readonly to: number } {
  const named = name === undefined ? -1 : text.indexOf(name, offset)
  if (name !== undefined && named >= 0) return { from: named, to: named + name.length }
  const from = offset + (/^[\s.]*/.exec(text.slice(offset))?.[0].length ?? 0)
  const [word = ' '] = /^(?:\d[\w.]*|\w+|"[^"\n]*"|'[^'\n]*'|[([{]|[^\w\s"'([{]{1,2})/.exec(text.slice(from)) ?? []
  return { from, to: from + word.length }
}

function gatherNothing(): Gathered {
  return {
    key: new Set(),
    metadata: { read: new Set(), tested: new Set() },
    claimNames: { read: new Set(), tested: new Set() },
    request: new Set(),
    headers: new Set(),
    allHeaders: false,
    claims: false,
    locals: new Set(),
    isTooDeep: false,
  }
}

function readsOf(gathered: Gathered): ExpressionReads {
  return {
    key: [...gathered.key].sort(),
    metadata: neededOf(gathered.metadata),
    claims: neededOf(gathered.claimNames),
    request: [...gathered.request].sort(),
    headers: gathered.allHeaders ? 'all' : [...gathered.headers].sort(),
  }
}

function neededOf({ read, tested }: Gathered['metadata']): string[] {
  return [...read].filter((name) => !tested.has(name)).sort()
}
