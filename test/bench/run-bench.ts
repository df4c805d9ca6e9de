import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { BenchFault } from './bench-fault.ts'
import { startGateway, startNginx, type Candidate, type Surroundings } from './candidates.ts'
import { allowedCores, planCores } from './cores.ts'
import { makeKeys } from './keys.ts'
import type { LoadGenerator } from './load.ts'
import type { BenchOptions } from './options.ts'
import { deployableLine, roundLine, workloadLines } from './print.ts'
import { createProcesses, type Processes } from './processes.ts'
import { measureDeployables } from './deployables.ts'
import type { DeployableResult, WorkloadResult } from './result.ts'
import { runWorkload } from './run-workload.ts'
import { WORKLOADS, type WorkloadName } from './workloads.ts'

export interface BenchRun {
  readonly options: BenchOptions
  readonly generator: LoadGenerator
  /** The bundle that answers for the upstream. Absolute. */
  readonly upstreamEntry: string
  readonly tell: (line: string) => void
}

const KEYS = 1000
/** 128 and the number of SIGINT, as a shell has it. */
const INTERRUPTED = 130
const UPSTREAM_START_MS_MAX = 5000
const LOOK_EVERY_MS = 20

/** What came of a run. */
export interface BenchOutcome {
  readonly workloads: readonly WorkloadResult[]
  readonly deployables: readonly DeployableResult[]
}

/** Starts everything, loads it, and ends everything it started, however it comes out. */
export async function runBench(run: BenchRun): Promise<BenchOutcome> {
  const cores = planCores(allowedCores())
  const processes = createProcesses(cores)
  const folder = mkdtempSync(join(tmpdir(), 'keysmith-bench-'))
  // The worker of nginx may be another user.
  chmodSync(folder, 0o755)
  const end = async (): Promise<void> => {
    await processes.stopAll()
    if (run.options.isKept) run.tell(`kept ${folder}`)
    else rmSync(folder, { recursive: true, force: true })
  }
  const interrupt = (): void => void end().finally(() => process.exit(INTERRUPTED))
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt)

  try {
    const { generator, options } = run
    const keys = makeKeys(KEYS)
    const upstreamPort = await startUpstream(processes, folder, run.upstreamEntry)
    const bench = { processes, cores, generator, keys, upstreamPort, folder, clients: options.clients }
    const deployables = options.builds.length === 0 ? [] : await measureDeployables(bench, options.rounds)
    deployables.map(deployableLine).forEach(run.tell)
    if (options.isDeployables) return { workloads: [], deployables }
    const candidates = await startCandidates(bench, options)
    run.tell(cores === null ? 'one core: nothing is kept apart' : `cores: ${JSON.stringify(cores)}`)

    const results: WorkloadResult[] = []
    for (const name of workloadsFor(run)) {
      run.tell(`${name}:`)
      const result = await runWorkload(bench, name, candidates, options, (candidate, number, round) => {
        run.tell(roundLine(candidate.name, number, round))
      })
      workloadLines(result).forEach(run.tell)
      results.push(result)
    }
    return { workloads: results, deployables }
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt)
    await end()
  }
}

function workloadsFor({ options, generator, tell }: BenchRun): readonly WorkloadName[] {
  if (generator.hasCallersInTurn) return options.workloads
  const possible = options.workloads.filter((name) => WORKLOADS[name].callers === 'one')
  if (possible.length < options.workloads.length) tell('requests of many callers need wrk: apt-get install wrk')
  return possible
}

async function startUpstream(processes: Processes, folder: string, entry: string): Promise<number> {
  const running = processes.start('upstream', [process.execPath, entry], folder, `${folder}/upstream`)
  for (let waitedMs = 0; waitedMs < UPSTREAM_START_MS_MAX && !running.hasEnded(); waitedMs += LOOK_EVERY_MS) {
    await sleep(LOOK_EVERY_MS)
    const port = /^(\d+)\n/.exec(running.output())?.[1]
    if (port !== undefined) return Number(port)
  }
  throw new BenchFault(`the upstream does not start:\n${running.output()}`)
}

async function startCandidates(surroundings: Surroundings, options: BenchOptions): Promise<Candidate[]> {
  const candidates = [await startNginx(surroundings)]
  for (const { name, entry } of options.builds) candidates.push(await startGateway(surroundings, name, entry))
  return candidates
}
