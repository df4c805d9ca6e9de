import type { RawKey, RawTenant } from '../../compiler/2-validate/raw.ts'
import type { Random } from './random.ts'

/** Lines of a file of revocations: some keys by their ids, some of their secrets, and lines that revoke nobody here. */
export function generateRevocations(
  random: Random,
  tenants: readonly { readonly tenant: Pick<RawTenant, 'keys'> }[],
): string[] {
  if (random.chance(0.6)) return []
  const keys = tenants.flatMap(({ tenant }) => Object.entries(tenant.keys ?? {}))
  const lines = keys.flatMap(([id, key]) => {
    const byId = random.chance(0.15) ? [`key:${id}`] : []
    const byDigest = digestsOf(key).filter(() => random.chance(0.15))
    return [...byId, ...byDigest]
  })
  return ['# revoked', ...lines, '', 'key:nobody']
}

function digestsOf({ digest, retiring }: RawKey): string[] {
  return [digest, retiring?.digest].filter((text) => text !== undefined)
}
