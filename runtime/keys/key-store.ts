import type { KeyKindRow } from '../../schemas/key-file.ts'
import type { DigestRow, FactsRow, GatewayTable, KeyRow } from '../../schemas/table.ts'
import { createDigestIndex, findIn, type DigestIndex } from '../identity/digest-index.ts'
import { at } from '../load-table.ts'
import { loadKey, loadKind, type KeyParts, type LoadedKey } from './load-key.ts'
import type { KeyColumns } from './open-key-file.ts'
import { textAt, textColumn, type TextColumn } from './text-column.ts'

/** The keys of a table and what opens as them, whether they stand in the table or in a file beside it. */
export interface KeyStore {
  readonly count: number
  readonly ids: TextColumn
  /** @throws When there is no key at the position. */
  readonly at: (position: number) => LoadedKey
  readonly digests: KeyDigests
}

/** By a digest's position. */
export interface KeyDigests extends DigestIndex {
  readonly count: number
  readonly keyOf: (position: number) => number
  /** After a rotation the old secret opens until then. */
  readonly untilMs: (position: number) => number
  /** True for a secret of another system, whose form is not ours. */
  readonly isImported: (position: number) => boolean
}

/** The latest point in time that a `Date` can hold. */
const FOREVER = 8_640_000_000_000_000
/** Keys and kinds that are kept as objects, a power of two; any other is made from its bytes in less than a microsecond. */
const KEPT = 1024

export function createKeyStore(table: GatewayTable, columns: KeyColumns | null, parts: KeyParts): KeyStore {
  if (columns !== null) return filedKeys(columns, parts)
  if (table.keyFile !== undefined) throw new Error(`the table needs ${table.keyFile.file}, which was not given`)
  const keys = table.keys.map((row, position) =>
    loadKey(loadKind(row, factsOf(table, row), parts), row.id, row.identity, position),
  )
  return {
    count: keys.length,
    ids: idsOf(table),
    at: (position) => at(keys, position),
    digests: writtenDigests(table.digests),
  }
}

export function idsOf({ keys }: { readonly keys: readonly Pick<KeyRow, 'id'>[] }): TextColumn {
  return textColumn(keys.map(({ id }) => id))
}

function factsOf({ facts }: GatewayTable, row: KeyRow): FactsRow | null {
  return row.facts < 0 ? null : at(facts, row.facts)
}

function writtenDigests(rows: readonly DigestRow[]): KeyDigests {
  return {
    ...createDigestIndex(rows),
    count: rows.length,
    keyOf: (position) => at(rows, position).key,
    untilMs: (position) => at(rows, position).untilMs,
    isImported: (position) => at(rows, position).imported,
  }
}

function filedKeys({ ids, kindOf, kinds, digests, laterUntilMs, laterKey }: KeyColumns, parts: KeyParts): KeyStore {
  const count = kindOf.length
  const kindAt = keepSome((position) => {
    // Safe: the compiler wrote each as such a row, and the file is the very one.
    const row = JSON.parse(textAt(kinds, position)) as KeyKindRow
    return { row, loaded: loadKind(row, row.facts, parts) }
  })
  const kindOfKey = (position: number): ReturnType<typeof kindAt> => kindAt(kindOf[position] ?? -1)
  const keyOf = (position: number): number => (position < count ? position : (laterKey[position - count] ?? -1))
  return {
    count,
    ids,
    at: keepSome((position) => {
      const id = textAt(ids, position)
      const { row, loaded } = kindOfKey(position)
      return loadKey(loaded, id, `x-keysmith-key: ${id}\r\n${row.identity}`, position)
    }),
    digests: {
      find: (secret) => findIn(digests, secret),
      table: digests,
      count: count + laterKey.length,
      keyOf,
      untilMs: (position) => (position < count ? FOREVER : (laterUntilMs[position - count] ?? 0)),
      isImported: (position) => kindOfKey(keyOf(position)).row.imported,
    },
  }
}

/** What was made stays until another is made whose position ends in the same bits. */
function keepSome<Made>(make: (position: number) => Made): (position: number) => Made {
  const kept = new Array<Made | undefined>(KEPT).fill(undefined)
  const positions = new Int32Array(KEPT).fill(-1)
  return (position) => {
    const place = position & (KEPT - 1)
    const known = positions[place] === position ? kept[place] : undefined
    if (known !== undefined) return known
    const made = make(position)
    kept[place] = made
    positions[place] = position
    return made
  }
}
