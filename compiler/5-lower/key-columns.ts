import type { KeyKindRow } from '../../schemas/key-file.ts'
import type { DigestRow, FactsRow, KeyRow } from '../../schemas/table.ts'

/** More than people read: such keys go to a file of their own. */
export const KEYS_WRITTEN_MAX = 2_000

/** Keys as columns, by position. Those that differ in nothing but ids and secrets share a kind. */
export interface KeyColumns {
  readonly ids: readonly string[]
  readonly kindOf: Int32Array
  readonly kinds: readonly KeyKindRow[]
  /** 64 hex digits, or "" for a key without. */
  readonly digests: readonly string[]
  /** What opens beside the first, until some time. */
  readonly later: readonly Pick<DigestRow, 'sha256' | 'key' | 'untilMs'>[]
}

export interface KeyRows {
  readonly rows: readonly KeyRow[]
  readonly digests: readonly DigestRow[]
  readonly facts: readonly FactsRow[]
}

export function keyColumns({ rows, digests, facts }: KeyRows): KeyColumns {
  const positions = new Map<string, number>()
  const kinds: KeyKindRow[] = []
  const imported = new Set(digests.filter((digest) => digest.imported).map(({ key }) => key))
  const kindOf = Int32Array.from(rows, (row, position) => {
    const kind = kindOfRow(row, facts[row.facts] ?? null, imported.has(position))
    const identity = JSON.stringify(kind)
    const known = positions.get(identity)
    if (known !== undefined) return known
    positions.set(identity, kinds.length)
    return kinds.push(kind) - 1
  })
  const firsts = new Array<string>(rows.length).fill('')
  const later: KeyColumns['later'][number][] = []
  for (const { key, sha256, untilMs } of digests) {
    if (firsts[key] === '') firsts[key] = sha256
    else later.push({ key, sha256, untilMs })
  }
  return {
    ids: rows.map(({ id }) => id),
    kindOf,
    kinds,
    digests: firsts,
    later,
  }
}

function kindOfRow(
  { id: _, identity, facts: __, ...row }: KeyRow,
  facts: FactsRow | null,
  imported: boolean,
): KeyKindRow {
  return { ...row, identity: identity.slice(identity.indexOf('\n') + 1), facts, imported }
}
