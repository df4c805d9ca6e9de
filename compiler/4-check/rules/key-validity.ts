import type { LinkedConfig, LinkedKey } from '../../3-link/linked.ts'
import { pointTo, type Report } from '../../diagnostics/report.ts'
import type { Given } from '../check.ts'

const DAY_MS = 86_400_000
/** Time enough to rotate a key without haste. */
const SOON_MS = 30 * DAY_MS

/** From when until when a key opens. */
export function keyValidity({ keys }: LinkedConfig, report: Report, { atMs }: Given): void {
  for (const key of keys) {
    checkEnd(key, atMs, report)
    const { retiring } = key
    if (retiring !== null && retiring.untilMs <= atMs)
      report('retiring-past', pointTo(key.at, 'retiring', 'until'), { id: key.id })
  }
}

function checkEnd({ at, id, notBeforeMs, expiresMs }: LinkedKey, atMs: number, report: Report): void {
  if (expiresMs === null) return report('key-without-end', { key: at }, { id })
  const where = pointTo(at, 'expires')
  if (notBeforeMs !== null && expiresMs <= notBeforeMs) return report('key-ends-before-start', where, { id })
  if (expiresMs <= atMs) return report('key-past-end', where, { id })
  if (expiresMs - atMs > SOON_MS) return
  const days = Math.ceil((expiresMs - atMs) / DAY_MS)
  report('key-ends-soon', where, { id, days: days === 1 ? '1 day' : `${days} days` })
}
