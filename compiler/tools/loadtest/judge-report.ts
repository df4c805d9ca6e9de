import type { LoadReport } from './report.ts'

const STATUS_FAILED_MIN = 500

/** What of a load test is not as it should be. */
export interface Shortcomings {
  readonly brokenLimits: number
  /** Answers of 500 and above, and connections that broke: no load is a reason for either. */
  readonly failedAnswers: number
  readonly unmetThresholds: number
}

export function judgeReport({ limits, routes, thresholds }: LoadReport): Shortcomings {
  return {
    brokenLimits: limits.filter(({ holds }) => holds === false).length,
    failedAnswers: routes.reduce((sum, { statuses, errors }) => sum + errors + failedIn(statuses), 0),
    unmetThresholds: thresholds.filter(({ holds }) => !holds).length,
  }
}

function failedIn(statuses: Readonly<Record<string, number>>): number {
  return Object.entries(statuses).reduce(
    (sum, [status, count]) => sum + (Number(status) >= STATUS_FAILED_MIN ? count : 0),
    0,
  )
}
