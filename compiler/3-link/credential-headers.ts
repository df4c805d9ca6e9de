import type { LinkedConfig } from './linked.ts'

/** Where tokens are shown when the config says nothing of keys (RFC 6750, section 2.1). */
const TOKEN_HEADERS = ['authorization']

/** The headers that credentials may be shown in, lower case. */
export function credentialHeaders({
  settings: { keys },
  identities,
}: Pick<LinkedConfig, 'settings' | 'identities'>): readonly string[] {
  return keys?.headers ?? (identities.length === 0 ? [] : TOKEN_HEADERS)
}
