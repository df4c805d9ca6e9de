import { createRequire } from 'node:module'
import type { LoadGenerator, LoadOutcome, LoadPlan } from './load.ts'
import { bodyOf } from './workloads.ts'

const MICROS_PER_MS = 1000

/** The load generator that npm installs, for machines without wrk. */
export const autocannon: LoadGenerator = {
  name: 'autocannon',
  hasCallersInTurn: false,
  prepare,
  parse: parseAutocannon,
}

function prepare(plan: LoadPlan): ReturnType<LoadGenerator['prepare']> {
  const { workload } = plan
  const program = createRequire(import.meta.url).resolve('autocannon')
  const body = `${plan.folder}/load.body`
  const sizes = ['-c', String(plan.clients), '-d', String(plan.seconds), '-m', workload.method]
  const headers = ['-H', `x-api-key=${plan.keys[0]?.secret}`]
  const sent = workload.bodyBytes > 0 ? ['-H', 'content-type=application/json', '-i', body] : []
  const url = `http://127.0.0.1:${plan.port}${workload.path}`
  return {
    command: [process.execPath, program, ...sizes, ...headers, ...sent, '--json', url],
    files: { [body]: bodyOf(workload.bodyBytes) },
  }
}

interface Report {
  readonly requests: { readonly total: number; readonly average: number }
  readonly latency: { readonly p50: number; readonly p90: number }
  readonly non2xx: number
  readonly errors: number
}

/** @throws When it is not the report of a run. */
export function parseAutocannon(output: string): LoadOutcome {
  // Safe: the shape of its JSON result, of which the figures are looked at below.
  const report = JSON.parse(output.slice(output.indexOf('{'))) as Report
  if (!Number.isFinite(report.requests.total)) throw new Error(`autocannon said: ${output}`)
  return {
    requests: report.requests.total,
    perSecond: report.requests.average,
    p50Micros: report.latency.p50 * MICROS_PER_MS,
    p90Micros: report.latency.p90 * MICROS_PER_MS,
    bad: report.non2xx + report.errors,
  }
}
