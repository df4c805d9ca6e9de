import { refuse, type Refusal } from '../refusals.ts'

const RETRY_SECONDS = 1

/** There is no room to remember what was shown, so that nobody could tell whether it is shown again. */
export function refuseUnremembered(): Refusal {
  return refuse('state-unavailable', {
    headers: `retry-after: ${RETRY_SECONDS}\r\n`,
    members: { retryAfter: RETRY_SECONDS },
  })
}
