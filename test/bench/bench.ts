import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { fileURLToPath } from 'node:url'
import { BenchFault } from './bench-fault.ts'
import { NGINX } from './candidates.ts'
import { findLoadGenerator } from './load.ts'
import { makeKeys } from './keys.ts'
import { describeMachine } from './machine.ts'
import { loadMicroTable } from './micro-table.ts'
import { runMicro } from './micro.ts'
import { runTokenMicro } from './token-micro.ts'
import { createTokenBench } from './token-table.ts'
import { readOptions, type BenchOptions } from './options.ts'
import { microLine } from './print.ts'
import type { BenchResult, MicroResult, WorkloadResult } from './result.ts'
import { runBench } from './run-bench.ts'
import { benchTable } from './table.ts'
import { requireTools } from './tools.ts'
import { withSteps } from './with-steps.ts'

const UPSTREAM_ENTRY = fileURLToPath(new URL('upstream.js', import.meta.url))

/** More callers than the gateway remembers the secrets of, and how many of them are few. */
const MANY_KEYS = 20_000
const FEW_KEYS = 1000

const tell = (line: string): void => void process.stdout.write(`${line}\n`)

/** @returns The exit code. */
async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args)
  if (options.tableOf !== null) {
    // Safe: a file that this program wrote, or whoever names another sees what comes of it.
    tell(benchTable(JSON.parse(readFileSync(options.tableOf, 'utf8')) as BenchResult))
    return 0
  }
  if (!options.isMicro) requireTools()
  const generator = findLoadGenerator()
  const machine = describeMachine(generator.name)
  const micro = options.isDeployables ? [] : await measureSteps()
  const run = { options, generator, upstreamEntry: UPSTREAM_ENTRY, tell }
  const { workloads, deployables } = options.isMicro ? { workloads: [], deployables: [] } : await runBench(run)
  const { clients, seconds } = options
  const command = ['npm run bench --', ...args].join(' ')
  const date = new Date().toISOString()
  const result: BenchResult = { format: 1, command, date, machine, clients, seconds, workloads, micro, deployables }
  if (options.jsonFile !== null) writeResult(options.jsonFile, result, options)

  const faults = [...findLost(workloads), ...findSlow(workloads, options)]
  faults.forEach(tell)
  return faults.length === 0 ? 0 : 1
}

/** A run that only looks at what is deployed, or only at steps in process, leaves what else is known. */
function writeResult(file: string, result: BenchResult, { isDeployables, isMicro }: BenchOptions): void {
  if (isMicro) return writeText(file, withSteps(file, result, loadavg()[0] ?? NaN))
  const isThere = isDeployables && existsSync(file)
  // Safe: a file that this program wrote.
  const before = isThere ? (JSON.parse(readFileSync(file, 'utf8')) as BenchResult) : result
  const { deployables = [] } = result
  writeText(file, { ...before, deployables })
}

function writeText(file: string, result: BenchResult): void {
  writeFileSync(file, `${JSON.stringify(result, null, 1)}\n`)
}

async function measureSteps(): Promise<MicroResult[]> {
  const keys = makeKeys(MANY_KEYS)
  const ofKeys = runMicro(await loadMicroTable(keys), keys.slice(0, FEW_KEYS), keys)
  const results = [...ofKeys, ...runTokenMicro(await createTokenBench())]
  tell('in process:')
  results.map(microLine).forEach(tell)
  return results
}

function findLost(workloads: readonly WorkloadResult[]): string[] {
  return workloads.flatMap(({ workload, candidates }) => {
    return candidates.flatMap(({ name, rounds }) => {
      return rounds.flatMap(({ losses }, i) => losses.map((loss) => `${workload}, ${name}, round ${i + 1}: ${loss}`))
    })
  })
}

function findSlow(workloads: readonly WorkloadResult[], options: BenchOptions): string[] {
  const candidates = workloads.find(({ workload }) => workload === 'get')?.candidates ?? []
  return candidates.flatMap(({ name, ratioToNginx }) => {
    if (name === NGINX || ratioToNginx <= options.maxRatio) return []
    return [`get, ${name}: ${ratioToNginx.toFixed(3)} x nginx, more than ${options.maxRatio}`]
  })
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof BenchFault)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = error.exitCode
}
