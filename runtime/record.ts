import type { Exchange } from './exchange.ts'
import type { LogFacts } from './observe/log-line.ts'
import type { Observer } from './observe/observer.ts'
import type { Answer } from './answer.ts'

/** Takes down what became of a request: one line in the access log, one count in the metrics. */
export function createRecord(observer: Observer, monotonicMs: () => number): (answer: Answer) => void {
  return (answer) => {
    const nowMs = monotonicMs()
    observer.record(answer.exchange, factsOf(answer, nowMs))
  }
}

function factsOf({ exchange, bytesIn, bytesOut }: Answer, nowMs: number): LogFacts {
  const { route, caller, upstream, call } = exchange
  return {
    timeMs: exchange.wallMs,
    requestId: exchange.requestId,
    traceId: exchange.traceId,
    method: exchange.method,
    // A refused method belongs to no route, though the path has some.
    route: exchange.code === 'method-not-allowed' ? null : (route?.row.route ?? null),
    status: exchange.status,
    code: exchange.code,
    key: caller?.id ?? null,
    tenant: caller?.tenantName ?? null,
    plan: caller?.plan ?? null,
    address: exchange.address.text,
    durationMs: nowMs - exchange.startMs,
    upstream: call === null ? null : (upstream?.row.name ?? null),
    upstreamMs: call === null ? null : upstreamMs(exchange, nowMs),
    attempts: call === null ? null : call.attempt().attempts,
    bytesIn,
    bytesOut,
    cache: null,
    limit: exchange.refusedBy,
    block: exchange.blockedBy,
    model: null,
    tokens: null,
    costNanoUsd: null,
  }
}

/** Until the answer's head, or until it was given up. */
function upstreamMs({ calledMs, headMs }: Exchange, nowMs: number): number {
  return (headMs < 0 ? nowMs : headMs) - calledMs
}
