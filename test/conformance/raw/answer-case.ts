import { readFileSync } from 'node:fs'
import { SHARED_FOLDER } from '../../support/needs.ts'

/** What an upstream answers, byte for byte. */
export interface AnswerCase {
  readonly name: string
  readonly bytes: Buffer
  /** Where the answer ends; what follows is nobody's. */
  readonly endsAt: number
  /** False where its bytes cannot be read as an answer. */
  readonly isClear: boolean
}

interface SharedAnswer {
  readonly name: string
  readonly raw_base64: string
  /** "ok", or "error: " and why. */
  readonly llhttp: string
}

/** The answers that another project gathered. */
export function sharedAnswers(): AnswerCase[] {
  const text = readFileSync(`${SHARED_FOLDER}/data/http-raw/upstream-responses.json`, 'utf8')
  // Safe: the folder's README says what the file holds.
  const cases = JSON.parse(text) as readonly SharedAnswer[]
  return cases.map(({ name, raw_base64, llhttp }) => caseOf(name, Buffer.from(raw_base64, 'base64'), llhttp === 'ok'))
}

/** Behind an answer in its own segment: must never be anybody's answer. */
const STRAY = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nstray'
const LENGTH = 'Content-Length: 2'
const CHUNKED = 'Transfer-Encoding: chunked'
const CHUNKS = '2\r\nok\r\n0\r\n\r\n'

/** Answers that no gateway may hand on. */
const BROKEN: Readonly<Record<string, string>> = {
  'two equal lengths': ok([LENGTH, LENGTH], 'ok'),
  'two lengths': ok([LENGTH, 'Content-Length: 3'], 'ok!'),
  'a list of lengths': ok(['Content-Length: 2, 2'], 'ok'),
  'a length with a sign': ok(['Content-Length: +2'], 'ok'),
  'a length below zero': ok(['Content-Length: -2'], 'ok'),
  'a length in hex': ok(['Content-Length: 0x2'], 'ok'),
  'a length and a coding': ok([LENGTH, CHUNKED], CHUNKS),
  'a coding and a length': ok([CHUNKED, LENGTH], CHUNKS),
  'two codings': ok([CHUNKED, CHUNKED], CHUNKS),
  'a coding that is not known': ok(['Transfer-Encoding: xchunked'], CHUNKS),
  'chunked that is not last': ok(['Transfer-Encoding: chunked, gzip'], CHUNKS),
  'a blank before the colon': ok(['Content-Length : 2'], 'ok'),
  'a name with a blank': ok(['X Y: z', LENGTH], 'ok'),
  'no name': ok([': z', LENGTH], 'ok'),
  'no colon': ok(['z', LENGTH], 'ok'),
  'a folded line': ok(['X: y', ' z', LENGTH], 'ok'),
  'CR in a value': ok(['X: y\rInjected: 1', LENGTH], 'ok'),
  'LF in a value': ok(['X: y\nInjected: 1', LENGTH], 'ok'),
  'NUL in a value': ok(['X: y\0', LENGTH], 'ok'),
  'line ends without CR': 'HTTP/1.1 200 OK\nContent-Length: 2\n\nok',
  'another protocol': 'HTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
  'a later version': 'HTTP/2.0 200 OK\r\nContent-Length: 2\r\n\r\nok',
  'a status of two digits': 'HTTP/1.1 20 OK\r\nContent-Length: 2\r\n\r\nok',
  'a status of four digits': 'HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\nok',
  'a status below 100': 'HTTP/1.1 099 OK\r\nContent-Length: 2\r\n\r\nok',
  'a status that is none': 'HTTP/1.1 OK\r\nContent-Length: 2\r\n\r\nok',
  'another protocol to switch to': 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: upgrade\r\n\r\nok',
  'a head that ends early': 'HTTP/1.1 200 OK\r\nContent-Le',
  nothing: '',
}

/** Answers whose head is good, and whose body is not: nobody may take it for a whole one. */
const CUT: Readonly<Record<string, string>> = {
  'a body that ends early': ok(['Content-Length: 3'], 'ok'),
  'chunks that end early': ok([CHUNKED], '2\r\nok\r\n'),
  'a chunk that ends early': ok([CHUNKED], '5\r\nok'),
  'a chunk size that is none': ok([CHUNKED], '2\r\nok\r\nx\r\n'),
  'a chunk size with a sign': ok([CHUNKED], '2\r\nok\r\n+0\r\n\r\n'),
  'a chunk size before a blank': ok([CHUNKED], '2\r\nok\r\n0 \r\n\r\n'),
  'a chunk size beyond any number': ok([CHUNKED], '2\r\nok\r\nfffffffffffffffff\r\n'),
  'a chunk without its line end': ok([CHUNKED], '2\r\nokXX0\r\n\r\n'),
  'a chunk size line without CR': ok([CHUNKED], '2\r\nok\r\n0\n\n'),
}

/** Answers that are whole, and what follows some of them must be nobody's. */
const WHOLE: Readonly<Record<string, string>> = {
  'a length': ok([LENGTH], 'ok'),
  'a length and more behind it': ok([LENGTH], 'ok') + STRAY,
  chunks: ok([CHUNKED], CHUNKS),
  'chunks with extensions and trailers': ok([CHUNKED], '1;a=b\r\no\r\n1\r\nk\r\n0\r\nX-Trailer: y\r\n\r\n'),
  'chunks and more behind them': ok([CHUNKED], CHUNKS) + STRAY,
  'an end by closing': ok([], 'ok'),
  'an end by closing of HTTP/1.0': 'HTTP/1.0 200 OK\r\n\r\nok',
  'no content': 'HTTP/1.1 204 No Content\r\n\r\n',
  'no content and more behind it': 'HTTP/1.1 204 No Content\r\n\r\n' + STRAY,
  'not modified, of a length': 'HTTP/1.1 304 Not Modified\r\nContent-Length: 100\r\n\r\n',
  'interim answers ahead':
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n' + ok([LENGTH], 'ok'),
}

export const BROKEN_ANSWERS = casesOf(BROKEN, { isClear: false })
export const CUT_ANSWERS = casesOf(CUT, { isClear: false })
export const WHOLE_ANSWERS = casesOf(WHOLE, { isClear: true })

function ok(fields: readonly string[], body: string): string {
  return `HTTP/1.1 200 OK\r\n${fields.map((field) => `${field}\r\n`).join('')}\r\n${body}`
}

function casesOf(texts: Readonly<Record<string, string>>, { isClear }: { isClear: boolean }): AnswerCase[] {
  return Object.entries(texts).map(([name, text]) => caseOf(name, Buffer.from(text, 'latin1'), isClear))
}

function caseOf(name: string, bytes: Buffer, isClear: boolean): AnswerCase {
  return { name, bytes, endsAt: isClear ? endOf(bytes.toString('latin1')) : bytes.length, isClear }
}

/** Where a clear answer ends. */
function endOf(text: string): number {
  const headEnd = text.indexOf('\r\n\r\n') + '\r\n\r\n'.length
  const head = text.slice(0, headEnd)
  if (/^HTTP\/1\.. 1/.test(head)) return headEnd + endOf(text.slice(headEnd))
  if (/^HTTP\/1\.. (204|304)/.test(head)) return headEnd
  if (/^transfer-encoding:/im.test(head)) {
    const last = text.indexOf('\r\n0\r\n', headEnd)
    return last < 0 ? text.length : text.indexOf('\r\n\r\n', last) + '\r\n\r\n'.length
  }
  const [, length] = /^content-length: *([0-9]+)/im.exec(head) ?? []
  return length === undefined ? text.length : Math.min(text.length, headEnd + Number(length))
}
