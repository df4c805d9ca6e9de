import type { BindRow } from '../schemas/table.ts'
import type { Caller } from './caller.ts'

/** What a bind asks for, as text; undefined for a caller that has no such thing: nothing is its own then. */
export function ownValue({ facts, claims }: Caller, { to, source }: BindRow): string | undefined {
  const value = to === 'claims' ? claimAt(claims, source) : factOf(facts, to, source)
  // Nothing empty grants.
  return value === '' ? undefined : value
}

function factOf(facts: Caller['facts'], to: Exclude<BindRow['to'], 'claims'>, source: readonly string[]) {
  return to === 'metadata' ? facts?.metadata[source[0] ?? ''] : facts?.[to]
}

/** Text, or a whole number that is exact: a token's other values are no names of anything. */
function claimAt(claims: Caller['claims'], names: readonly string[]): string | undefined {
  let value: unknown = claims
  for (const name of names) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
    // Safe: it is an object, and has the member.
    value = (value as Readonly<Record<string, unknown>>)[name]
  }
  if (typeof value === 'string') return value
  return Number.isSafeInteger(value) ? String(value) : undefined
}
