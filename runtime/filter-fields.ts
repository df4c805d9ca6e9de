import type { FieldsRow } from '../schemas/fields-row.ts'
import { answerLines } from './answer-lines.ts'
import type { Answer, AnswerHead } from './answer.ts'
import { cutJson } from './cut-json.ts'
import type { Exchange } from './exchange.ts'
import { PROBLEM_TYPE, problemBody } from './problem.ts'
import { refuse, type Refusal } from './refusals.ts'
import { sendBodiless, sendWhole } from './respond.ts'
import { refuseWith } from './settle.ts'
import type { Thread } from './thread.ts'
import type { ResponseHead } from './upstream/types.ts'

/** An answer that is kept until it is whole, to be cut to what its caller may see. */
export interface HeldAnswer {
  readonly head: ResponseHead
  readonly fields: FieldsRow
  readonly pieces: Buffer[]
  bytes: number
}

/** About the body as the upstream sent it: what is said of it here would be wrong, or tell of what was cut. */
const OF_BODY = new Set([
  'etag',
  'content-digest',
  'repr-digest',
  'digest',
  'content-md5',
  'content-encoding',
  'accept-ranges',
])
/** Besides, of a body that is replaced. */
const OF_REPLACED = new Set([...OF_BODY, 'content-type', 'content-language', 'content-location', 'last-modified'])
/** @see RFC 6839, section 3.1. */
const JSON_TYPE = /^application\/(?:[a-z0-9!#$&^_.+-]+\+)?json *(?:;|$)/i
const CHARSET = /charset *= *"?([^";, ]*)/i
const PARTIAL = 206
const EVERYONE = 1

/**
 * Takes the head of an answer of which only some fields may be seen.
 *
 * @returns The answer, to be held until it is whole; null when it was answered already.
 */
export function holdAnswer(thread: Thread, answer: Answer, head: ResponseHead, fields: FieldsRow): HeldAnswer | null {
  const { exchange } = answer
  const isEmpty = head.contentLength === 0
  if (head.status < 200 || head.status > 299) {
    if (isEmpty || !head.hasBody) sendBodiless(answer, cutHead(thread, exchange, head, OF_BODY), isEmpty ? 0 : -1)
    else replace(thread, answer, head)
    return null
  }
  // 204 has nothing to say of a type.
  const hasNothing = isEmpty || (!head.hasBody && exchange.method !== 'HEAD')
  if (!hasNothing && !isPlainJson(head)) {
    refuseWith(thread, answer, refuse('upstream-broken'))
    return null
  }
  if (hasNothing || !head.hasBody) {
    sendBodiless(answer, cutHead(thread, exchange, head, OF_BODY), isEmpty && head.hasBody ? 0 : -1)
    return null
  }
  if (head.contentLength > fields.bytesMax) {
    refuseWith(thread, answer, tooLarge())
    return null
  }
  return { head, fields, pieces: [], bytes: 0 }
}

/** Takes a piece of a held answer, and sends what may be seen of it once it is whole. */
export function takeHeldPiece(
  thread: Thread,
  answer: Answer,
  held: HeldAnswer,
  piece: Uint8Array,
  isLast: boolean,
): void {
  held.bytes += piece.length
  if (held.bytes > held.fields.bytesMax) return refuseWith(thread, answer, tooLarge())
  // The piece is the connection's own: what is cut is changed in place.
  if (piece.length > 0) held.pieces.push(Buffer.from(piece))
  if (!isLast) return
  const { exchange } = answer
  const head = cutHead(thread, exchange, held.head, OF_BODY)
  const [only = Buffer.alloc(0)] = held.pieces
  const bytes = held.pieces.length < 2 ? only : Buffer.concat(held.pieces)
  const shown = bytes.length === 0 ? bytes : cutJson(bytes, held.fields.filter, scopeBits(exchange, held.fields))
  if (shown === null) return refuseWith(thread, answer, refuse('upstream-broken'))
  sendWhole(answer, head, shown, { isHead: false })
}

function isPlainJson({ status, fields }: ResponseHead): boolean {
  if (status === PARTIAL) return false
  const type = valuesOf(fields, 'content-type')
  const coding = valuesOf(fields, 'content-encoding').join()
  const charset = CHARSET.exec(type[0] ?? '')?.[1] ?? 'utf-8'
  const isPlain = coding === '' || coding.toLowerCase() === 'identity'
  return isPlain && type.length === 1 && JSON_TYPE.test(type[0] ?? '') && charset.toLowerCase() === 'utf-8'
}

function valuesOf(fields: readonly string[], name: string): string[] {
  return fields.filter((_, i) => i % 2 === 1 && fields[i - 1] === name)
}

function scopeBits({ caller }: Exchange, { scopes }: FieldsRow): number {
  const held = caller?.class.fieldScopes ?? []
  return scopes.reduce((bits, scope, i) => (held.includes(scope) ? bits | (EVERYONE << (i + 1)) : bits), EVERYONE)
}

/** What the upstream said that is no success, without its words: they may hold what the caller must not see. */
function replace(thread: Thread, answer: Answer, head: ResponseHead): void {
  const { exchange } = answer
  const refusal: Refusal = { ...refuse('upstream-refused'), status: head.status }
  exchange.refusal = refusal
  exchange.code = refusal.code
  exchange.call?.abort()
  const lines = `content-type: ${PROBLEM_TYPE}\r\n`
  const { lines: others, ...rest } = cutHead(thread, exchange, head, OF_REPLACED)
  sendWhole(answer, { ...rest, lines: lines + others }, problemBody(exchange, refusal), { isHead: false })
}

function tooLarge(): Refusal {
  return refuse('upstream-broken', { detail: 'The answer is too large to be cut to what may be seen.' })
}

function cutHead(thread: Thread, exchange: Exchange, head: ResponseHead, dropped: ReadonlySet<string>): AnswerHead {
  const fields = head.fields.filter((_, i) => !dropped.has(head.fields[i - (i % 2)] ?? ''))
  exchange.status = head.status
  const lines = answerLines(exchange, { ...head, fields })
  return { status: head.status, lines, isAscii: head.isAscii, close: thread.isDraining() }
}
