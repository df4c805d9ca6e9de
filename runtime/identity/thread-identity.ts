import { fetchText } from './fetch-text.ts'
import type { IdentitySources } from './identity-sources.ts'
import { createIntrospector, type Introspector } from './introspector.ts'
import { createKeySets } from './key-sets.ts'
import type { KeyNews, KeySource } from './key-sources.ts'

/** What one thread knows of identity providers. */
export interface ThreadIdentity {
  readonly sources: IdentitySources
  /** What the main thread says of an issuer's keys. */
  readonly take: (news: KeyNews) => Promise<void>
}

/**
 * @param askForKeys Asks the main thread, which fetches for all.
 * @param tell       Takes a line for the operator.
 */
export function createThreadIdentity(
  askForKeys: (source: KeySource) => void,
  tell: (line: string) => void,
): ThreadIdentity {
  const keySets = createKeySets(askForKeys)
  const introspectors = new Map<string, Introspector>()
  return {
    sources: {
      keysOf: keySets.of,
      introspectorOf: (service) => {
        const name = JSON.stringify(service)
        const known = introspectors.get(name)
        if (known !== undefined) return known
        const introspector = createIntrospector(service, fetchText, Date.now, tell)
        introspectors.set(name, introspector)
        return introspector
      },
    },
    take: keySets.take,
  }
}
