import type { Answer } from '../answer.ts'
import type { LoadedTable } from '../load-table.ts'
import { refuse } from '../refusals.ts'
import { isUnderWay, refuseWith } from '../settle.ts'
import type { Thread } from '../thread.ts'
import { applyRevocations, isRevoked } from './revoked.ts'
import type { RevocationList } from './revocation-list.ts'

/** The answers that are under way on a thread, so that those to whoever is revoked can be ended. */
export interface LiveAnswers {
  readonly add: (answer: Answer) => void
  readonly delete: (answer: Answer) => void
  /** Refuses, or cuts, those to whoever a list revokes. */
  readonly endRevoked: (thread: Thread, list: RevocationList) => void
}

export function createLiveAnswers(): LiveAnswers {
  const live = new Set<Answer>()
  return {
    add: (answer) => void live.add(answer),
    delete: (answer) => void live.delete(answer),
    endRevoked: (thread, list) => {
      applyToOld(live, thread.serving().table, list)
      for (const answer of live) if (isRevoked(answer.exchange) && isUnderWay(answer)) endOne(thread, answer)
    },
  }
}

/** Answers may have been decided by tables that serve no new ones. */
function applyToOld(live: ReadonlySet<Answer>, current: LoadedTable, list: RevocationList): void {
  const old = new Set<LoadedTable>()
  for (const { exchange } of live) if (exchange.table !== current) old.add(exchange.table)
  for (const table of old) applyRevocations(table, list)
}

/** A throw costs this answer and no other. */
function endOne(thread: Thread, answer: Answer): void {
  try {
    const { challengeInvalid } = answer.exchange.table
    refuseWith(thread, answer, refuse('revoked-key', { headers: challengeInvalid }))
  } catch (error) {
    answer.events.onBug(answer, error)
  }
}
