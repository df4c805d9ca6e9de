import { answerLines, commonLines, preflightLines } from './answer-lines.ts'
import { PROBLEM_TYPE, problemBody } from './problem.ts'
import { refuse, type Refusal } from './refusals.ts'
import { isOpen, type Answer, type AnswerHead } from './answer.ts'
import { cut, sendBodiless, sendWhole } from './respond.ts'
import { leaveLimits } from './take-limits.ts'
import type { Thread } from './thread.ts'
import type { ResponseHead } from './upstream/types.ts'

/** The caller went away before the answer was complete; only the log sees it. */
const CALLER_GONE = 499

/** Answers with a refusal, or cuts an answer that has begun. */
export function refuseWith(thread: Thread, answer: Answer, refusal: Refusal): void {
  const { exchange } = answer
  exchange.refusal = refusal
  exchange.code = refusal.code
  exchange.call?.abort()
  if (answer.state !== 'open') return cutShort(thread, answer)
  exchange.status = refusal.status
  const head = {
    status: refusal.status,
    lines: `content-type: ${PROBLEM_TYPE}\r\n${refusal.headers}${commonLines(exchange)}`,
    isAscii: true,
    close: refusal.close || thread.isDraining(),
  }
  sendWhole(answer, head, problemBody(exchange, refusal), { isHead: exchange.method === 'HEAD' })
}

/** Answers a preflight that is allowed. */
export function allowPreflight(thread: Thread, answer: Answer): void {
  const { exchange } = answer
  exchange.status = 204
  sendBodiless(answer, { status: 204, lines: preflightLines(exchange), isAscii: true, close: thread.isDraining() }, -1)
}

/** The head of an upstream's answer as the caller gets it. */
export function headFor(thread: Thread, answer: Answer, head: ResponseHead): AnswerHead {
  const { exchange } = answer
  exchange.status = head.status
  return { status: head.status, lines: answerLines(exchange, head), isAscii: head.isAscii, close: thread.isDraining() }
}

/** Breaks off an answer that cannot be completed: its status is what the caller saw. */
function cutShort(thread: Thread, answer: Answer): void {
  cut(answer)
  settle(thread, answer)
}

/** The caller is gone: nothing goes on for it. */
export function abandon(thread: Thread, answer: Answer): void {
  const { exchange } = answer
  exchange.call?.abort()
  exchange.status = CALLER_GONE
  settle(thread, answer)
}

/** A throw that nobody planned costs its own request and no other. */
export function failWith(thread: Thread, answer: Answer, error: unknown): void {
  const { exchange } = answer
  thread.onBug(error, exchange)
  if (exchange.settled) return
  try {
    refuseWith(thread, answer, refuse('internal', { close: true }))
  } catch (second) {
    thread.onBug(second, exchange)
    cutShort(thread, answer)
  }
}

/** Ends a request once, on every way out: its limits are left, and it is recorded. */
export function settle(thread: Thread, answer: Answer): void {
  const { exchange } = answer
  if (exchange.settled) return
  exchange.settled = true
  try {
    leaveLimits(exchange)
  } finally {
    thread.record(answer)
  }
}

/** True as long as the caller can still be told something. */
export function isUnderWay(answer: Answer): boolean {
  return !answer.exchange.settled && isOpen(answer)
}
