import type { ResponseHead } from './types.ts'

/** What a head says about its connection and about where its body ends. */
export interface Framing {
  /** The head as it is handed on. Null for 1xx, which is read over. */
  head: ResponseHead | null
  /** Said before the head is read: there is no byte above ASCII in it. */
  isAscii: boolean
  isChunked: boolean
  /** -1 when there is no Content-Length. */
  contentLength: number
  /** True when the connection may be used again after the body. */
  keepsAlive: boolean
  /** How long the upstream keeps the idle connection, as it says; Infinity when it does not. */
  keepAliveMs: number
}

/**
 * Reads a head whose grammar `scanFields` has checked.
 *
 * @param text   One character a byte, from the status line to the empty line.
 * @param isHead True when HEAD was asked.
 * @returns False when it is in doubt where the answer ends; then nothing else can be said about it.
 */
export type ParseHead = (text: string, isHead: boolean, framing: Framing) => boolean

const PASS = 0
const DROP = 1
const CONTENT_LENGTH = 2
const TRANSFER_ENCODING = 3
const CONNECTION = 4
const KEEP_ALIVE = 5

const FIXED: readonly (readonly [name: string, kind: number])[] = [
  ['content-length', CONTENT_LENGTH],
  ['transfer-encoding', TRANSFER_ENCODING],
  ['connection', CONNECTION],
  ['keep-alive', KEEP_ALIVE],
  ['te', DROP],
  ['trailer', DROP],
  ['upgrade', DROP],
]

interface FieldName {
  /** Small letters. */
  readonly name: string
  readonly kind: number
}

/** Upstreams choose names: what is remembered of them has bounds. */
const REMEMBERED_MAX = 1024
const REMEMBERED_CHARACTERS_MAX = 64

const SPACE = 0x20
const TAB = 0x09
const CR = 0x0d
const DIGIT_0 = 0x30

const MINOR_AT = 7
const STATUS_AT = 9
/** Enough for any length that a number holds exactly. */
const LENGTH_DIGITS_MAX = 15
const SECOND_MS = 1000

export function createParseHead(): ParseHead {
  const names = new Map<string, FieldName>()

  const fieldName = (raw: string): FieldName => {
    const known = names.get(raw)
    if (known !== undefined) return known
    // A copy: a part of a string keeps the whole of it in memory.
    const own = Buffer.from(raw, 'latin1').toString('latin1')
    const name = own.toLowerCase()
    const field = { name, kind: kindOf(name) }
    if (names.size < REMEMBERED_MAX && own.length <= REMEMBERED_CHARACTERS_MAX) names.set(own, field)
    return field
  }

  return (text, isHead, framing) => {
    const status = digitAt(text, STATUS_AT) * 100 + digitAt(text, STATUS_AT + 1) * 10 + digitAt(text, STATUS_AT + 2)
    const isOld = digitAt(text, MINOR_AT) === 0
    // Nobody asked for another protocol.
    if (status === 101) return false
    framing.head = null
    framing.isChunked = false
    framing.contentLength = -1
    framing.keepsAlive = false
    framing.keepAliveMs = Infinity

    const fields: string[] = []
    const options: string[] = []
    let at = text.indexOf('\r', STATUS_AT) + 2
    while (text.charCodeAt(at) !== CR) {
      const colon = text.indexOf(':', at)
      const end = text.indexOf('\r', colon)
      const field = fieldName(text.slice(at, colon))
      const value = trimmed(text, colon + 1, end)
      if (field.kind === PASS) fields.push(field.name, value)
      else if (field.kind === CONNECTION) readOptions(value, options)
      else if (!readFraming(field.kind, value, framing)) return false
      at = end + 2
    }
    // RFC 9112, section 6.1: what has both, or a coding in the old version, may be an attempt to smuggle.
    if (framing.isChunked && (framing.contentLength !== -1 || isOld)) return false
    if (status < 200) return true

    framing.keepsAlive = isOld ? options.includes('keep-alive') : true
    if (options.includes('close')) framing.keepsAlive = false
    // A 204 has no length (RFC 9110, section 8.6); whoever sends one may well send the body, too.
    if (status === 204 && (framing.isChunked || framing.contentLength > 0)) framing.keepsAlive = false
    framing.head = {
      status,
      fields: namesFields(options) ? without(fields, options) : fields,
      isAscii: framing.isAscii,
      contentLength: framing.contentLength,
      hasBody: !isHead && status !== 204 && status !== 304,
    }
    return true
  }
}

function digitAt(text: string, at: number): number {
  return text.charCodeAt(at) - DIGIT_0
}

function trimmed(text: string, start: number, end: number): string {
  let from = start
  let to = end
  while (from < to && isBlank(text.charCodeAt(from))) from++
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--
  return text.slice(from, to)
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB
}

function kindOf(name: string): number {
  if (name.startsWith('proxy-')) return DROP
  return FIXED.find(([fixed]) => fixed === name)?.[1] ?? PASS
}

/** @returns False when the field leaves it in doubt where the body ends. */
function readFraming(kind: number, value: string, framing: Framing): boolean {
  if (kind === CONTENT_LENGTH) {
    if (framing.contentLength !== -1 || value.length > LENGTH_DIGITS_MAX || !/^[0-9]+$/.test(value)) return false
    framing.contentLength = Number(value)
  } else if (kind === TRANSFER_ENCODING) {
    if (framing.isChunked || value.toLowerCase() !== 'chunked') return false
    framing.isChunked = true
  } else if (kind === KEEP_ALIVE) {
    const seconds = /(?:^|[,\s])timeout=([0-9]{1,6})(?:[,\s]|$)/i.exec(value)?.[1]
    if (seconds !== undefined) framing.keepAliveMs = Number(seconds) * SECOND_MS
  }
  return true
}

/** Reads one Connection field: "close", "keep-alive" and names of fields. */
function readOptions(value: string, options: string[]): void {
  // What most of them say.
  if (value === 'keep-alive') {
    options.push(value)
    return
  }
  for (const option of value.toLowerCase().split(',')) options.push(option.trim())
}

/** "keep-alive" and "close" name none. */
function namesFields(options: readonly string[]): boolean {
  for (const option of options) if (option !== 'keep-alive' && option !== 'close') return true
  return false
}

function without(fields: readonly string[], names: readonly string[]): readonly string[] {
  return fields.filter((_, i) => !names.includes(fields[i - (i % 2)] ?? ''))
}
