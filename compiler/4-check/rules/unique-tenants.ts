import type { LinkedConfig } from '../../3-link/linked.ts'
import type { Report, Where } from '../../diagnostics/report.ts'

/** A tenant stands in `tenants` or in one entry of `include`. */
export function uniqueTenants({ tenants }: LinkedConfig, report: Report): void {
  const firsts = new Map<string, Where>()
  for (const { name, at, include } of tenants) {
    const where = include === null ? { key: at } : at
    const first = firsts.get(name)
    if (first === undefined) firsts.set(name, where)
    else report('tenant-duplicate', where, { name }, { related: [{ message: 'first declared here', where: first }] })
  }
}
