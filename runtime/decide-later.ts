import { guarded, type Answer } from './answer.ts'
import { decideCaller } from './decide.ts'
import type { Exchange } from './exchange.ts'
import { refuseUnavailable } from './identity/refuse-unavailable.ts'
import type { Lookup } from './identity/lookup.ts'
import { holdBody } from './receive-body.ts'
import { isUnderWay } from './settle.ts'
import type { Thread } from './thread.ts'
import { createTimer } from './timer-wheel.ts'

/** Nobody waits longer for somebody else's word, whatever the request's own time. */
const LOOKUPS_MS_MAX = 10_000

/**
 * Asks whoever must be asked before a request can be decided, and decides it then. In the engine's handler only. What comes
 * of a body meanwhile is held, and its caller made to wait when that is much.
 *
 * @param onDecided Called once, with the decision in the exchange; never when the caller leaves before.
 */
export function decideLater(thread: Thread, answer: Answer, lookup: Lookup, onDecided: () => void): void {
  const { exchange } = answer
  if (exchange.contentLength > 0 || exchange.chunked) holdBody(answer, exchange.contentLength)
  let isOver = false
  const end = (): void => {
    isOver = true
    thread.wheel.cancel(timer)
    if (isUnderWay(answer)) onDecided()
  }
  const timer = createTimer(() => {
    guarded(answer, () => {
      exchange.lookup = null
      exchange.refusal = refuseUnavailable()
      end()
    })
  })
  const ask = (next: Lookup): void => next(() => guarded(answer, onAnswer))
  const onAnswer = (): void => {
    if (isOver || !isUnderWay(answer)) return
    decideCaller(exchange)
    if (exchange.lookup === null) end()
    else ask(exchange.lookup)
  }
  thread.wheel.arm(timer, timeFor(exchange))
  ask(lookup)
}

function timeFor({ route }: Exchange): number {
  return Math.min(route?.row.timeoutMs ?? LOOKUPS_MS_MAX, LOOKUPS_MS_MAX)
}
