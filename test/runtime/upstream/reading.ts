import { createParseHead } from '../../../runtime/upstream/parse-head.ts'
import { createAnswer, DONE, endAnswer, expectAnswer, readAnswer } from '../../../runtime/upstream/read-answer.ts'
import type { ResponseHead } from '../../../runtime/upstream/types.ts'

/** What became of an answer. */
export interface Outcome {
  readonly is: 'broken' | 'whole' | 'unfinished'
  readonly head: ResponseHead | null
  readonly body: string
  readonly keepsAlive: boolean
  readonly hasExcess: boolean
}

export interface Reading {
  readonly method?: string
  /** True when the connection ends behind the bytes. */
  readonly ends?: boolean
}

/** Reads an answer that comes in these pieces. */
export function readPieces(pieces: readonly Buffer[], { method = 'GET', ends = false }: Reading = {}): Outcome {
  const parseHead = createParseHead()
  const answer = createAnswer()
  expectAnswer(answer, method)
  let head: ResponseHead | null = null
  let body = ''
  let is: Outcome['is'] = 'unfinished'
  let hasExcess = false
  for (const piece of pieces) {
    if (is === 'whole') hasExcess = true
    if (is !== 'unfinished') break
    // What is read is changed in place.
    const bytes = Buffer.from(piece)
    if (!readAnswer(answer, parseHead, bytes, bytes.length)) {
      is = 'broken'
    } else {
      head = answer.head ?? head
      body += bytes.toString('latin1', answer.pieceStart, answer.pieceEnd)
      hasExcess = answer.hasExcess
      if (answer.phase === DONE) is = 'whole'
    }
  }
  if (ends && is === 'unfinished') is = endAnswer(answer) ? 'whole' : 'broken'
  return { is, head, body, keepsAlive: answer.framing.keepsAlive, hasExcess }
}

/** Reads an answer that comes in one piece. */
export function readAtOnce(raw: string, reading: Reading = {}): Outcome {
  return readPieces([Buffer.from(raw, 'latin1')], reading)
}

/** Every way to cut the bytes in two, and the one to cut between all of them. */
export function splits(raw: Buffer): Buffer[][] {
  const pairs = Array.from({ length: raw.length - 1 }, (_, i) => [raw.subarray(0, i + 1), raw.subarray(i + 1)])
  return [...pairs, Array.from(raw, (_, i) => raw.subarray(i, i + 1))]
}
