import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { buildVariant } from '../support/build-variant.ts'
import { MUTANT_VARIABLE } from '../support/replacements.ts'
import { MUTANTS, type Mutant } from './mutants.ts'

/**
 * Builds each mutant and runs the tests of its row against it: they must fail. Prints a table; ends with 1 when a mutant
 * survives, or when tests fail without one. Names of mutants as arguments run those alone.
 */
const VITEST = resolve('node_modules/vitest/vitest.mjs')
const AT_ONCE = 3
const OUTPUT_SHOWN = 1500

type Outcome = 'killed' | 'SURVIVED' | 'NOT APPLIED' | 'TESTS FAIL WITHOUT IT'

interface Result {
  readonly mutant: Mutant
  readonly outcome: Outcome
  readonly seconds: number
  readonly detail: string
}

const asked = process.argv.slice(2)
const mutants = MUTANTS.filter(({ name }) => asked.length === 0 || asked.includes(name))
const unknown = asked.filter((name) => !MUTANTS.some((mutant) => mutant.name === name))
if (unknown.length > 0) throw new Error(`there is no mutant ${unknown.join(', ')}`)

/** Whether tests pass without a mutant: looked at once for all mutants of a row. */
const sound = new Map<string, Promise<TestRun>>()

interface TestRun {
  readonly passed: boolean
  readonly output: string
}

/** Runs the tests of one row, or where there is none, all of the file. */
function runTests({ row, tests }: Mutant, environment: Readonly<Record<string, string>>): Promise<TestRun> {
  const some = row === null ? [] : ['-t', `row ${row}:`]
  const args = [VITEST, 'run', `test/${tests}.test.ts`, ...some, '--bail=1', '--reporter=default']
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...environment, NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  return new Promise((done, fail) => {
    child.on('error', fail)
    child.on('close', (exit) => done({ passed: exit === 0 && /Tests .*\b[1-9][0-9]* passed/.test(output), output }))
  })
}

async function tryMutant(mutant: Mutant): Promise<Omit<Result, 'mutant' | 'seconds'>> {
  const key = `${mutant.row} ${mutant.tests}`
  if (!sound.has(key)) sound.set(key, runTests(mutant, {}))
  const before = await sound.get(key)
  if (before?.passed !== true) return { outcome: 'TESTS FAIL WITHOUT IT', detail: before?.output ?? '' }
  let runtime: string
  try {
    runtime = await buildVariant(`mutant-${mutant.name}`, [mutant.replacement])
  } catch (error) {
    return { outcome: 'NOT APPLIED', detail: String(error) }
  }
  const run = await runTests(mutant, {
    KEYSMITH_TEST_RUNTIME: runtime,
    [MUTANT_VARIABLE]: JSON.stringify([mutant.replacement]),
  })
  return run.passed ? { outcome: 'SURVIVED', detail: run.output } : { outcome: 'killed', detail: '' }
}

const results: Result[] = []
const waiting = [...mutants]
const work = async (): Promise<void> => {
  for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
    const startMs = performance.now()
    const { outcome, detail } = await tryMutant(mutant)
    const seconds = (performance.now() - startMs) / 1000
    results.push({ mutant, outcome, seconds, detail })
    console.log(
      `row ${String(mutant.row ?? '-').padEnd(3)} ${mutant.name.padEnd(24)} ${outcome} (${seconds.toFixed(1)} s)`,
    )
  }
}
await Promise.all(Array.from({ length: AT_ONCE }, work))
rmSync(resolve('dist/variants'), { recursive: true, force: true })

const bad = results.filter(({ outcome }) => outcome !== 'killed')
for (const { mutant, outcome, detail } of bad)
  console.log(`\n${mutant.name}: ${outcome}\n${mutant.replacement.file}\n${detail.slice(-OUTPUT_SHOWN)}`)
console.log(`\n${results.length - bad.length} of ${results.length} mutants were killed.`)
process.exit(bad.length === 0 ? 0 : 1)
