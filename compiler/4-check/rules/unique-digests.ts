import type { LinkedConfig, LinkedKey } from '../../3-link/linked.ts'
import type { Report } from '../../diagnostics/report.ts'

/** Two keys with one secret could not be told apart, nor taken away one by one. */
export function uniqueDigests({ keys }: LinkedConfig, report: Report): void {
  const firsts = new Map<string, { readonly id: string; readonly at: string }>()
  for (const { id, at, sha256 } of keys.flatMap(digestsOf)) {
    const first = firsts.get(sha256)
    if (first === undefined) firsts.set(sha256, { id, at })
    else {
      const related = [{ message: 'first written here', where: first.at }]
      report('digest-duplicate', at, { id, other: first.id }, { related })
    }
  }
}

function digestsOf({ id, digest, retiring }: LinkedKey): { id: string; at: string; sha256: string }[] {
  return [digest, retiring].filter((held) => held !== null).map(({ at, sha256 }) => ({ id, at, sha256 }))
}
