import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { answersOfTable } from './parity/answers.ts'
import { createCase, describeCase, disagreement, type ParityCase } from './parity/cases.ts'
import { createCompileFiles } from './parity/compiled.ts'
import { FAULTS } from './parity/faults.ts'
import type { PlainConfig } from './parity/interpret-config.ts'
import { matches, oneForm, routesOfPath, type PlainRequest } from './parity/interpret-path.ts'
import { createRandom } from './parity/random.ts'
import { seedOfRun } from './parity/seed.ts'

const CONFIGS = 500
const REQUESTS = 48
const LET_THROUGH_MIN = 0.25
const OCCURRENCES_MIN = 50
const BUILD_TIMEOUT_MS = 180_000

/** Every answer that is decided before a byte of a body is read. What can never fit is refused by the compiler already. */
const ANSWERS = [
  '200',
  '204',
  '400 ambiguous-credential',
  '400 malformed-request',
  '400 unreadable-body',
  '401 expired-key',
  '401 invalid-key',
  '401 key-not-yet-valid',
  '401 missing-credential',
  '401 revoked-key',
  '403 address-not-allowed',
  '403 blocked',
  '403 condition-failed',
  '403 insufficient-scope',
  '403 subscription-missing',
  '403 subscription-not-approved',
  '403 suspended',
  '404 no-route',
  '405 method-not-allowed',
  '410 retired',
  '411 length-required',
  '413 body-too-large',
  '414 url-too-long',
  '415 unsupported-media-type',
  '429 concurrency-exceeded',
  '429 locked-out',
  '429 quota-exceeded',
  '429 rate-exceeded',
  '431 headers-too-large',
  '501 coding-not-implemented',
  '501 method-not-implemented',
  '503 paused',
]

const seed = seedOfRun()
const compileFiles = createCompileFiles()

describe(`the runtime and the YAML, PARITY_SEED=${seed}`, () => {
  const cases: ParityCase[] = []

  beforeAll(async () => {
    process.stdout.write(`parity: PARITY_SEED=${seed}\n`)
    for (let number = 0; number < CONFIGS; number++) {
      cases.push(await createCase(compileFiles, { seed, number, requests: REQUESTS, baseMs: null, live: false }))
    }
  }, BUILD_TIMEOUT_MS)

  test('agree on every request', () => {
    const answered = cases.map((one) => ({ one, answers: answersOfTable(one.table, one.revocations, one.requests) }))
    const disagreeing = answered.filter(({ one, answers }) => disagreement(one, answers) !== null)
    const [first] = disagreeing
    if (first !== undefined) process.stdout.write(describeCase(first.one, first.answers) + '\n')
    expect(disagreeing.map(({ one, answers }) => disagreement(one, answers))).toEqual([])
  })

  test('are asked about every answer often enough, and let enough through', () => {
    const counts = countAnswers(cases)
    const rare = ANSWERS.filter((answer) => (counts.get(answer) ?? 0) < OCCURRENCES_MIN)
    expect(rare.map((answer) => `${answer}: ${counts.get(answer) ?? 0}`)).toEqual([])
    expect([...counts.keys()].filter((answer) => !ANSWERS.includes(answer))).toEqual([])
    expect((counts.get('200') ?? 0) / (CONFIGS * REQUESTS)).toBeGreaterThanOrEqual(LET_THROUGH_MIN)
  })

  test('meet conditions that hold, and ones that do not, often enough', () => {
    const met = { '200': 0, '403 condition-failed': 0 }
    for (const { config, requests, expected } of cases) {
      for (const [i, request] of requests.entries()) {
        const [answer] = expected[i] ?? []
        if (answer !== '200' && answer !== '403 condition-failed') continue
        if (request.method !== 'OPTIONS' && meetsCondition(config, request)) met[answer]++
      }
    }
    expect(Math.min(met['200'], met['403 condition-failed'])).toBeGreaterThanOrEqual(OCCURRENCES_MIN)
  })

  test.each(Object.entries(FAULTS))('do not agree on a table with %s', (_, plant) => {
    const random = createRandom(seed)
    const found = cases.find((one) => {
      const answers = answersOfTable(plant(one.table, random), one.revocations, one.requests)
      return disagreement(one, answers) !== null
    })
    expect(found).toBeDefined()
  })
})

/** Readings of one feature each. */
const OF_FEATURES = ['interpret-abuse.ts', 'interpret-condition.ts', 'interpret-objects.ts', 'interpret-signature.ts']

test('the interpreter is short and knows nothing of what the compiler makes of a config', () => {
  const folder = join(import.meta.dirname, 'parity')
  const names = readdirSync(folder).filter((name) => name.startsWith('interpret'))
  const texts = names.map((name) => readFileSync(join(folder, name), 'utf8'))
  const linesOf = (some: readonly string[]): number => some.join('').split('\n').length
  // What one feature says has a file and a bound of its own.
  const ofFeatures = texts.filter((_, i) => OF_FEATURES.includes(names[i] ?? ''))
  expect(linesOf(texts.filter((text) => !ofFeatures.includes(text)))).toBeLessThan(455)
  for (const text of ofFeatures) expect(linesOf([text])).toBeLessThan(100)
  const imported = texts.flatMap((text) => [...text.matchAll(/from '(\.[^']*)'/g)].map((match) => match[1] ?? ''))
  const foreign = imported.filter((path) => !path.startsWith('./interpret'))
  expect(new Set(foreign)).toEqual(new Set(['../../compiler/2-validate/raw.ts']))
})

/** How often each answer is expected, what a 405 allows aside. */
function countAnswers(cases: readonly ParityCase[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const [answer = ''] of cases.flatMap(({ expected }) => expected)) {
    const name = answer.replace(/:.*/, '')
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return counts
}

/** True when all the routes that may be meant have a condition. */
function meetsCondition(config: PlainConfig, request: PlainRequest): boolean {
  const found = routesOfPath(config, oneForm(request.path) ?? '').filter((one) => matches(one, request))
  const meant = found.filter(({ methods }) => methods.includes(request.method === 'HEAD' ? 'GET' : request.method))
  return meant.length > 0 && meant.every(({ route }) => route.when !== undefined)
}
