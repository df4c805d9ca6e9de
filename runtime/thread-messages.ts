import type { ListenRow } from '../schemas/table.ts'
import type { KeyNews, KeySource } from './identity/key-sources.ts'
import type { KeyColumns } from './keys/open-key-file.ts'
import type { LimitMemory } from './limits/state.ts'
import type { SlotPlan } from './limits/slots.ts'
import type { MetricPlan } from './observe/metric-book.ts'
import type { ObserveMemory } from './observe/observer.ts'
import type { RevocationList } from './revocations/revocation-list.ts'
import type { TargetStats } from './upstream/types.ts'

/** A table on its way to a thread, with all that it is made ready with. */
export interface TableParcel {
  readonly script: string
  /** Of the file of keys; null where there is none. */
  readonly keys: KeyColumns | null
  readonly plan: SlotPlan
  readonly metrics: MetricPlan
  readonly secrets: readonly string[]
}

/** What a thread is started with. */
export interface ThreadData {
  readonly keysmithThread: true
  readonly index: number
  readonly threads: number
  /** Of the engine's addon, whose checksum was looked at. */
  readonly enginePath: string
  readonly listen: readonly ListenRow[]
  readonly exclusive: boolean
  readonly targets: Readonly<Record<string, readonly string[]>>
  readonly limits: LimitMemory
  readonly observe: ObserveMemory
  /** What is revoked when it starts. */
  readonly revocations: RevocationList
  readonly replays: SharedArrayBuffer
  readonly table: TableParcel
}

export type ToThread =
  /** Make a table ready, beside the one that serves. */
  | { readonly type: 'load'; readonly table: TableParcel }
  /** Serve from the one that was made ready, or forget it. */
  | { readonly type: 'swap' }
  | { readonly type: 'discard' }
  | { readonly type: 'stats' }
  /** From now on this is revoked, and nothing else. */
  | { readonly type: 'revoke'; readonly list: RevocationList }
  | { readonly type: 'keys'; readonly news: KeyNews }
  /** Take no new connections and end when nothing is in flight. */
  | { readonly type: 'drain' }
  /** End now. */
  | { readonly type: 'close' }

export type FromThread =
  | { readonly type: 'listening'; readonly addresses: readonly ListenRow[] }
  | { readonly type: 'failed'; readonly fault: string; readonly isStartFault: boolean }
  | { readonly type: 'loaded'; readonly refusal: string | null }
  | { readonly type: 'swapped' }
  | { readonly type: 'stats'; readonly upstreams: readonly ThreadUpstreamStats[] }
  /** A token names a key that the thread does not know: news of them are awaited. */
  | { readonly type: 'keys-wanted'; readonly source: KeySource }
  /** For the operator. */
  | { readonly type: 'told'; readonly line: string }
  | { readonly type: 'bug'; readonly requestId: string | null; readonly route: string | null; readonly stack: string }

export interface ThreadUpstreamStats {
  readonly name: string
  readonly targets: readonly TargetStats[]
}
