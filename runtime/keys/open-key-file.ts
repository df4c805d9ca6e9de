import { createHash } from 'node:crypto'
import type { KeyFileRow } from '../../schemas/key-file.ts'
import { addDigest, createDigestSlots, WORDS_PER_DIGEST, type DigestTable } from '../identity/digest-table.ts'
import type { TextColumn } from './text-column.ts'

/** What `keys.bin` holds, over memory that all threads share. */
export interface KeyColumns {
  readonly ids: TextColumn
  readonly kindOf: Int32Array
  /** Each the JSON of a `KeyKindRow`. */
  readonly kinds: TextColumn
  /** First the digest of each key, by its position, then the later ones. */
  readonly digests: DigestTable
  /** By later digest: until when it opens, and its key. */
  readonly laterUntilMs: Float64Array
  readonly laterKey: Int32Array
}

const MARK = 'keysmith'
const FORMAT = 1
const BYTES_PER_WORD = 4
const BYTES_PER_DOUBLE = 8
const HEAD_WORDS = 6

/**
 * Lays columns over a file of keys, and makes its digests ones that are found.
 *
 * @param bytes Null where there is no such file. Kept: threads share its memory.
 * @returns Null where the table names no file.
 * @throws When the file is not the one that the table was compiled with.
 */
export function openKeyFile(row: KeyFileRow | undefined, bytes: Uint8Array | null): KeyColumns | null {
  if (row === undefined) return null
  if (bytes === null) throw new Error(`the table needs ${row.file}, which was not given`)
  const shared = inSharedMemory(bytes)
  const sha256 = createHash('sha256').update(shared).digest('hex')
  const begins = Buffer.from(shared.slice(0, MARK.length)).toString('latin1')
  if (sha256 !== row.sha256 || begins !== MARK)
    throw new Error(`${row.file} is not the file that the table was compiled with`)

  let at = shared.byteOffset + MARK.length
  const words = (count: number): Int32Array => {
    const view = new Int32Array(shared.buffer, at, count)
    at += count * BYTES_PER_WORD
    return view
  }
  const [format = 0, keys = 0, later = 0, kinds = 0, idBytes = 0, kindBytes = 0] = words(HEAD_WORDS)
  if (format !== FORMAT) throw new Error(`${row.file} has format ${format}; this runtime reads ${FORMAT}`)
  const digestWords = words((keys + later) * WORDS_PER_DIGEST)
  const laterUntilMs = new Float64Array(shared.buffer, at, later)
  at += later * BYTES_PER_DOUBLE
  const laterKey = words(later)
  const kindOf = words(keys)
  const idEnds = unsigned(words(keys))
  const kindEnds = unsigned(words(kinds))
  const idsAt = at
  return {
    digests: findable(digestWords),
    laterUntilMs,
    laterKey,
    kindOf,
    ids: { bytes: new Uint8Array(shared.buffer, idsAt, idBytes), ends: idEnds },
    kinds: { bytes: new Uint8Array(shared.buffer, idsAt + idBytes, kindBytes), ends: kindEnds },
  }
}

function inSharedMemory(bytes: Uint8Array): Uint8Array {
  if (bytes.buffer instanceof SharedArrayBuffer && bytes.byteOffset % BYTES_PER_DOUBLE === 0) return bytes
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length))
  shared.set(bytes)
  return shared
}

function unsigned({ buffer, byteOffset, length }: Int32Array): Uint32Array {
  return new Uint32Array(buffer, byteOffset, length)
}

/** All 0 stands for a key without a secret; no secret comes to that. */
function findable(words: Int32Array): DigestTable {
  const count = words.length / WORDS_PER_DIGEST
  const table = { slots: createDigestSlots(count), words }
  for (let position = 0; position < count; position++) if (!isNothing(words, position)) addDigest(table, position)
  return table
}

function isNothing(words: Int32Array, position: number): boolean {
  let some = 0
  for (let i = 0; i < WORDS_PER_DIGEST; i++) some |= words[position * WORDS_PER_DIGEST + i] ?? 0
  return some === 0
}
