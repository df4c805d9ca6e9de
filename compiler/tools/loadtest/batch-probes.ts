import { limitsOf, type LimitTable, type Probe } from './choose-probes.ts'

interface Batch {
  readonly probes: Probe[]
  readonly limits: Set<number>
  /** All limits that calls of its probes meet. */
  readonly met: Set<number>
}

/**
 * Puts probes together that do not touch each other's limits: while all of theirs hold, each is still tried as if by itself,
 * and one table serves them all.
 */
export function batchProbes(table: LimitTable, probes: readonly Probe[]): (readonly Probe[])[] {
  const batches: Batch[] = []
  for (const probe of probes) {
    const met = new Set(probe.calls.flatMap((call) => limitsOf(table, call)))
    const batch = batches.find(
      (one) => !one.met.has(probe.limit) && [...met].every((limit) => limit === probe.limit || !one.limits.has(limit)),
    )
    if (batch === undefined) batches.push({ probes: [probe], limits: new Set([probe.limit]), met })
    else {
      batch.probes.push(probe)
      batch.limits.add(probe.limit)
      for (const limit of met) batch.met.add(limit)
    }
  }
  return batches.map(({ probes: together }) => together)
}
