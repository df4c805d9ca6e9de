import type { FactsRow, KeyRow } from './table.ts'

/**
 * Names the file of keys that are too many to be read by people, `keys.bin` beside the table. All numbers in it are
 * little-endian, and its parts follow each other without a gap:
 *
 * - 8 bytes "keysmith", then 32-bit numbers: the format (1), keys, later digests, kinds, bytes of ids, bytes of kinds
 * - by digest the 32 bytes of its SHA-256, read as eight words of 32 bits: first one for each key, by its position,
 *   all 0 where it has none; then the later ones
 * - by later digest a double, until when it opens
 * - by later digest its key, 32 bits
 * - by key its kind, 32 bits
 * - by key, then by kind, where it ends in the part that follows, 32 bits
 * - the ids, one after the other, in UTF-8
 * - the kinds, one after the other, each the JSON of a `KeyKindRow`
 */
export interface KeyFileRow {
  readonly file: 'keys.bin'
  readonly keys: number
  readonly digests: number
  /** Of the whole file, 64 hex digits: the table is served with the very file that it was compiled with. */
  readonly sha256: string
}

/** What keys share that differ in nothing but their ids and secrets. */
export interface KeyKindRow extends Omit<KeyRow, 'id' | 'facts'> {
  /** Without the line that names the key. */
  readonly identity: string
  readonly facts: FactsRow | null
  /** True when its secrets are those of another system. */
  readonly imported: boolean
}
