const DAY_MS = 86_400_000
const MONTHS_PER_YEAR = 12

/** Windows of the calendar in UTC, by number, and when they end. */
export interface Calendar {
  readonly windowOf: (wallMs: number, monthly: boolean) => number
  /** The first instant of the next window. */
  readonly endOf: (wallMs: number, monthly: boolean) => number
}

export function createCalendar(): Calendar {
  let monthStartMs = 0
  let monthEndMs = 0
  let month = 0

  const findMonth = (wallMs: number): void => {
    const date = new Date(wallMs)
    const year = date.getUTCFullYear()
    monthStartMs = Date.UTC(year, date.getUTCMonth())
    monthEndMs = Date.UTC(year, date.getUTCMonth() + 1)
    month = (year - 1970) * MONTHS_PER_YEAR + date.getUTCMonth()
  }
  return {
    windowOf: (wallMs, monthly) => {
      if (!monthly) return Math.floor(wallMs / DAY_MS)
      if (wallMs < monthStartMs || wallMs >= monthEndMs) findMonth(wallMs)
      return month
    },
    endOf: (wallMs, monthly) => {
      if (!monthly) return (Math.floor(wallMs / DAY_MS) + 1) * DAY_MS
      if (wallMs < monthStartMs || wallMs >= monthEndMs) findMonth(wallMs)
      return monthEndMs
    },
  }
}
