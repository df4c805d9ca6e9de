import { tests as root } from '@bufbuild/cel-spec/testdata/conformance.js'
import { expect, test } from 'vitest'
import { parseDuration, parseTime } from '../../../runtime/expressions/times.ts'
import { box } from '../../../runtime/expressions/values.ts'
import { compileAlone, NOTHING_KNOWN, runnable } from '../../support/expressions.ts'
import { canonical } from './agreement/canonical.ts'

/** A case of CEL's own conformance tests, as far as it is looked at here. */
interface Case {
  readonly name?: string
  readonly expr: string
  readonly value?: Readonly<Record<string, unknown>>
  readonly evalError?: unknown
  readonly bindings?: unknown
  readonly typeEnv?: unknown
  readonly container?: string
}

interface Suite {
  readonly name: string
  readonly suites?: readonly Suite[]
  readonly tests?: readonly { readonly original: Case }[]
}

/** The parts of the language that expressions here have. Messages, enums, optional values and extensions they have not. */
const SUITES = [
  'basic',
  'comparisons',
  'conversions',
  'fields',
  'fp_math',
  'integer_math',
  'lists',
  'logic',
  'macros',
  'parse',
  'string',
  'timestamps',
]
const CASES_MIN = 900

test('CEL’s own conformance tests hold for all that is compiled', () => {
  const wrong: string[] = []
  let compiledCases = 0
  // Safe: the package's own data, of this shape.
  for (const { path, original } of casesOf(root as unknown as Suite, '')) {
    if (original.bindings !== undefined || original.typeEnv !== undefined) continue
    const { compiled } = compileAlone(`dyn(${original.expr})`)
    if (compiled === null) continue
    compiledCases++
    const [expression] = runnable([compiled.code])
    const ours = canonical(expression?.(NOTHING_KNOWN))
    const expected =
      original.evalError === undefined ? canonical(valueOf(original.value ?? { boolValue: true })) : 'error'
    if (ours !== expected) wrong.push(`${path}: ${original.expr} gives ${ours}, not ${expected}`)
  }
  process.stdout.write(`expressions: ${compiledCases} conformance tests\n`)
  expect(wrong.join('\n')).toBe('')
  expect(compiledCases).toBeGreaterThanOrEqual(CASES_MIN)
})

function casesOf(suite: Suite, path: string): { readonly path: string; readonly original: Case }[] {
  const inner = (suite.suites ?? []).filter(({ name }) => path !== '' || SUITES.includes(name))
  const below = inner.flatMap((one) => casesOf(one, `${path}/${one.name}`))
  return [
    ...(suite.tests ?? []).map(({ original }) => ({ path: `${path}/${original.name ?? ''}`, original })),
    ...below,
  ]
}

/** A value of the tests, as it is held here. */
function valueOf(value: Readonly<Record<string, unknown>>): unknown {
  const [[kind = '', held] = []] = Object.entries(value)
  const make = MAKERS[kind]
  if (make === undefined) throw new TypeError(`a value of the kind ${kind}`)
  return make(held)
}

const MAKERS: Readonly<Record<string, (held: unknown) => unknown>> = {
  int64Value: (held) => BigInt(String(held)),
  uint64Value: (held) => box('uint', BigInt(String(held))),
  doubleValue: Number,
  stringValue: String,
  boolValue: Boolean,
  nullValue: () => null,
  bytesValue: (held) => new Uint8Array(Buffer.from(String(held), 'base64')),
  // Safe: so the tests hold lists, maps and messages.
  listValue: (held) => ((held as { values?: Readonly<Record<string, unknown>>[] }).values ?? []).map(valueOf),
  mapValue: (held) => {
    const { entries = [] } = held as {
      entries?: { key: Readonly<Record<string, unknown>>; value: Readonly<Record<string, unknown>> }[]
    }
    return new Map(entries.map(({ key, value }) => [valueOf(key), valueOf(value)]))
  },
  objectValue: (held) => {
    const { '@type': type, value } = held as { '@type': string; value: string }
    return type.endsWith('Timestamp') ? parseTime(value) : parseDuration(value)
  },
}
