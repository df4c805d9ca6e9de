import type { Replacement } from '../support/replacements.ts'

/** A place in the life of a request where a bug may throw. */
export interface FaultPoint {
  /** What a request says in `x-fault` to meet it. */
  readonly step: string
  readonly file: string
  /** The line behind which it is thrown; it must stand in the file exactly once. */
  readonly behind: string
  /** How the exchange is reached from there. */
  readonly exchange: string
}

const point = (step: string, file: string, behind: string, exchange = 'exchange'): FaultPoint => ({
  step,
  file: `runtime/${file}`,
  behind,
  exchange,
})

export const FAULT_POINTS: readonly FaultPoint[] = [
  point(
    'read-request',
    'read-request.ts',
    '    exchange.refusal = fault ?? checkFraming(exchange) ?? checkSizes(exchange, url) ?? checkTarget(exchange, url)',
  ),
  point('decide', 'decide.ts', 'export function decide(exchange: Exchange): void {'),
  point('choose-route', 'choose-route.ts', 'export function chooseRoute(exchange: Exchange): Refusal | null {'),
  point('check-lifecycle', 'decide.ts', '  exchange.refusal = body ?? unrouted ?? checkLifecycle(exchange)'),
  point('answer-preflight', 'decide.ts', '    exchange.refusal = answerPreflight(exchange)'),
  point('authenticate', 'authenticate.ts', 'export function authenticate(exchange: Exchange): Refusal | null {'),
  point('authorize', 'authorize.ts', 'export function authorize(exchange: Exchange): Refusal | null {'),
  point('take-limits', 'take-limits.ts', 'export function takeLimits(exchange: Exchange): Refusal | null {'),
  point('limits-taken', 'take-limits.ts', '  exchange.limitLevels = limitLevels(exchange)'),
  point('carry-out', 'handle.ts', 'function carryOut(thread: Thread, answer: Answer, exchange: Exchange): void {'),
  point('validate-query', 'validate-query.ts', 'export function validateQuery(exchange: Exchange): Refusal | null {'),
  point('check-content', 'handle.ts', "function checkContent(exchange: Exchange): Exchange['refusal'] {"),
  point(
    'read-body',
    'read-body.ts',
    'export function readBody(answer: Answer, onBody: (body: Uint8Array | Refusal) => void): void {',
    'answer.exchange',
  ),
  point(
    'validate-body',
    'validate-body.ts',
    'export function validateBody(exchange: Exchange, bytes: Uint8Array): Refusal | null {',
  ),
  point(
    'on-data',
    'receive-body.ts',
    'function takePiece(answer: Answer, piece: Uint8Array, isLast: boolean): void {',
    'answer.exchange',
  ),
  point(
    'forward-stream',
    'forward.ts',
    'export function forwardStream(thread: Thread, answer: Answer): void {',
    'answer.exchange',
  ),
  point(
    'forward-whole',
    'forward.ts',
    'export function forwardWhole(thread: Thread, answer: Answer, body: Uint8Array | null): void {',
    'answer.exchange',
  ),
  point('request-lines', 'request-lines.ts', 'export function upstreamPath(exchange: Exchange): string {'),
  point('sent', 'forward.ts', '  exchange.call = upstream.client.send(request, receiverFor(thread, answer))'),
  point(
    'take-head',
    'forward.ts',
    'function takeHead(receiver: Receiver, head: ResponseHead, piece: Uint8Array, isLast: boolean): void {',
    'receiver.answer.exchange',
  ),
  point(
    'answer-lines',
    'answer-lines.ts',
    'export function answerLines(exchange: Exchange, head: ResponseHead): string {',
  ),
  point('head-sent', 'forward.ts', '  sendHead(answer, answerHead, head.contentLength)'),
  point(
    'take-body',
    'forward.ts',
    'function takeBody(answer: Answer, piece: Uint8Array, isLast: boolean): void {',
    'answer.exchange',
  ),
  point('send-end', 'respond.ts', 'export function sendEnd(answer: Answer): void {', 'answer.exchange'),
  point('on-writable', 'respond.ts', 'function onWritable(answer: Answer): void {', 'answer.exchange'),
  point(
    'on-room',
    'respond.ts',
    "  else if (answer.state === 'streaming') answer.events.onRoom(answer)",
    'answer.exchange',
  ),
  point('on-drain', 'receive-body.ts', 'export function resumeBody(answer: Answer): void {', 'answer.exchange'),
  point(
    'take-fault',
    'forward.ts',
    'function takeFault(thread: Thread, answer: Answer, fault: UpstreamFault): void {',
    'answer.exchange',
  ),
  point(
    'refuse',
    'settle.ts',
    'export function refuseWith(thread: Thread, answer: Answer, refusal: Refusal): void {',
    'answer.exchange',
  ),
  point('problem', 'problem.ts', 'export function problemBody(exchange: Exchange, refusal: Refusal): string {'),
  point(
    'allow-preflight',
    'settle.ts',
    'export function allowPreflight(thread: Thread, answer: Answer): void {',
    'answer.exchange',
  ),
  point('timer', 'receive-body.ts', 'function onBodyTimer(answer: Answer): void {', 'answer.exchange'),
  point(
    'on-aborted',
    'settle.ts',
    'export function abandon(thread: Thread, answer: Answer): void {',
    'answer.exchange',
  ),
  point('leave-limits', 'take-limits.ts', 'export function leaveLimits(exchange: Exchange): void {'),
  point('record', 'record.ts', 'function factsOf({ exchange, bytesIn, bytesOut }: Answer, nowMs: number): LogFacts {'),
  point('log-line', 'observe/observer.ts', '      const { plan, logLine } = serving'),
]

/** A throw in a promise that nobody waits for. */
const PROMISE: Replacement = {
  file: 'runtime/handle.ts',
  from: '      decide(exchange)\n',
  to: "      decide(exchange)\n      void new Promise((done) => setImmediate(done)).then(() => injectFault('promise', exchange))\n",
}

/** Before there is an exchange. */
const PEER: Replacement = {
  file: 'runtime/server.ts',
  from: '    const serving = thread.serving()\n',
  to: "    const serving = thread.serving()\n    if (request.getUrl() === '/fault/peer') throw new Error('injected in peer')\n",
}

/** Throws once for each request that asks for it, or each time where it asks for "always". */
const INJECT: Replacement = {
  file: 'runtime/exchange.ts',
  from: 'export function createExchange(',
  to: `const met = new WeakSet<object>()
globalThis.injectFault = (step, exchange) => {
  const asked = /^x-fault: ([a-z-]+)( always)?\\r$/m.exec(exchange.lines)
  if (asked?.[1] !== step || (met.has(exchange) && asked[2] === undefined)) return
  met.add(exchange)
  throw new Error('injected in ' + step)
}
export function createExchange(`,
}

/** Puts all of them into the runtime. */
export const FAULTS: readonly Replacement[] = [
  INJECT,
  PROMISE,
  PEER,
  ...FAULT_POINTS.map(({ step, file, behind, exchange }) => ({
    file,
    from: `${behind}\n`,
    to: `${behind}\n  injectFault(${JSON.stringify(step)}, ${exchange})\n`,
  })),
]
