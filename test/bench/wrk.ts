import type { LoadGenerator, LoadOutcome, LoadPlan } from './load.ts'
import { bodyOf } from './workloads.ts'

const MICROS: Readonly<Record<string, number>> = { us: 1, ms: 1000, s: 1_000_000, m: 60_000_000 }
const ANSWER_SECONDS_MAX = 10

export const wrk: LoadGenerator = { name: 'wrk', hasCallersInTurn: true, prepare, parse: parseWrk }

function prepare(plan: LoadPlan): ReturnType<LoadGenerator['prepare']> {
  const script = `${plan.folder}/load.lua`
  const body = `${plan.folder}/load.body`
  const secrets = `${plan.folder}/load.keys`
  const url = `http://127.0.0.1:${plan.port}${plan.workload.path}`
  const sizes = ['-t1', `-c${plan.clients}`, `-d${plan.seconds}s`, '--timeout', `${ANSWER_SECONDS_MAX}s`]
  return {
    command: ['wrk', ...sizes, '--latency', '-s', script, url],
    files: {
      [script]: plan.workload.callers === 'all' ? manyCallers(secrets) : oneCaller(plan, body),
      [body]: bodyOf(plan.workload.bodyBytes),
      [secrets]: plan.keys.map((key) => `${key.secret}\n`).join(''),
    },
  }
}

function oneCaller(plan: LoadPlan, body: string): string {
  const hasBody = plan.workload.bodyBytes > 0
  return `wrk.method = "${plan.workload.method}"
wrk.headers["x-api-key"] = "${plan.keys[0]?.secret}"
${hasBody ? `wrk.headers["content-type"] = "application/json"\nwrk.body = io.open("${body}", "rb"):read("*a")\n` : ''}`
}

/** Requests are made once, then sent in turn. */
function manyCallers(secrets: string): string {
  return `local requests, turn = {}, 0
init = function()
  for secret in io.lines("${secrets}") do
    wrk.headers["x-api-key"] = secret
    requests[#requests + 1] = wrk.format()
  end
end
request = function()
  turn = turn % #requests + 1
  return requests[turn]
end
`
}

/** @throws When it is not the report of a run. */
export function parseWrk(output: string): LoadOutcome {
  const requests = /(\d+) requests in /.exec(output)?.[1]
  const perSecond = /Requests\/sec:\s+([\d.]+)/.exec(output)?.[1]
  if (requests === undefined || perSecond === undefined) throw new Error(`wrk said: ${output.trim()}`)
  const refused = Number(/Non-2xx or 3xx responses: (\d+)/.exec(output)?.[1] ?? 0)
  const broken = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(output)?.slice(1) ?? []
  return {
    requests: Number(requests),
    perSecond: Number(perSecond),
    p50Micros: percentile(output, 50),
    p90Micros: percentile(output, 90),
    bad: broken.reduce((sum, count) => sum + Number(count), refused),
  }
}

function percentile(output: string, percent: number): number {
  const found = new RegExp(`^\\s+${percent}%\\s+([\\d.]+)(us|ms|s|m)\\s*$`, 'm').exec(output)
  return Math.round(Number(found?.[1]) * (MICROS[found?.[2] ?? ''] ?? NaN))
}
