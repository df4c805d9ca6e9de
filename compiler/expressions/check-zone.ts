/** "+02:00", "-08:00" */
const FIXED_OFFSET = /^[+-]?\d\d:\d\d$/

/** True when a time zone can be told the time in: a fixed offset, or a name of the IANA's list. */
export function checkZone(zone: string): boolean {
  if (FIXED_OFFSET.test(zone)) return true
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: zone })
    return true
  } catch (error) {
    // The only way in which it tells that there is no such zone.
    if (error instanceof RangeError) return false
    throw error
  }
}
