import type { LinkedConfig } from '../../3-link/linked.ts'
import type { Report } from '../../diagnostics/report.ts'

/** Ids of keys stand in logs, limits and revocations, where there is no tenant beside them. */
export function uniqueKeys({ keys }: LinkedConfig, report: Report): void {
  const firsts = new Map<string, string>()
  for (const { id, at } of keys) {
    const first = firsts.get(id)
    if (first === undefined) firsts.set(id, at)
    else {
      const related = [{ message: 'first declared here', where: { key: first } }]
      report('key-duplicate-id', { key: at }, { id }, { related })
    }
  }
}
