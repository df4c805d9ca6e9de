import type { LinkedConfig, LinkedIdentity, LinkedRoute } from '../3-link/linked.ts'

/** The identities whose tokens a route takes: keys and certificates have no claims. */
export function tokenIdentities(
  { identities: taken }: LinkedRoute,
  { identities }: Pick<LinkedConfig, 'identities'>,
): LinkedIdentity[] {
  return taken.flatMap((position) => identities[position] ?? []).filter(({ certificates }) => certificates === null)
}
