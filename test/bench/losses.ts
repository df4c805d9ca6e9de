import type { Round } from './result.ts'

export type Books = Pick<Round, 'requests' | 'bad' | 'forwarded' | 'logged' | 'dropped' | 'measured'>

/**
 * Where a candidate's own books disagree with those of its callers and of the upstream: each request that reached the
 * upstream must be in them, and no more than were asked. Those that were under way when the load was cut, one a client at
 * most, are asked but not answered.
 *
 * @param lastLine Of the access log.
 * @returns A sentence for each; none when nothing is lost.
 */
export function findLosses(round: Books, lastLine: string, clients: number): string[] {
  const least = Math.max(round.requests, round.forwarded)
  const most = round.requests + clients
  const books = [{ name: 'the access log', count: round.logged + round.dropped }]
  if (round.measured !== null) books.push({ name: '/metrics', count: round.measured })
  const wrong = books.filter(({ count }) => !(count >= least && count <= most))
  return [
    ...wrong.map(({ name, count }) => `${name} holds ${count} requests, not ${least} to ${most}`),
    ...(round.bad > 0 ? [`${round.bad} answers were bad`] : []),
    ...(isWholeLine(lastLine) ? [] : [`the access log ends with ${JSON.stringify(lastLine.slice(0, 200))}`]),
  ]
}

/** JSON that says who was answered what. */
function isWholeLine(line: string): boolean {
  try {
    const members: unknown = JSON.parse(line)
    return typeof members === 'object' && members !== null && 'status' in members && 'key' in members
  } catch {
    return false
  }
}
