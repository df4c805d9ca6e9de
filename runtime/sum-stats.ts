import type { Readiness, TargetHealth } from './admin.ts'
import type { ThreadUpstreamStats } from './thread-messages.ts'

/** Sums over the threads what each says of its upstreams. */
export function sumStats(perThread: readonly (readonly ThreadUpstreamStats[])[]): Readiness['upstreams'] {
  const [first = [], ...others] = perThread
  return first.map(({ name, targets }) => {
    const same = others.flatMap((thread) => thread.filter((upstream) => upstream.name === name))
    return {
      name,
      targets: targets.map((target, i): TargetHealth => {
        const all = [target, ...same.flatMap((upstream) => upstream.targets[i] ?? [])]
        const sum = (of: (stats: typeof target) => number): number => all.reduce((total, stats) => total + of(stats), 0)
        return {
          target: target.url,
          open: sum(({ open }) => open),
          busy: sum(({ busy }) => busy),
          queued: sum(({ queued }) => queued),
          failures: sum(({ failures }) => failures),
        }
      }),
    }
  })
}
