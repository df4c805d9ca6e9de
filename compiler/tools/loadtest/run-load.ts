import { createRequire } from 'node:module'
import type { EventEmitter } from 'node:events'
import { answerParent } from './answer-parent.ts'
import type { LoadOutcome, LoadPlan } from './messages.ts'

/** How often it looks whether it is done: a run takes that much longer at most. */
const LOOK_MS = 10
const ANSWER_SECONDS_MAX = 10
const MS_PER_SECOND = 1000
const MICROS_PER_MS = 1000
const STATUS_OK_MAX = 299
const STATUS_REFUSED = 429
const LATENCIES_MIN = 4096

interface AutocannonOptions {
  readonly url: string
  readonly connections: number
  readonly requests: readonly object[]
  readonly duration?: number
  readonly amount?: number
  readonly sampleInt: number
  readonly timeout: number
  readonly excludeErrorStats: boolean
}
interface AutocannonResult {
  readonly errors: number
}
type Autocannon = (
  options: AutocannonOptions,
  done: (error: Error | null, result: AutocannonResult) => void,
) => EventEmitter

// Safe: the part of its interface that is used here; the package has no types.
const autocannon = createRequire(import.meta.url)('autocannon') as Autocannon

/** A process of its own for the load: its work is not the gateway's, and must not wait for the stubs'. */
answerParent<LoadPlan, LoadOutcome>(run)

function run({ url, requests, connections, until, countsEach }: LoadPlan): Promise<LoadOutcome> {
  const statuses: Record<string, number> = {}
  const latencies = createList()
  let bytes = 0
  let firstReceivedMs = Infinity
  let lastRefusedSentMs = -Infinity
  let lastReceivedMs = -Infinity
  const passedOfEach: number[] = countsEach === true ? requests.map(() => 0) : []
  const countPassed = (status: number, i: number): void => {
    if (status <= STATUS_OK_MAX) passedOfEach[i] = (passedOfEach[i] ?? 0) + 1
  }
  const firstSentMs = performance.now()
  const options: AutocannonOptions = {
    url,
    // One that asks nothing is refused.
    connections: 'answers' in until ? Math.min(connections, until.answers) : connections,
    requests: requests.map(({ body, ...request }, i) => ({
      ...request,
      ...(body === null ? {} : { body }),
      ...(countsEach === true ? { onResponse: (status: number) => countPassed(status, i) } : {}),
    })),
    ...('answers' in until ? { amount: until.answers } : { duration: until.ms / MS_PER_SECOND }),
    sampleInt: LOOK_MS,
    timeout: ANSWER_SECONDS_MAX,
    excludeErrorStats: false,
  }
  return new Promise((resolve, reject) => {
    const tracker = autocannon(options, (error, result) => {
      if (error !== null) return reject(error)
      resolve({
        statuses,
        errors: result.errors,
        passedOfEach,
        bytes,
        elapsedMs: lastReceivedMs - firstSentMs,
        latencyMicros: latencies.all(),
        firstSentMs,
        firstReceivedMs,
        lastRefusedSentMs,
        lastReceivedMs,
      })
    })
    tracker.on('response', (_client: unknown, status: number, size: number, tookMs: number) => {
      const nowMs = performance.now()
      statuses[status] = (statuses[status] ?? 0) + 1
      bytes += size
      latencies.add(tookMs * MICROS_PER_MS)
      firstReceivedMs = Math.min(firstReceivedMs, nowMs)
      if (status === STATUS_REFUSED) lastRefusedSentMs = Math.max(lastRefusedSentMs, nowMs - tookMs)
      lastReceivedMs = nowMs
    })
  })
}

/** Numbers one after the other, without an object for each. */
function createList(): { readonly add: (value: number) => void; readonly all: () => Uint32Array } {
  let values = new Uint32Array(LATENCIES_MIN)
  let count = 0
  return {
    add: (value) => {
      if (count === values.length) {
        const larger = new Uint32Array(values.length * 2)
        larger.set(values)
        values = larger
      }
      values[count++] = value
    },
    all: () => values.slice(0, count),
  }
}
