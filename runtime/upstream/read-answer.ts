import { HIGH_BIT } from './byte-classes.ts'
import { createChunkDecoder, decodeChunks, resetChunkDecoder, type ChunkDecoder } from './decode-chunks.ts'
import type { Framing, ParseHead } from './parse-head.ts'
import { BROKEN, createFieldScan, MORE, scanFields, scanHeadNext, type FieldScan } from './scan-fields.ts'
import type { ResponseHead } from './types.ts'

/** One answer as far as it has come, and what the last read told of it. A connection has one, for all its answers. */
export interface Answer {
  phase: number
  /** True when HEAD was asked. */
  isHead: boolean
  /** True once a byte of it came. */
  isBegun: boolean
  /** The head as far as it came, when it came in several reads. */
  text: string
  interims: number
  /** Bytes of the body that are still to come, when their number is known. */
  remaining: number
  readonly scan: FieldScan
  readonly chunks: ChunkDecoder
  readonly framing: Framing
  /** Set by the read that completed the head. */
  head: ResponseHead | null
  /** The body's bytes that the last read brought. */
  pieceStart: number
  pieceEnd: number
  /** True when bytes came behind the answer's end. */
  hasExcess: boolean
}

export const HEAD = 0
const LENGTH = 1
const CHUNKS = 2
const UNTIL_CLOSE = 3
export const DONE = 4

/** 1xx answers before the one that counts. */
const INTERIMS_MAX = 16

export function createAnswer(): Answer {
  return {
    phase: DONE,
    isHead: false,
    isBegun: false,
    text: '',
    interims: 0,
    remaining: 0,
    scan: createFieldScan(),
    chunks: createChunkDecoder(),
    framing: {
      head: null,
      isAscii: true,
      isChunked: false,
      contentLength: -1,
      keepsAlive: false,
      keepAliveMs: Infinity,
    },
    head: null,
    pieceStart: 0,
    pieceEnd: 0,
    hasExcess: false,
  }
}

/** Another answer is to come. */
export function expectAnswer(answer: Answer, method: string): void {
  answer.phase = HEAD
  answer.isHead = method === 'HEAD'
  answer.isBegun = false
  answer.text = ''
  answer.interims = 0
  answer.head = null
  answer.hasExcess = false
  scanHeadNext(answer.scan)
}

/**
 * Takes what a read brought. Bytes of a chunked body are moved together in place.
 *
 * @param length How many of the bytes were read, at least 1.
 * @returns False when this is no answer; nothing more can be read from the connection then.
 */
export function readAnswer(answer: Answer, parseHead: ParseHead, bytes: Buffer, length: number): boolean {
  answer.isBegun = true
  answer.head = null
  answer.pieceStart = length
  answer.pieceEnd = length
  let at = 0
  while (answer.phase === HEAD && at < length) {
    const end = scanFields(answer.scan, bytes, at, length)
    if (end === BROKEN) return false
    const text = bytes.toString('latin1', at, end === MORE ? length : end)
    answer.text = answer.text === '' ? text : answer.text + text
    if (end === MORE) return true
    at = end
    if (!takeHead(answer, parseHead)) return false
  }
  return readBody(answer, bytes, at, length)
}

/** The connection ended. @returns True when that is the answer's end. */
export function endAnswer(answer: Answer): boolean {
  if (answer.phase !== UNTIL_CLOSE) return false
  answer.phase = DONE
  return true
}

function takeHead(answer: Answer, parseHead: ParseHead): boolean {
  const { framing } = answer
  framing.isAscii = (answer.scan.classes & HIGH_BIT) === 0
  const isRead = parseHead(answer.text, answer.isHead, framing)
  answer.text = ''
  if (!isRead) return false
  answer.head = framing.head
  if (framing.head === null) {
    answer.interims++
    scanHeadNext(answer.scan)
    return answer.interims <= INTERIMS_MAX
  }
  answer.remaining = framing.contentLength
  answer.phase = phaseAfterHead(framing.head, framing)
  if (answer.phase === CHUNKS) resetChunkDecoder(answer.chunks)
  if (answer.phase === UNTIL_CLOSE) framing.keepsAlive = false
  return true
}

function phaseAfterHead(head: ResponseHead, framing: Framing): number {
  if (!head.hasBody || framing.contentLength === 0) return DONE
  if (framing.isChunked) return CHUNKS
  return framing.contentLength > 0 ? LENGTH : UNTIL_CLOSE
}

function readBody(answer: Answer, bytes: Buffer, start: number, length: number): boolean {
  let end = start
  if (answer.phase === LENGTH) {
    end = Math.min(start + answer.remaining, length)
    answer.remaining -= end - start
    if (answer.remaining === 0) answer.phase = DONE
    setPiece(answer, start, end)
  } else if (answer.phase === CHUNKS) {
    end = decodeChunks(answer.chunks, bytes, start, length)
    if (end === BROKEN) return false
    if (end === MORE) end = length
    else answer.phase = DONE
    setPiece(answer, answer.chunks.pieceStart, answer.chunks.pieceEnd)
  } else if (answer.phase === UNTIL_CLOSE) {
    end = length
    setPiece(answer, start, end)
  }
  answer.hasExcess = end < length
  return true
}

function setPiece(answer: Answer, start: number, end: number): void {
  answer.pieceStart = start
  answer.pieceEnd = end
}
