import type { FactsRow } from '../../schemas/table.ts'
import type { LinkedConfig, LinkedKey } from '../3-link/linked.ts'
import type { Pointer } from '../diagnostics/report.ts'

const NOBODY_ASKS = -1

export interface LoweredFacts {
  readonly rows: readonly FactsRow[]
  readonly places: readonly Pointer[]
  /** By the key's position; -1 where nothing asks. */
  readonly ofKey: readonly number[]
}

/** What can be asked of keys; nothing where nobody asks: a million keys then cost nothing more. */
export function lowerFacts(config: LinkedConfig): LoweredFacts {
  if (!asksForFacts(config)) return { rows: [], places: [], ofKey: config.keys.map(() => NOBODY_ASKS) }
  const positions = new Map<string, number>()
  const rows: FactsRow[] = []
  const places: Pointer[] = []
  const ofKey = config.keys.map((key) => {
    const row = factsOf(key, config)
    const identity = JSON.stringify(row)
    const known = positions.get(identity)
    if (known !== undefined) return known
    positions.set(identity, rows.length)
    places.push(key.at)
    return rows.push(row) - 1
  })
  return { rows, places, ofKey }
}

/** True when something in the config looks at who calls, beyond what it may do. */
function asksForFacts({ routes }: LinkedConfig): boolean {
  return routes.some(({ binds, when }) => binds.length > 0 || (when !== null && when.reads.key.length > 0))
}

function factsOf({ roles, scopes, metadata }: LinkedKey, config: LinkedConfig): FactsRow {
  return {
    roles: roles.map(({ role }) => config.roles[role]?.name ?? ''),
    scopes: scopes.map((scope) => config.scopes[scope]?.name ?? ''),
    metadata,
  }
}
