import type { LockoutRow } from '../../schemas/protect-row.ts'
import type { Exchange } from '../exchange.ts'
import { refuse, type Refusal, type RefusalCode } from '../refusals.ts'
import { BY_ADDRESS, BY_KEY_PREFIX, type LockoutTable } from './lockout-table.ts'

/** What a config says of lock-outs, and where they are counted. */
export interface Lockout {
  readonly row: LockoutRow
  /** What holds for a wrong key whose prefix is locked: one is too many. */
  readonly strictRow: LockoutRow
  readonly counts: LockoutTable
}

/** What was presented does not hold. A key that is known, but has expired, say, was not guessed. */
const FAILURES: ReadonlySet<RefusalCode> = new Set<RefusalCode>(['invalid-key', 'invalid-token'])
/** Characters behind `<prefix>_<environment>_`: enough that no two keys share them, too few to come near the secret. */
const PREFIX_CHARACTERS = 8
const MS_PER_SECOND = 1000

export function createLockout(row: LockoutRow, counts: LockoutTable): Lockout {
  return { row, strictRow: { ...row, failures: 1 }, counts }
}

/** Refuses whoever is locked out, before anything is looked at that was presented. Who presents nothing is not. */
export function checkLockout(exchange: Exchange): Refusal | null {
  const { lockout, signatures } = exchange.table
  if (lockout === null || exchange.route === null || exchange.route.isPublic) return null
  const isSigned = exchange.signature !== null && signatures !== null
  if (exchange.credential === '' && !isSigned) return null
  const leftMs = lockout.counts.banLeftMs(exchange.address.counterWords, BY_ADDRESS, exchange.startMs)
  if (leftMs <= 0) return null
  const retryAfter = Math.ceil(leftMs / MS_PER_SECOND)
  return refuse('locked-out', { headers: `retry-after: ${retryAfter}\r\n`, members: { retryAfter } })
}

/**
 * Counts a refusal if it is a failed authentication. A locked key prefix refuses nobody by itself: a key that holds never
 * fails, and an answer that differs would tell who guesses that the prefix exists. It makes the first failure one too many.
 */
export function countFailure(exchange: Exchange, refusal: Refusal | null): Refusal | null {
  const { lockout, table } = exchange.table
  if (refusal === null || lockout === null || !FAILURES.has(refusal.code)) return refusal
  const { counts, row, strictRow } = lockout
  const nowMs = exchange.startMs
  const prefix = keyPrefixWords(exchange.credential, table.gateway.keyPrefix)
  const isLocked = prefix !== null && counts.banLeftMs(prefix, BY_KEY_PREFIX, nowMs) > 0
  counts.fail(exchange.address.counterWords, BY_ADDRESS, nowMs, isLocked ? strictRow : row)
  if (prefix !== null && !isLocked) counts.fail(prefix, BY_KEY_PREFIX, nowMs, row)
  return refusal
}

/** The characters of a key's prefix, two a word; null for what has none. */
export function keyPrefixWords(credential: string, prefix: string): Int32Array | null {
  if (prefix === '' || !credential.startsWith(`${prefix}_`)) return null
  const start = credential.indexOf('_', prefix.length + 1) + 1
  if (start === 0 || credential.length < start + PREFIX_CHARACTERS) return null
  const words = new Int32Array(PREFIX_CHARACTERS / 2)
  for (let i = 0; i < words.length; i++)
    words[i] = (credential.charCodeAt(start + 2 * i) << 16) | credential.charCodeAt(start + 2 * i + 1)
  return words
}
