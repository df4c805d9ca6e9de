import type { BenchResult, CandidateResult, DeployableResult, Machine, MicroResult, WorkloadResult } from './result.ts'

const COLUMNS = ['', 'CPU a request or chunk', '× nginx', 'a second', 'p50', 'memory idle / under load']
const NANOS_PER_MICRO = 1000

/** A result for the README: markdown, with what it takes to do it again. */
export function benchTable(result: BenchResult): string {
  const { machine } = result
  const rows = result.workloads.flatMap((workload) => [titleRow(workload), ...workload.candidates.map(candidateRow)])
  return [
    `${row(COLUMNS)}${row(COLUMNS.map((_, i) => (i === 0 ? '---' : '---:')))}${rows.join('')}`,
    ...deployableTable(result.deployables ?? []),
    `\`${result.command}\`, ${result.date.slice(0, 10)}, ${machineOf(machine)}, nginx ${machine.nginx}, ${machine.load}; ` +
      `${result.clients} clients, ${roundCount(result)} alternating rounds of ${result.seconds} s, medians.\n`,
    ...(result.micro.length > 0 ? [microTable(result.micro), microSource(result)] : []),
  ].join('\n')
}

const DEPLOYABLE_COLUMNS = ['what is deployed', 'on disk', 'start to first answer', 'memory idle']

function deployableTable(deployables: readonly DeployableResult[]): string[] {
  if (deployables.length === 0) return []
  const rows = deployables.map(({ name, files, startMs, idleMiB }) => {
    const sizes = files.map((file) => `${file.mebibytes.toFixed(1)} MiB`).join(' + ')
    return row([name, sizes, `${Math.round(startMs)} ms`, `${Math.round(idleMiB)} MiB`])
  })
  const rule = DEPLOYABLE_COLUMNS.map((_, i) => (i === 0 ? '---' : '---:'))
  return [`${row(DEPLOYABLE_COLUMNS)}${row(rule)}${rows.join('')}`]
}

function microTable(micro: readonly MicroResult[]): string {
  const lines = micro.map(({ name, nanosPerRequest, budgetNanos }) => {
    return row([name, nanosOf(nanosPerRequest), budgetNanos === null ? '' : nanosOf(budgetNanos)])
  })
  return `${row(['In process', 'a request', 'budget'])}${row(['---', '---:', '---:'])}${lines.join('')}`
}

function nanosOf(nanos: number): string {
  return nanos < NANOS_PER_MICRO * 10 ? `${Math.round(nanos)} ns` : `${(nanos / NANOS_PER_MICRO).toFixed(1)} µs`
}

/** How the steps were measured, where that was by themselves. */
function microSource({ microRun }: BenchResult): string {
  if (microRun === undefined) return 'In the same run; medians of batches.\n'
  const { command, date, machine, loadAverage } = microRun
  return `\`${command}\`, ${date.slice(0, 10)}, ${machineOf(machine)}, load average ${loadAverage.toFixed(1)}; medians of batches.\n`
}

function machineOf({ cpu, cores, kernel, node }: Machine): string {
  return `${cpu}, ${cores} cores, Linux ${kernel}, Node ${node}`
}

function titleRow(workload: WorkloadResult): string {
  return row([`**${workload.title}**`, ...COLUMNS.slice(1).map(() => '')])
}

function candidateRow(candidate: CandidateResult): string {
  return row([
    candidate.name,
    `${candidate.cpuMicros.toFixed(1)} µs`,
    candidate.ratioToNginx.toFixed(2),
    String(Math.round(candidate.perSecond)),
    // Null after a NaN was written to a file; 0 where the load generator says nothing of streams.
    candidate.p50Micros > 0 ? `${candidate.p50Micros} µs` : '–',
    `${Math.round(candidate.idleMiB)} / ${Math.round(candidate.loadMiB)} MiB`,
  ])
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`
}

function roundCount(result: BenchResult): number {
  return Math.max(0, ...result.workloads.flatMap(({ candidates }) => candidates.map(({ rounds }) => rounds.length)))
}
