import type { Answer } from '../answer.ts'
import type { LoadedTable } from '../load-table.ts'
import { refuse } from '../refusals.ts'
import { isUnderWay, refuseWith } from '../settle.ts'
import type { Thread } from '../thread.ts'
import { applyRevocations, isRevoked } from './revoked.ts'
import type { RevocationList } from './revocation-list.ts'

/**
 * The answers that are under way on a thread, so that those to whoever is revoked can be ended. All of them, whatever their
 * table names: a table to come may be the first that names a file of revocations. Each knows its place, so that coming and
 * going cost next to nothing.
 */
export interface LiveAnswers {
  readonly add: (answer: Answer) => void
  readonly delete: (answer: Answer) => void
  /** Refuses, or cuts, those to whoever a list revokes. */
  readonly endRevoked: (thread: Thread, list: RevocationList) => void
}

export function createLiveAnswers(): LiveAnswers {
  const live: Answer[] = []
  return {
    add: (answer) => {
      answer.livePlace = live.length
      live.push(answer)
    },
    delete: (answer) => {
      const last = live.pop()
      if (last === undefined || last === answer) return
      live[answer.livePlace] = last
      last.livePlace = answer.livePlace
    },
    endRevoked: (thread, list) => {
      applyToOld(live, thread.serving().table, list)
      // Those that end leave their places.
      for (const answer of [...live]) if (isRevoked(answer.exchange) && isUnderWay(answer)) endOne(thread, answer)
    },
  }
}

/** Answers may have been decided by tables that serve no new ones. */
function applyToOld(live: readonly Answer[], current: LoadedTable, list: RevocationList): void {
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
