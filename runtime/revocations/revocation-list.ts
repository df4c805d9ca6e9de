import {
  addDigest,
  createDigestTable,
  findWords,
  WORDS_PER_DIGEST,
  type DigestTable,
} from '../identity/digest-table.ts'

/** What a file of revocations says, in a form that threads share or get with little copying. */
export interface RevocationList {
  /** Of secrets and of tokens. */
  readonly digests: DigestTable
  readonly digestCount: number
  /** Ids of keys, whatever their secrets. */
  readonly keys: readonly string[]
  /** "<issuer>/<subject>" of tokens. */
  readonly subjects: readonly string[]
}

export const NO_REVOCATIONS: RevocationList = createRevocationList(new Int32Array(0), [], [])

/** @param words Those of the digests, eight each. Any of them may come twice. */
export function createRevocationList(
  words: Int32Array,
  keys: Iterable<string>,
  subjects: Iterable<string>,
): RevocationList {
  const room = words.length / WORDS_PER_DIGEST
  const digests = createDigestTable(room)
  digests.words.set(words)
  let digestCount = 0
  for (let position = 0; position < room; position++) if (addDigest(digests, position)) digestCount++
  return { digests, digestCount, keys: [...new Set(keys)], subjects: [...new Set(subjects)] }
}

export function entriesOf({ digestCount, keys, subjects }: RevocationList): number {
  return digestCount + keys.length + subjects.length
}

/** True when something that the one list revokes is open to the other. */
export function lacksSome(next: RevocationList, before: RevocationList): boolean {
  const { words } = before.digests
  for (let at = 0; at < words.length / WORDS_PER_DIGEST; at++) {
    if (findWords(next.digests, words, at) < 0) return true
  }
  return lacksName(next.keys, before.keys) || lacksName(next.subjects, before.subjects)
}

function lacksName(next: readonly string[], before: readonly string[]): boolean {
  const names = new Set(next)
  return before.some((name) => !names.has(name))
}
