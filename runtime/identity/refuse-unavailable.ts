import { refuse, type Refusal } from '../refusals.ts'

const RETRY_SECONDS = 1

/** That nobody can say whether a token holds is no fault of the caller's. */
export function refuseUnavailable(): Refusal {
  return refuse('upstream-unavailable', {
    detail: 'Nobody can say at the moment whether the token holds.',
    headers: `retry-after: ${RETRY_SECONDS}\r\n`,
    members: { retryAfter: RETRY_SECONDS },
  })
}
