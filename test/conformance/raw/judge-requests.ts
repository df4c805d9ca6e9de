import { answered, answersIn, sendRaw, type RawResult } from '../support/raw-client.ts'
import { readRequests, statusOf, valuesOf, type Message } from '../support/read-http.ts'
import { targetOf, type RecordingUpstream } from '../support/recording-upstream.ts'
import type { RawCase, RawRequest } from './raw-case.ts'

export interface Judgement {
  readonly name: string
  /** Of its answers. */
  readonly statuses: readonly number[]
  /** The `detail` of the first one that is a refusal of ours, or "". */
  readonly detail: string
  /** What harm was done; empty when all is well. */
  readonly faults: readonly string[]
  /** True when something in it was served or forwarded that had to be refused. */
  readonly isTaken: boolean
  /** True when it was to be served, and was not. */
  readonly isRefused: boolean
}

/** The engine waits for the rest of a head, or for a line end that never comes, until its timer closes the connection. */
const PATIENCE_MS = 16_000
/** Of bytes whose rest never comes there is nothing to wait for. */
const UNFINISHED_MS = 700
/** Time for what is behind an answered request to be run. */
const WATCH_MS = 100

const SMUGGLED = '/smuggled'
const OK_STATUS_MAX = 399

/**
 * Sends all cases at one time, each on a connection of its own, and judges what came back and what reached the upstream.
 *
 * @param upstream Of the gateway. It forgets what came before.
 */
export async function judgeRequests(
  port: number,
  upstream: RecordingUpstream,
  cases: readonly RawCase[],
): Promise<readonly Judgement[]> {
  upstream.forget()
  const results = await Promise.all(cases.map((raw, i) => send(port, raw, addressOf(i))))
  await new Promise((done) => setTimeout(done, WATCH_MS))
  const { requests, faults } = readUpstream(upstream)
  const judgements = cases.map((raw, i) => {
    const own = requests.filter((request) => valuesOf(request, 'x-forwarded-for').join() === addressOf(i))
    return judge(raw, results[i], own)
  })
  const known = new Set(cases.map((_, i) => addressOf(i)))
  const strays = requests.filter((request) => !known.has(valuesOf(request, 'x-forwarded-for').join())).map(targetOf)
  const all = [...faults, ...strays.map((target) => `${target} came from nobody`)]
  return all.length === 0 ? judgements : [...judgements, { ...NOBODY, faults: all }]
}

const NOBODY: Judgement = {
  name: 'the upstream',
  statuses: [],
  detail: '',
  faults: [],
  isTaken: false,
  isRefused: false,
}

/** Tells the upstream whose request it got: the gateway says it in X-Forwarded-For. */
function addressOf(position: number): string {
  return `127.1.${position >> 7}.${(position & 127) + 1}`
}

function send(port: number, { bytes, requests, isUnfinished }: RawCase, from: string): Promise<RawResult> {
  if (isUnfinished) return sendRaw(port, bytes, { from, waitMs: UNFINISHED_MS })
  const until = answered(Math.max(1, requests.length))
  return sendRaw(port, bytes, { from, waitMs: PATIENCE_MS, until, watchMs: WATCH_MS })
}

function judge(raw: RawCase, result: RawResult | undefined, forwarded: readonly Message[]): Judgement {
  if (result === undefined) throw new Error('no result')
  const { name, expect, requests } = raw
  const { answers, isBroken } = readAnswers(result)
  const statuses = answers.map(({ start }) => statusOf(start))
  const served = statuses.filter((status) => status <= OK_STATUS_MAX).length
  const isTaken = expect === 'reject' && Math.max(served, forwarded.length) > requests.length
  const whole = isTaken ? 1 : requests.length

  const faults: string[] = []
  if (isBroken) faults.push('what came back is not HTTP')
  if (served > whole) faults.push(`${served} were served, ${whole} are complete`)
  if (forwarded.length > whole) faults.push(`${forwarded.length} were forwarded, ${whole} are complete`)
  if (!raw.isUnfinished && statuses.length === 0 && result.ended === 'open') faults.push('it was left waiting')
  // The upstream says in its answer what it was asked for.
  if (answers.some(({ body }) => body.includes(SMUGGLED))) faults.push('the answer to a smuggled request came back')
  for (const [i, request] of forwarded.entries()) {
    faults.push(...faultsOf(request))
    const [got, sent] = [saidOf(request), sentOf(requests[i])]
    if (!isTaken && got !== sent) faults.push(`the upstream got ${got}, sent was ${sent}`)
  }
  return {
    name,
    statuses,
    detail: detailOf(answers),
    faults,
    isTaken,
    isRefused: expect === 'accept' && served !== whole,
  }
}

function readAnswers(result: RawResult): { readonly answers: readonly Message[]; readonly isBroken: boolean } {
  try {
    return { answers: answersIn(result), isBroken: false }
  } catch {
    return { answers: [], isBroken: true }
  }
}

function detailOf(answers: readonly Message[]): string {
  const refusal = answers.find((answer) => valuesOf(answer, 'content-type').join() === 'application/problem+json')
  if (refusal === undefined) return ''
  const { detail } = JSON.parse(refusal.body.toString()) as { readonly detail?: string }
  return detail ?? ''
}

/** What is wrong with a request that the upstream got, whatever was sent. */
function faultsOf(request: Message): string[] {
  const target = targetOf(request)
  const smuggled = target.includes(SMUGGLED) ? [`${target} reached the upstream`] : []
  const disguised = request.fields.filter(([name]) => isDisguised(name))
  return [...smuggled, ...disguised.map(([name]) => `the upstream got a disguised field ${JSON.stringify(name)}`)]
}

function saidOf(request: Message): string {
  return `${targetOf(request)} with ${request.body.length} bytes`
}

function sentOf(request: RawRequest | undefined): string {
  return request === undefined ? 'nothing' : `${request.method} ${request.target} with ${request.bodyBytes} bytes`
}

/** True for a name that some server could take for one that frames: with escapes read and other characters between its words. */
function isDisguised(name: string): boolean {
  const read = name.replace(/%([0-9a-f]{2})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
  const words = read.toLowerCase().replace(/[^a-z0-9]/g, '')
  const isFraming = words.includes('transferencoding') || words.includes('contentlength')
  return isFraming && name !== 'transfer-encoding' && name !== 'content-length'
}

/** The requests that came, read connection by connection; a fault for each that held anything else. */
function readUpstream({ connections }: RecordingUpstream): { requests: Message[]; faults: string[] } {
  const requests: Message[] = []
  const faults: string[] = []
  for (const { pieces } of connections) {
    try {
      const { messages, rest } = readRequests(Buffer.concat(pieces))
      requests.push(...messages.filter(({ complete }) => complete))
      if (rest.length > 0) faults.push(`behind the last request came ${JSON.stringify(rest.toString('latin1'))}`)
    } catch (error) {
      faults.push(String(error))
    }
  }
  return { requests, faults }
}
