import { createHash } from 'node:crypto'
import type { KeyFileRow } from '../../schemas/key-file.ts'
import type { KeyColumns } from '../5-lower/key-columns.ts'

/** A file of keys, and what the table says of it. */
export interface KeyFile {
  readonly row: KeyFileRow
  /** Over memory that threads can share. */
  readonly bytes: Uint8Array
}

export const KEY_FILE = 'keys.bin'
/** So that one can be told from a file of somebody else's. */
export const KEY_FILE_MARK = 'keysmith'
const FORMAT = 1
const BYTES_PER_WORD = 4
const BYTES_PER_DOUBLE = 8
const BYTES_PER_DIGEST = 32
const HEAD_WORDS = 6

/** Writes keys as `schemas/key-file.ts` says. Same keys, same bytes. */
export function writeKeyFile({ ids, kindOf, kinds, digests, later }: KeyColumns): KeyFile {
  const ownIds = encodeAll(ids)
  const ownKinds = encodeAll(kinds.map((kind) => JSON.stringify(kind)))
  const digestCount = ids.length + later.length
  const size =
    KEY_FILE_MARK.length +
    BYTES_PER_WORD * (HEAD_WORDS + later.length + 2 * ids.length + kinds.length) +
    BYTES_PER_DIGEST * digestCount +
    BYTES_PER_DOUBLE * later.length +
    ownIds.bytes.length +
    ownKinds.bytes.length
  const bytes = Buffer.from(new SharedArrayBuffer(size))
  let at = bytes.write(KEY_FILE_MARK, 0, 'latin1')
  const head = [FORMAT, ids.length, later.length, kinds.length, ownIds.bytes.length, ownKinds.bytes.length]
  const writeWords = (words: Iterable<number>): void => {
    for (const word of words) at = bytes.writeUInt32LE(word, at)
  }
  const writeDigest = (hex: string): void => {
    bytes.write(hex, at, 'hex')
    at += BYTES_PER_DIGEST
  }
  writeWords(head)
  for (const digest of digests) writeDigest(digest)
  for (const { sha256 } of later) writeDigest(sha256)
  for (const { untilMs } of later) at = bytes.writeDoubleLE(untilMs, at)
  writeWords(later.map(({ key }) => key))
  writeWords(kindOf)
  writeWords(ownIds.ends)
  writeWords(ownKinds.ends)
  bytes.set(ownIds.bytes, at)
  bytes.set(ownKinds.bytes, at + ownIds.bytes.length)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return { row: { file: KEY_FILE, keys: ids.length, digests: digestCount, sha256 }, bytes }
}

function encodeAll(texts: readonly string[]): { bytes: Uint8Array; ends: Uint32Array } {
  const ends = new Uint32Array(texts.length)
  let end = 0
  for (const [i, text] of texts.entries()) ends[i] = end += Buffer.byteLength(text)
  return { bytes: Buffer.from(texts.join('')), ends }
}
