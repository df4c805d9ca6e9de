/** What a gateway counted since it started. */
export interface Counters {
  readonly requests: number
  /** Log lines that were given up. */
  readonly dropped: number
}

const REQUESTS = 'http_server_request_duration_seconds_count'
const DROPPED = 'keysmith_log_dropped_total'

/** @param text Prometheus text, as `/metrics` gives it. */
export function parseCounters(text: string): Counters {
  return { requests: sumOf(text, REQUESTS), dropped: sumOf(text, DROPPED) }
}

/** @returns Over all labels; NaN when there is no such series, which no comparison holds for. */
function sumOf(text: string, name: string): number {
  const values = text.split('\n').flatMap((line) => {
    const isNamed = line.startsWith(`${name} `) || line.startsWith(`${name}{`)
    return isNamed ? [Number(line.slice(line.lastIndexOf(' ') + 1))] : []
  })
  return values.length === 0 ? NaN : values.reduce((sum, value) => sum + value, 0)
}
