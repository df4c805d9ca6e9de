import type { CallerToken } from '../caller.ts'
import type { Exchange } from '../exchange.ts'
import { findDigest, findWords, WORDS_PER_DIGEST, type DigestTable } from '../identity/digest-table.ts'
import { findText, indexTexts, textColumn } from '../keys/text-column.ts'
import type { LoadedTable } from '../load-table.ts'
import { NO_REVOCATIONS, type RevocationList } from './revocation-list.ts'

/** What of a table is revoked now. Changed in place when another list holds: the table stays. */
export interface Revoked {
  /** 1 for each digest, by its position, that opens nothing: by itself or by its key. */
  readonly digests: Uint8Array
  /** 1 for each key that is revoked whatever its secrets. */
  readonly keys: Uint8Array
  list: RevocationList
  subjects: ReadonlySet<string>
}

const NO_DIGEST = -1
const NO_SUBJECTS: ReadonlySet<string> = new Set()

export function createRevoked(digests: number, keys: number): Revoked {
  return {
    digests: new Uint8Array(digests),
    keys: new Uint8Array(keys),
    list: NO_REVOCATIONS,
    subjects: NO_SUBJECTS,
  }
}

/** Lets a list hold for a table, in place of whatever held before. */
export function applyRevocations({ revoked, keys }: LoadedTable, list: RevocationList): void {
  revoked.list = list
  revoked.subjects = list.subjects.length === 0 ? NO_SUBJECTS : new Set(list.subjects)
  revoked.digests.fill(0)
  revoked.keys.fill(0)
  markDigests(revoked.digests, keys.digests.table, list)
  if (list.keys.length === 0) return
  const wanted = indexTexts(textColumn(list.keys))
  for (let position = 0; position < keys.count; position++) {
    if (findText(wanted, keys.ids, position) >= 0) revoked.keys[position] = 1
  }
  for (let position = 0; position < keys.digests.count; position++) {
    if (revoked.keys[keys.digests.keyOf(position)] === 1) revoked.digests[position] = 1
  }
}

/** Goes through the shorter of the two, and looks each digest of it up in the other: either may hold a million. */
function markDigests(marks: Uint8Array, own: DigestTable, { digests, digestCount }: RevocationList): void {
  if (digestCount === 0) return
  if (marks.length < digestCount) {
    for (let position = 0; position < marks.length; position++) {
      if (findWords(digests, own.words, position) >= 0) marks[position] = 1
    }
    return
  }
  for (let at = 0; at < digests.words.length / WORDS_PER_DIGEST; at++) {
    const position = findWords(own, digests.words, at)
    if (position >= 0) marks[position] = 1
  }
}

/** True when what a request presented, or whose it is, is revoked now: a secret, a key that signs, or a token. */
export function isRevoked({ table: { revoked }, digest, caller }: Exchange): boolean {
  if (digest !== NO_DIGEST) return revoked.digests[digest] === 1
  if (caller === null) return false
  if (caller.token !== null) return isTokenRevoked(revoked, caller.token)
  return caller.key >= 0 && revoked.keys[caller.key] === 1
}

/** True when a token, or whoever it speaks for, is revoked. */
export function isTokenRevoked({ list, subjects }: Revoked, { issuer, subject, digest }: CallerToken): boolean {
  if (subjects.size > 0 && subjects.has(`${issuer}/${subject}`)) return true
  return list.digestCount > 0 && findDigest(list.digests, digest) >= 0
}
