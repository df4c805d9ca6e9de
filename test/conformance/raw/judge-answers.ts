import { setTimeout as sleep } from 'node:timers/promises'
import { valuesOf } from '../support/read-http.ts'
import { ok, startRecordingUpstream, targetOf, type RecordedConnection } from '../support/recording-upstream.ts'
import type { RecordingUpstream } from '../support/recording-upstream.ts'
import type { AnswerCase } from './answer-case.ts'
import { createCaller, type KeepAliveCaller, type Outcome } from './keep-alive-caller.ts'

/** What became of a case whose bytes came in two pieces, or in one when `splitAt` is 0. */
export interface JudgedAnswer {
  readonly name: string
  readonly splitAt: number
  readonly outcome: Outcome
  /** What harm was done; "" when none was. */
  readonly fault: string
}

/** Between two pieces of an answer, so that they are read apart. */
const GAP_MS = 2
/** Behind an answer its connection stays open for a moment, as if it could be used again. */
const LINGER_MS = 15
const CALLERS = 48

/** How cases are asked for. */
export interface Asking {
  /** Where the bytes of a case are split. */
  readonly splitsOf: (answer: AnswerCase) => readonly number[]
  /** One request at a time, and a moment between them. */
  readonly isCalm?: boolean
}

/** An upstream that answers /case/<i>/<splitAt> with the bytes of that case, and anything else with its own name. */
export function startHostileUpstream(cases: readonly AnswerCase[]): Promise<RecordingUpstream> {
  const endings = new WeakMap<RecordedConnection, NodeJS.Timeout>()
  return startRecordingUpstream((request, connection) => {
    clearTimeout(endings.get(connection))
    const [, path = ''] = targetOf(request).split(' ')
    const [, i, splitAt] = /^\/case\/([0-9]+)\/([0-9]+)$/.exec(path) ?? []
    if (i === undefined) return ok(path)
    void answerIn(connection, cases[Number(i)]?.bytes ?? Buffer.alloc(0), Number(splitAt)).then(() =>
      endings.set(
        connection,
        setTimeout(() => connection.socket.end(), LINGER_MS),
      ),
    )
    return null
  })
}

async function answerIn({ socket }: RecordedConnection, bytes: Buffer, splitAt: number): Promise<void> {
  if (splitAt > 0) {
    socket.write(bytes.subarray(0, splitAt))
    await sleep(GAP_MS)
  }
  socket.write(bytes.subarray(splitAt))
}

/** Asks for each case, many at one time, and then on the same connection for something else, which must be what comes. */
export async function judgeAnswers(
  port: number,
  cases: readonly AnswerCase[],
  { splitsOf, isCalm = false }: Asking,
): Promise<readonly JudgedAnswer[]> {
  const asked = cases.flatMap((answer, i) => splitsOf(answer).map((splitAt) => ({ name: answer.name, i, splitAt })))
  const judged: JudgedAnswer[] = []
  let next = 0
  const work = async (): Promise<void> => {
    const caller = createCaller(port)
    for (let item = asked[next++]; item !== undefined; item = asked[next++]) {
      const { name, i, splitAt } = item
      const outcome = await caller.ask('GET', `/case/${i}/${splitAt}`)
      if (isCalm) await sleep(GAP_MS + LINGER_MS / 2)
      const fault = faultOf(outcome) || (await nextFault(caller, `/own/${i}/${splitAt}`))
      judged.push({ name, splitAt, outcome, fault })
    }
    caller.close()
  }
  await Promise.all(Array.from({ length: isCalm ? 1 : CALLERS }, work))
  return judged
}

/** Whole, and split at every byte of the answer. */
export function withinAnswer({ endsAt }: AnswerCase): number[] {
  return Array.from({ length: Math.max(1, endsAt) }, (_, i) => i)
}

/**
 * Split where the answer ends, and a little behind it. No gateway can tell what comes so late from the answer to the next
 * request, if there is one already.
 */
export function behindAnswer({ bytes, endsAt }: AnswerCase): number[] {
  return bytes.length === endsAt ? [] : [endsAt, endsAt + 1, bytes.length - 1]
}

function faultOf(outcome: Outcome): string {
  if (outcome.kind === 'nothing') return 'it hung'
  if (outcome.kind === 'not HTTP') return outcome.why
  const { answer } = outcome
  // What is one connection's alone must not come through.
  if (answer !== null && valuesOf(answer, 'keep-alive').length > 0)
    return 'a field of the other connection came through'
  return ''
}

async function nextFault(caller: KeepAliveCaller, path: string): Promise<string> {
  const outcome = await caller.ask('GET', path)
  if (outcome.kind !== 'whole') return `the next request got ${outcome.kind}`
  const body = outcome.answer.body.toString('latin1')
  return body === path ? '' : `the next request got ${outcome.status} ${JSON.stringify(body)}`
}
