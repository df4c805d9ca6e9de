import type { RunningGateway, StartOptions } from '../../../schemas/start.ts'

/** One request, as the load generator sends it again and again. */
export interface LoadRequest {
  readonly method: string
  /** With the query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
}

/** So many connections ask for a while, or for so many answers, one after the other each. */
export interface LoadPlan {
  readonly url: string
  /** Each connection begins with the first and goes round. */
  readonly requests: readonly LoadRequest[]
  readonly connections: number
  readonly until: { readonly ms: number } | { readonly answers: number }
  /** Whether what passed is counted for each request apart, which costs a little more. */
  readonly countsEach?: true
}

/** What became of it. Times are of the load generator's monotonic clock, milliseconds. */
export interface LoadOutcome {
  /** Answers by status. */
  readonly statuses: Readonly<Record<string, number>>
  /** Connections that broke, and requests that nobody answered. */
  readonly errors: number
  /** By request, those that were answered with a success; empty where they are not counted apart. */
  readonly passedOfEach: readonly number[]
  readonly bytes: number
  readonly elapsedMs: number
  /** Of each answer, microseconds. */
  readonly latencyMicros: Uint32Array
  readonly firstSentMs: number
  readonly firstReceivedMs: number
  /** Of the last answer that was a refusal by a limit: at that moment there was nothing left. */
  readonly lastRefusedSentMs: number
  readonly lastReceivedMs: number
}

/** What the process that holds the gateway is asked. */
export type GatewayQuestion =
  | {
      readonly ask: 'start'
      /** The runtime as a CommonJS text. */
      readonly code: string
      readonly options: Omit<StartOptions, 'threadEntry' | 'tell'>
    }
  | { readonly ask: 'swap'; readonly script: string }

export type GatewayAnswer =
  | { readonly started: RunningGateway['listen'] }
  /** Null when the table was put in place. */
  | { readonly refusal: string | null }

/** A question with a number, so that its answer finds back. */
export interface Asked<Q> {
  readonly number: number
  readonly question: Q
}

export type Answered<A> =
  | { readonly number: number; readonly answer: A }
  /** What went wrong, and whether the surroundings are at fault. */
  | { readonly number: number; readonly fault: string; readonly isStartFault: boolean }
