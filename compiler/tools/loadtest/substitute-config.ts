import { randomInt } from 'node:crypto'
import type { LinkedConfig, LinkedKey } from '../../3-link/linked.ts'
import { digestOf, makeSecret } from '../keys/make-secret.ts'

/** No run takes longer. */
const LIFE_MS = 600_000
const SECRET_VARIABLE = 'KEYSMITH_LOADTEST_SECRET'
/** Long enough to sign with. */
const PLACEHOLDER = 'placeholder-of-a-load-test-that-no-upstream-takes'
const DIGEST_PREFIX = 'sha256:'

/** A config that can be driven, in memory only: what it grants and limits is what the written one does. */
export interface SubstitutedConfig {
  readonly config: LinkedConfig
  /** Of the keys that are driven, by position. */
  readonly secrets: ReadonlyMap<number, string>
  /** What the gateway's process needs in its environment. */
  readonly env: Readonly<Record<string, string>>
  /** What of the written config does not hold here, in the reader's words. */
  readonly notes: readonly string[]
}

/**
 * Gives the keys that are driven fresh secrets, which end soon, and every other secret a placeholder. It listens on a free
 * port of this machine in plain text, without an admin listener.
 *
 * @param driven Positions of keys.
 */
export function substituteConfig(config: LinkedConfig, driven: ReadonlySet<number>, nowMs: number): SubstitutedConfig {
  const { settings } = config
  const { prefix = '', accept = [] } = settings.keys ?? {}
  const secrets = new Map<number, string>()
  for (const key of driven)
    secrets.set(
      key,
      makeSecret(prefix, accept[0] ?? '', (below) => randomInt(below)),
    )
  const keys = config.keys.map((key, position) => {
    const secret = secrets.get(position)
    return secret === undefined ? key : renew(key, secret, nowMs)
  })
  const env = Object.fromEntries(config.secrets.map((_, i) => [`${SECRET_VARIABLE}_${i}`, PLACEHOLDER]))
  const isFile = typeof settings.accessLog === 'object'
  const moved = [...driven].filter((key) => config.keys[key]?.allowIps != null).length
  return {
    config: {
      ...config,
      keys,
      // Their issuers would be asked for keys.
      identities: [],
      routes: config.routes.map((route) => ({ ...route, identities: [] })),
      secrets: config.secrets.map((secret, i) => ({ ...secret, from: 'env', key: `${SECRET_VARIABLE}_${i}` })),
      settings: {
        ...settings,
        listen: [{ at: settings.at, host: '127.0.0.1', port: 0, tls: null }],
        admin: null,
        revocations: null,
        accessLog: isFile ? 'stdout' : settings.accessLog,
      },
    },
    secrets,
    env,
    notes: [
      ...(settings.listen.some(({ tls }) => tls !== null) ? ['TLS is left out: requests come in plain text.'] : []),
      ...(moved > 0 ? [`Requests come from 127.0.0.1: allowIps of ${moved} of the driven keys is left out.`] : []),
      ...(settings.revocations === null ? [] : ['The file of revocations is not read.']),
      ...(isFile ? ['The access log is written, but not to its file.'] : []),
      ...(config.secrets.length > 0 ? ['Secrets of upstreams are placeholders.'] : []),
    ],
  }
}

function renew(key: LinkedKey, secret: string, nowMs: number): LinkedKey {
  const endMs = nowMs + LIFE_MS
  return {
    ...key,
    digest: { at: key.digest?.at ?? key.at, sha256: digestOf(secret).slice(DIGEST_PREFIX.length) },
    retiring: null,
    imported: false,
    allowIps: null,
    expiresMs: Math.min(key.expiresMs ?? endMs, endMs),
  }
}
