import { setTimeout as sleep } from 'node:timers/promises'
import { takeLog } from './access-log.ts'
import { ask } from './ask.ts'
import { BenchFault } from './bench-fault.ts'
import type { Candidate } from './candidates.ts'
import type { Cores } from './cores.ts'
import type { BenchKey } from './keys.ts'
import { findLosses } from './losses.ts'
import type { LoadGenerator, LoadOutcome } from './load.ts'
import type { Processes } from './processes.ts'
import { busyShare, coreTicks, kernelShare, kernelTicks, processorNanos, residentMiB } from './processor-time.ts'
import type { Round } from './result.ts'
import { writeFileSync } from 'node:fs'
import { STATS_PATH, type UpstreamCounts, type Workload } from './workloads.ts'

/** What rounds of one workload need to know. */
export interface Bench {
  readonly processes: Processes
  readonly cores: Cores | null
  readonly generator: LoadGenerator
  readonly keys: readonly BenchKey[]
  readonly upstreamPort: number
  readonly folder: string
  readonly clients: number
}

const NANOS_PER_MICRO = 1000
const MS_PER_SECOND = 1000
/** The part of a round after which memory is looked at. */
const LOOK_AT = 0.8

/** Loads a candidate for a while and reads off what that cost. Its log is empty before and after. */
export async function runRound(
  bench: Bench,
  workload: Workload,
  candidate: Candidate,
  seconds: number,
): Promise<Round> {
  const loadCore = bench.cores?.load ?? 0
  const upstreamBefore = await upstreamCounts(bench)
  const countersBefore = await candidate.counters?.()
  const ticksBefore = coreTicks(loadCore)
  const kernelBefore = kernelTicks(candidate.running.pids())
  const nanosBefore = processorNanos(candidate.running.pids())

  const [outcome, loadMiB] = await Promise.all([
    runLoad(bench, workload, candidate.port, seconds),
    sleep(seconds * MS_PER_SECOND * LOOK_AT).then(() => residentMiB(candidate.running.pids())),
  ])
  const loadCoreShare = busyShare(ticksBefore, coreTicks(loadCore))
  // Only when its log is written: work that was put off belongs to the round, too.
  const log = await takeLog(candidate.logFile)
  const nanos = processorNanos(candidate.running.pids()) - nanosBefore
  const kernelAfter = kernelTicks(candidate.running.pids())
  if (candidate.running.hasEnded()) throw new BenchFault(`${candidate.name} ended:\n${candidate.running.output()}`)

  const countersAfter = await candidate.counters?.()
  const upstreamAfter = await upstreamCounts(bench)
  const units = workload.unit === 'chunk' ? upstreamAfter.chunks - upstreamBefore.chunks : outcome.requests
  const books = {
    requests: outcome.requests,
    bad: outcome.bad,
    forwarded: upstreamAfter.requests - upstreamBefore.requests,
    logged: log.lines,
    dropped: difference(countersAfter?.dropped, countersBefore?.dropped) ?? 0,
    measured: difference(countersAfter?.requests, countersBefore?.requests),
  }
  return {
    ...books,
    losses: findLosses(books, log.lastLine, clientsOf(bench, workload)),
    units,
    cpuMicros: nanos / NANOS_PER_MICRO / units,
    kernelShare: kernelShare(kernelBefore, kernelAfter),
    perSecond: workload.unit === 'chunk' ? units / seconds : outcome.perSecond,
    p50Micros: outcome.p50Micros,
    p90Micros: outcome.p90Micros,
    loadMiB,
    loadCoreShare,
  }
}

async function runLoad(bench: Bench, workload: Workload, port: number, seconds: number): Promise<LoadOutcome> {
  const { keys, folder } = bench
  const plan = { workload, port, keys, clients: clientsOf(bench, workload), seconds, folder }
  const { command, files } = bench.generator.prepare(plan)
  for (const [file, text] of Object.entries(files)) writeFileSync(file, text)
  return bench.generator.parse(await bench.processes.run('load', command, folder))
}

export function clientsOf(bench: Pick<Bench, 'clients'>, workload: Workload): number {
  return Math.max(bench.clients, workload.clientsMin)
}

async function upstreamCounts(bench: Bench): Promise<UpstreamCounts> {
  const answer = await ask(bench.upstreamPort, STATS_PATH)
  if (answer?.status !== 200) throw new BenchFault('the upstream does not say what it answered')
  // Safe: our own upstream wrote it.
  return JSON.parse(answer.text) as UpstreamCounts
}

function difference(after: number | undefined, before: number | undefined): number | null {
  return after === undefined || before === undefined ? null : after - before
}
