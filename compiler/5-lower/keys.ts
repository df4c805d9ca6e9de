import type { DigestRow, KeyRow } from '../../schemas/table.ts'
import type { LinkedConfig, LinkedKey } from '../3-link/linked.ts'
import { isKeyLine } from '../1-load/key-lines.ts'
import type { Pointer } from '../diagnostics/report.ts'
import { FOREVER } from './forever.ts'

export interface LoweredKeys {
  readonly rows: readonly KeyRow[]
  readonly digests: readonly DigestRow[]
  readonly digestPlaces: readonly Pointer[]
}

/** What other parts of the table hold for each key, by its position. */
export interface KeyPositions {
  readonly classes: readonly number[]
  readonly limitSets: readonly number[]
  readonly addressSets: readonly number[]
  readonly facts: readonly number[]
}

export function lowerKeys(config: LinkedConfig, positions: KeyPositions): LoweredKeys {
  const rows = config.keys.map((key, position): KeyRow => ({
    id: key.id,
    tenant: key.tenant,
    class: positions.classes[position] ?? -1,
    plan: config.plans[key.plan ?? -1]?.name ?? null,
    limitSet: positions.limitSets[position] ?? -1,
    notBeforeMs: key.notBeforeMs ?? 0,
    expiresMs: key.expiresMs ?? FOREVER,
    addresses: positions.addressSets[position] ?? -1,
    suspendedMs: key.suspendedMs ?? FOREVER,
    facts: positions.facts[position] ?? -1,
    identity: identityHeaders(key, config),
  }))
  const placed = config.keys.flatMap((key, position) => digestsOf(key, position))
  return { rows, digests: placed.map(({ row }) => row), digestPlaces: placed.map(({ at }) => at) }
}

function digestsOf(key: LinkedKey, position: number): { row: DigestRow; at: Pointer }[] {
  const { digest, retiring, imported } = key
  if (digest === null) return []
  // All of it is in one line, which need not be taken apart.
  const placeOf = (at: Pointer): Pointer => (isKeyLine(key.at) ? key.at : at)
  const current = { row: { sha256: digest.sha256, key: position, untilMs: FOREVER, imported }, at: placeOf(digest.at) }
  if (retiring === null) return [current]
  return [
    current,
    { row: { sha256: retiring.sha256, key: position, untilMs: retiring.untilMs, imported }, at: placeOf(retiring.at) },
  ]
}

/** What the upstream learns of the caller, as finished header lines. */
function identityHeaders(key: LinkedKey, config: LinkedConfig): string {
  const scopes = key.scopes.map((scope) => config.scopes[scope]?.name ?? '').join(' ')
  const lines = [
    `x-keysmith-key: ${key.id}`,
    `x-keysmith-tenant: ${config.tenants[key.tenant]?.name ?? ''}`,
    ...(scopes === '' ? [] : [`x-keysmith-scopes: ${scopes}`]),
    ...key.metadata.map(([name, value]) => `x-keysmith-meta-${kebabCase(name)}: ${headerText(value)}`),
  ]
  return lines.map((line) => line + '\r\n').join('')
}

/** "userId" becomes "user-id". */
export function kebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => '-' + letter.toLowerCase())
}

/** Printable ASCII stays; a "%" too, unless the value holds anything else: then it is percent-encoded as UTF-8. */
function headerText(value: string): string {
  return /^[!-~]([ -~]*[!-~])?$/.test(value) ? value : encodeURIComponent(value)
}
