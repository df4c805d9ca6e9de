/** More than any load test asks for. */
const LIFTED_COUNT = 1_000_000_000
const LIFTED_CONNECTIONS = 4096

/** Which limits hold as they are written: none, some by their positions, or all together. */
export type KeptLimits = 'none' | 'all' | { readonly only: readonly number[] }

/**
 * Wraps a table's script so that limits other than those kept are so wide that no load meets them: they are still counted,
 * at the same cost. Those kept begin with an empty counter, named after the round.
 *
 * @param round A number that no other call has for this gateway.
 */
export function keepLimits(script: string, kept: KeptLimits, round: number): string {
  const isKept = kept === 'all' ? 'true' : kept === 'none' ? 'false' : 'only.has(i)'
  return `(() => {
const table = ${script}
const only = new Set(${JSON.stringify(typeof kept === 'object' ? kept.only : [])})
const lift = (row) => ({ ...row, count: ${LIFTED_COUNT}, burst: ${LIFTED_COUNT} })
const keep = (row) => ({ ...row, counter: row.counter + ' load test ${round}' })
const connections = ${kept === 'all' ? '0' : LIFTED_CONNECTIONS}
return {
  ...table,
  limits: table.limits.map((row, i) => ${isKept} ? keep(row) : lift(row)),
  upstreams: table.upstreams.map((row) => ({
    ...row, connections: Math.max(row.connections, connections), queue: Math.max(row.queue, connections),
  })),
}
})()`
}
