/** One message as a strict reader sees it (RFC 9112). */
export interface Message {
  /** The request line or the status line. */
  readonly start: string
  /** Names in small letters, values without blanks around them, one character a byte. */
  readonly fields: readonly (readonly [name: string, value: string])[]
  readonly body: Buffer
  /** What says where the body ends. */
  readonly framing: 'none' | 'length' | 'chunks' | 'close'
  /** False while its end has not come. */
  readonly complete: boolean
}

export interface Reading {
  readonly messages: readonly Message[]
  /** What follows the last complete message. */
  readonly rest: Buffer
}

export class NotHttp extends Error {}

const FIELD = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[\t ]*((?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)[\t ]*$/
const STATUS_LINE = /^HTTP\/1\.1 [1-5][0-9]{2} [\t\x20-\x7e\x80-\xff]*$/
const REQUEST_LINE = /^[A-Z]+ \/[\x21-\x7e]* HTTP\/1\.1$/
const CHUNK_SIZE = /^[0-9a-fA-F]{1,8}$/
const HEAD_END = '\r\n\r\n'

/** Reads requests. @throws NotHttp for anything that a strict server must refuse. */
export function readRequests(bytes: Buffer): Reading {
  return readMessages(bytes, REQUEST_LINE, (_, fields) => (hasFraming(fields) ? 'framed' : 'none'), false)
}

/**
 * Reads the answers to requests; interim ones are left out.
 *
 * @param methods Of the requests, in order. More answers than these are read as answers to GET.
 * @param ended   True when the connection ended behind the bytes.
 * @throws NotHttp for anything that a strict client must refuse.
 */
export function readAnswers(bytes: Buffer, methods: readonly string[], ended: boolean): Reading {
  let finals = 0
  const reading = readMessages(
    bytes,
    STATUS_LINE,
    (start, fields) => {
      const status = statusOf(start)
      if (status < 200) return 'none'
      const isBodiless = methods[finals++] === 'HEAD' || status === 204 || status === 304
      if (isBodiless) return 'none'
      return hasFraming(fields) ? 'framed' : 'close'
    },
    ended,
  )
  return { ...reading, messages: reading.messages.filter(({ start }) => statusOf(start) >= 200) }
}

export function statusOf(statusLine: string): number {
  return Number(statusLine.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length))
}

/** All values of a field, or none. */
export function valuesOf({ fields }: Message, name: string): string[] {
  return fields.filter(([other]) => other === name).map(([, value]) => value)
}

type BodyRule = (start: string, fields: Message['fields']) => 'none' | 'framed' | 'close'

function readMessages(bytes: Buffer, startLine: RegExp, ruleOf: BodyRule, ended: boolean): Reading {
  const messages: Message[] = []
  let at = 0
  while (at < bytes.length) {
    const headEnd = bytes.indexOf(HEAD_END, at, 'latin1')
    if (headEnd < 0) break
    const [start = '', ...lines] = bytes.toString('latin1', at, headEnd).split('\r\n')
    if (!startLine.test(start)) throw new NotHttp(`a start line ${JSON.stringify(start)}`)
    const fields = lines.map(readField)
    const { message, end } = readBody(bytes, headEnd + HEAD_END.length, start, fields, ruleOf(start, fields), ended)
    messages.push(message)
    if (!message.complete) return { messages, rest: bytes.subarray(at) }
    at = end
  }
  return { messages, rest: bytes.subarray(at) }
}

function readField(line: string): readonly [string, string] {
  const [, name, value] = FIELD.exec(line) ?? []
  if (name === undefined || value === undefined) throw new NotHttp(`a field ${JSON.stringify(line)}`)
  return [name.toLowerCase(), value]
}

function hasFraming(fields: Message['fields']): boolean {
  return fields.some(([name]) => name === 'content-length' || name === 'transfer-encoding')
}

function readBody(
  bytes: Buffer,
  at: number,
  start: string,
  fields: Message['fields'],
  rule: ReturnType<BodyRule>,
  ended: boolean,
): { readonly message: Message; readonly end: number } {
  const framings = fields.filter(([name]) => name === 'content-length' || name === 'transfer-encoding')
  const [framing, ...more] = framings
  if (more.length > 0) throw new NotHttp(`${framings.length} fields that say where the body of "${start}" ends`)
  if (rule === 'none')
    return { message: { start, fields, body: Buffer.alloc(0), framing: 'none', complete: true }, end: at }
  if (framing === undefined)
    return {
      message: { start, fields, body: bytes.subarray(at), framing: 'close', complete: ended },
      end: bytes.length,
    }
  if (framing[0] === 'content-length') {
    if (!/^[0-9]{1,15}$/.test(framing[1])) throw new NotHttp(`a length ${JSON.stringify(framing[1])}`)
    const end = at + Number(framing[1])
    const complete = end <= bytes.length
    return { message: { start, fields, body: bytes.subarray(at, end), framing: 'length', complete }, end }
  }
  if (framing[1].toLowerCase() !== 'chunked') throw new NotHttp(`a coding ${JSON.stringify(framing[1])}`)
  const { body, end } = readChunks(bytes, at)
  return { message: { start, fields, body, framing: 'chunks', complete: end >= 0 }, end }
}

/** @returns The data so far, and where the body ends; -1 when that has not come. */
function readChunks(bytes: Buffer, start: number): { readonly body: Buffer; readonly end: number } {
  const pieces: Buffer[] = []
  for (let at = start; ;) {
    const lineEnd = bytes.indexOf('\r\n', at, 'latin1')
    if (lineEnd < 0) return { body: Buffer.concat(pieces), end: -1 }
    const line = bytes.toString('latin1', at, lineEnd)
    if (!CHUNK_SIZE.test(line)) throw new NotHttp(`a chunk size ${JSON.stringify(line.slice(0, 40))}`)
    const size = parseInt(line, 16)
    const dataEnd = lineEnd + 2 + size
    pieces.push(bytes.subarray(lineEnd + 2, dataEnd))
    if (bytes.length < dataEnd + 2) return { body: Buffer.concat(pieces), end: -1 }
    if (bytes.toString('latin1', dataEnd, dataEnd + 2) !== '\r\n') throw new NotHttp('a chunk without its line end')
    at = dataEnd + 2
    if (size === 0) return { body: Buffer.concat(pieces), end: at }
  }
}
