import type { DeployableResult, MicroResult, Round, WorkloadResult } from './result.ts'

const PERCENT = 100

/** A line for each round as it ends. */
export function roundLine(name: string, number: number, round: Round): string {
  const books = [`logged ${round.logged}`, ...(round.dropped > 0 ? [`dropped ${round.dropped}`] : [])]
  if (round.measured !== null) books.push(`measured ${round.measured}`)
  return [
    `  ${String(number).padStart(2)} ${name.padEnd(12)}`,
    `${round.cpuMicros.toFixed(2).padStart(7)} µs, ${inKernel(round)}`,
    `${Math.round(round.perSecond).toString().padStart(7)}/s`,
    `p50 ${round.p50Micros} µs, p90 ${round.p90Micros} µs`,
    `load core ${Math.round(round.loadCoreShare * PERCENT)} %`,
    `served ${round.requests}, ${books.join(', ')}`,
    ...round.losses.map((loss) => `LOST: ${loss}`),
  ].join('  ')
}

/** The medians of one workload, a line for each candidate. */
export function workloadLines(result: WorkloadResult): string[] {
  return result.candidates.map((candidate) => {
    return [
      `  => ${candidate.name.padEnd(12)}`,
      `${candidate.cpuMicros.toFixed(2).padStart(7)} µs a ${result.unit}, ${inKernel(candidate)}`,
      `${candidate.ratioToNginx.toFixed(3)} x nginx`,
      `${Math.round(candidate.perSecond)}/s`,
      `start ${Math.round(candidate.startMs)} ms`,
      `memory ${candidate.idleMiB.toFixed(0)} / ${candidate.loadMiB.toFixed(0)} MiB`,
    ].join('  ')
  })
}

function inKernel({ cpuMicros, kernelShare }: Pick<Round, 'cpuMicros' | 'kernelShare'>): string {
  return `${(cpuMicros * kernelShare).toFixed(1)} in the kernel`
}

export function microLine({ name, nanosPerRequest, budgetNanos }: MicroResult): string {
  const verdict = budgetNanos === null ? '' : isWithin(nanosPerRequest, budgetNanos)
  return `  ${name.padEnd(48)} ${nanosPerRequest.toFixed(0).padStart(6)} ns${verdict}`
}

function isWithin(nanos: number, budgetNanos: number): string {
  return `, ${nanos <= budgetNanos ? 'within' : 'ABOVE'} its budget of ${budgetNanos} ns`
}

export function deployableLine({ name, files, startMs, idleMiB }: DeployableResult): string {
  const mebibytes = files.reduce((sum, file) => sum + file.mebibytes, 0)
  return `${name}: ${mebibytes.toFixed(1)} MiB, serves after ${Math.round(startMs)} ms, ${Math.round(idleMiB)} MiB idle`
}
