import { expect, test } from 'vitest'
import { createRandom } from '../../parity/random.ts'
import { compileAlone, evaluate, NOTHING_KNOWN, runnable } from '../../support/expressions.ts'
import { canonical } from './agreement/canonical.ts'
import { evaluateByLibrary } from './agreement/library.ts'
import { randomEnvironment } from './agreement/random-environment.ts'
import { PARAMETERS, randomExpression, type Kind } from './agreement/random-expression.ts'

const EXPRESSIONS = 6_000
const ERRORS_MIN = 0.3
const VALUES_MIN = 0.3
const DEPTH_MAX = 4
/** It takes a few seconds of a machine of its own. */
const TIMEOUT_MS = 60_000
/** The same each time, unless CEL_SEED names another. */
const SEED = Number(process.env['CEL_SEED'] ?? 20_261_122)

const KINDS: readonly Kind[] = [
  'bool',
  'bool',
  'int',
  'int',
  'uint',
  'uint',
  'double',
  'string',
  'bytes',
  'timestamp',
  'duration',
  'ints',
  'strings',
  'map',
  'any',
  'any',
]

test(
  `expressions give what the library's own evaluation gives, CEL_SEED=${SEED}`,
  () => {
    process.stdout.write(`expressions: CEL_SEED=${SEED}\n`)
    const random = createRandom(SEED)
    const cases: { readonly text: string; readonly code: string }[] = []
    const kinds = new Map<string, number>()
    const problems: string[] = []
    while (cases.length < EXPRESSIONS) {
      const kind = random.pick(KINDS)
      const text = randomExpression(kind, random, 1 + random.below(DEPTH_MAX))
      const { compiled, problems: found } = compileAlone(`dyn(${text})`, { parameters: PARAMETERS })
      if (compiled === null)
        problems.push(`${text}: ${found.map(({ code, params }) => code + JSON.stringify(params)).join()}`)
      else {
        cases.push({ text, code: compiled.code })
        kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
      }
      if (problems.length > 20) break
    }
    expect(problems).toEqual([])

    const expressions = runnable(cases.map(({ code }) => code))
    let errors = 0
    const differing: string[] = []
    for (const [i, { text }] of cases.entries()) {
      const environment = randomEnvironment(random)
      const ours = canonical(expressions[i]?.(environment))
      const theirs = canonical(evaluateByLibrary(text, environment))
      if (theirs === 'error') errors++
      if (ours !== theirs)
        differing.push(`${text}\n  ours ${ours}, theirs ${theirs}, claims ${JSON.stringify(environment.claims)}`)
    }
    expect(differing.slice(0, 30).join('\n')).toBe('')
    process.stdout.write(`expressions: ${errors} of ${EXPRESSIONS} are errors\n`)
    expect(errors / EXPRESSIONS).toBeGreaterThanOrEqual(ERRORS_MIN)
    expect(1 - errors / EXPRESSIONS).toBeGreaterThanOrEqual(VALUES_MIN)
  },
  TIMEOUT_MS,
)

/** The library asks Intl for the hour, which calls midnight 24 or 00: it depends on the ICU inside of Node. */
const MIDNIGHT = new Intl.DateTimeFormat('en-US', { hour: '2-digit', hour12: false, timeZone: 'UTC' }).format(0)
const LIBRARYS_DAY_OF_MIDNIGHT = MIDNIGHT === '24' ? 'int 2' : 'int 1'

/** Where the library leaves CEL's definition: what we give, and what it gives. The random expressions keep clear of these. */
const DEVIATIONS: readonly (readonly [name: string, text: string, ours: string, theirs: string])[] = [
  ['texts are ordered by code points', '"\\uffff" < "\\U0001F600"', 'true', 'false'],
  ['a map may hold null', '"n" in {"n": null}', 'true', 'false'],
  ['has() sees a null', 'has({"n": null}.n)', 'true', 'false'],
  ['has() of what has no members is an error', 'has(dyn("a").b)', 'error', 'false'],
  ['no text without digits is an int', 'int("")', 'error', 'int 0'],
  ['hexadecimal text is no int', 'int("0x10")', 'error', 'int 16'],
  ['blanks are no part of an int', 'int(" 1 ")', 'error', 'int 1'],
  ['a uint has no sign', 'uint("+1")', 'error', 'uint 1'],
  ['text that is no number is no double', 'double("a")', 'error', 'double NaN'],
  ['an int of a timestamp is in seconds', 'timestamp(60)', 'timestamp 60000000000', 'timestamp 60000000'],
  ['parts of a time are cut, not rounded', 'timestamp("2020-01-01T00:00:59.9999Z").getSeconds()', 'int 59', 'int 0'],
  ['years have all of their digits', 'timestamp("0050-06-01T00:00:00Z").getFullYear()', 'int 50', 'int 1950'],
  [
    'midnight begins a day, in a named zone',
    'timestamp("2020-01-01T00:30:00Z").getDate("UTC")',
    'int 1',
    LIBRARYS_DAY_OF_MIDNIGHT,
  ],
  ['a uint divides up to its own end', '18446744073709551615u / 1u', 'uint 18446744073709551615', 'error'],
  ['true is no position in a list', 'dyn([1, 2])[dyn(true)]', 'error', 'int 2'],
  ['NaN equals nothing, also in one list', '[[0.0 / 0.0]].all(x, x == x)', 'false', 'true'],
  ['a duration is made of text', 'duration(dyn(1))', 'error', 'duration 1000000000'],
]

test.each(DEVIATIONS)('%s, whatever the library says', (_, text, ours, theirs) => {
  expect(canonical(evaluate(`dyn(${text})`))).toBe(ours)
  expect(canonical(evaluateByLibrary(text, NOTHING_KNOWN))).toBe(theirs)
})
