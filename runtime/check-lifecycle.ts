import type { Exchange } from './exchange.ts'
import { refuse, type Refusal } from './refusals.ts'

/** When a caller of a paused api may look again. */
const PAUSED_RETRY_SECONDS = 60

/** Refuses what an api's lifecycle closes. Drafts never come here: they are no routes. */
export function checkLifecycle({ route }: Exchange): Refusal | null {
  switch (route?.api.lifecycle) {
    case 'paused':
      return refuse('paused', {
        headers: `retry-after: ${PAUSED_RETRY_SECONDS}\r\n`,
        members: { retryAfter: PAUSED_RETRY_SECONDS },
      })
    case 'retired':
      return refuse('retired')
    default:
      return null
  }
}
