import { isUtf8 } from 'node:buffer'
import { createHash, type Hash } from 'node:crypto'
import { constants } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import { WORDS_PER_DIGEST, writeHex } from '../identity/digest-table.ts'
import { parseLine } from './parse-line.ts'
import { createRevocationList, type RevocationList } from './revocation-list.ts'

export const LIST_BYTES_MAX = 64 * 1024 * 1024
export const LIST_LINES_MAX = 1_000_000
const LINE_BYTES_MAX = 4096
/** Read and parsed in one turn of the loop: a millisecond or two. */
const PIECE_BYTES = 64 * 1024
const LINE_FEED = 0x0a
const REPLACEMENT = '\ufffd'

/** What a file of revocations holds, or why that cannot be told. */
export type Reading = ListReading | ListFault

export interface ListReading {
  readonly list: RevocationList
  /** Tells one content from another. */
  readonly content: string
  /** True when the last line has no end: more of it may be on its way. */
  readonly isUnfinished: boolean
}

export interface ListFault {
  readonly fault: string
  /** From 1; null when it is no line that is at fault. */
  readonly line: number | null
  /** True when it may be another next time, though the file stays as it is. */
  readonly mayPass: boolean
}

/** Reads a file of revocations piece by piece: a long one stops nothing else on this thread. Throws nothing. */
export async function readList(path: string): Promise<Reading> {
  let file: FileHandle | null = null
  try {
    // Without waiting: opening a named pipe would wait for somebody who writes.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const stats = await file.stat()
    if (!stats.isFile()) return faulty(stats.isDirectory() ? 'is a folder' : 'is not a regular file')
    return await readPieces(file)
  } catch (error) {
    return faulty(reasonOf(error), null, true)
  } finally {
    await file?.close().catch(ignoreFault)
  }
}

/** Why a file cannot be read, in words. */
function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
  return REASONS[code] ?? `cannot be read (${code})`
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  EACCES: 'may not be read by this user',
  ELOOP: 'is a link that leads nowhere',
}

/** What was read so far. Changed in place. */
interface Parsing {
  readonly hash: Hash
  readonly keys: string[]
  readonly subjects: string[]
  words: Int32Array
  digests: number
  lines: number
}

async function readPieces(file: FileHandle): Promise<Reading> {
  const parsing: Parsing = {
    hash: createHash('sha256'),
    keys: [],
    subjects: [],
    words: new Int32Array(1024 * WORDS_PER_DIGEST),
    digests: 0,
    lines: 0,
  }
  const buffer = Buffer.alloc(PIECE_BYTES + LINE_BYTES_MAX)
  let kept = 0
  for (let total = 0; ;) {
    const { bytesRead } = await file.read(buffer, kept, PIECE_BYTES, null)
    if (bytesRead === 0) break
    total += bytesRead
    if (total > LIST_BYTES_MAX) return faulty(`is longer than ${LIST_BYTES_MAX} bytes`)
    parsing.hash.update(buffer.subarray(kept, kept + bytesRead))
    const end = kept + bytesRead
    const taken = parseLines(parsing, buffer.subarray(0, end))
    if (typeof taken !== 'number') return taken
    kept = end - taken
    if (kept > LINE_BYTES_MAX) return brokenLine(parsing.lines + 1)
    buffer.copyWithin(0, taken, end)
  }
  const isUnfinished = kept > 0
  if (isUnfinished && !takeLine(parsing, buffer.subarray(0, kept))) return brokenLine(parsing.lines)
  const words = parsing.words.subarray(0, parsing.digests * WORDS_PER_DIGEST)
  const list = createRevocationList(words, parsing.keys, parsing.subjects)
  return { list, content: parsing.hash.digest('hex'), isUnfinished }
}

/** @returns How many bytes the lines took that have an end, or the fault of one of them. */
function parseLines(parsing: Parsing, bytes: Buffer): number | ListFault {
  let start = 0
  for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
    if (parsing.lines >= LIST_LINES_MAX) return faulty(`has more than ${LIST_LINES_MAX} lines`)
    if (!takeLine(parsing, bytes.subarray(start, end))) return brokenLine(parsing.lines)
    start = end + 1
  }
  return start
}

/** @returns False when the line is broken. */
function takeLine(parsing: Parsing, bytes: Buffer): boolean {
  const decoded = bytes.toString('utf8')
  parsing.lines++
  if (decoded.includes(REPLACEMENT) && !isUtf8(bytes)) return false
  const line = parseLine(decoded)
  if (line === undefined) return false
  if (line === null) return true
  if ('digest' in line) takeDigest(parsing, line.digest)
  else if ('key' in line) parsing.keys.push(line.key)
  else parsing.subjects.push(...line.subjects)
  return true
}

function takeDigest(parsing: Parsing, hex: string): void {
  if (parsing.digests * WORDS_PER_DIGEST === parsing.words.length) {
    const more = new Int32Array(parsing.words.length * 2)
    more.set(parsing.words)
    parsing.words = more
  }
  writeHex(parsing.words, parsing.digests++, hex)
}

function brokenLine(line: number): ListFault {
  return faulty('is no digest, key or subject', line)
}

function faulty(fault: string, line: number | null = null, mayPass = false): ListFault {
  return { fault, line, mayPass }
}

/** Nothing is left to do with a descriptor that does not even close. */
function ignoreFault(): void {}
