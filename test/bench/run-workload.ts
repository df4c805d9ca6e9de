import { takeLog } from './access-log.ts'
import { NGINX, type Candidate } from './candidates.ts'
import type { CandidateResult, Round, WorkloadResult } from './result.ts'
import { runRound, type Bench } from './run-round.ts'
import { median, medianRatio } from './statistics.ts'
import { WORKLOADS, type WorkloadName } from './workloads.ts'

export interface Repeat {
  readonly rounds: number
  readonly seconds: number
  readonly warmSeconds: number
}

/** Told of each round as soon as it is over. */
export type OnRound = (candidate: Candidate, number: number, round: Round) => void

/** Warms the candidates up, then loads them in turn, round after round. */
export async function runWorkload(
  bench: Bench,
  name: WorkloadName,
  candidates: readonly Candidate[],
  repeat: Repeat,
  onRound: OnRound,
): Promise<WorkloadResult> {
  const workload = WORKLOADS[name]
  for (const candidate of candidates) {
    await takeLog(candidate.logFile)
    await runRound(bench, workload, candidate, repeat.warmSeconds)
  }

  const rounds = new Map<Candidate, Round[]>(candidates.map((candidate) => [candidate, []]))
  for (let number = 1; number <= repeat.rounds; number++) {
    for (const [candidate, own] of rounds) {
      const round = await runRound(bench, workload, candidate, repeat.seconds)
      own.push(round)
      onRound(candidate, number, round)
    }
  }
  const base = candidates.find((candidate) => candidate.name === NGINX)
  const baseRounds = (base === undefined ? undefined : rounds.get(base)) ?? []
  const results = Array.from(rounds, ([candidate, own]) => summarize(candidate, own, baseRounds))
  return { workload: name, title: workload.title, unit: workload.unit, candidates: results }
}

function summarize(candidate: Candidate, rounds: readonly Round[], base: readonly Round[]): CandidateResult {
  const of = (read: (round: Round) => number): number => median(rounds.map(read))
  const cpuMicros = (round: Round): number => round.cpuMicros
  return {
    name: candidate.name,
    rounds,
    cpuMicros: of(cpuMicros),
    kernelShare: of((round) => round.kernelShare),
    perSecond: of((round) => round.perSecond),
    p50Micros: of((round) => round.p50Micros),
    p90Micros: of((round) => round.p90Micros),
    ratioToNginx: medianRatio(rounds.map(cpuMicros), base.map(cpuMicros)),
    startMs: candidate.startMs,
    idleMiB: candidate.idleMiB,
    loadMiB: Math.max(...rounds.map((round) => round.loadMiB)),
  }
}
