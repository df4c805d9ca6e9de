import type { CorsRow } from '../../schemas/table.ts'
import { credentialHeaders } from '../3-link/credential-headers.ts'
import type { LinkedApi, LinkedConfig } from '../3-link/linked.ts'

/** What browsers may remember when the config does not say: the shortest that any of them keeps by itself. */
const MAX_AGE_SECONDS_DEFAULT = 5
/** Ours, which a page may read besides the safelisted ones. */
const EXPOSED = [
  'x-request-id',
  'ratelimit',
  'ratelimit-policy',
  'retry-after',
  'deprecation',
  'sunset',
  'link',
  'www-authenticate',
]

/** @see Fetch Standard, section 3.2: CORS protocol. */
export function lowerCors(api: LinkedApi, config: LinkedConfig): CorsRow | null {
  const { cors } = api
  if (cors === null) return null
  const requestHeaders = new Set([...credentialHeaders(config), 'content-type', 'x-request-id', ...cors.headers])
  const exposed = new Set([...EXPOSED, ...cors.expose])
  return {
    origins: cors.origins,
    credentials: cors.credentials,
    headers:
      (cors.credentials ? 'access-control-allow-credentials: true\r\n' : '') +
      `access-control-expose-headers: ${[...exposed].join(', ')}\r\n`,
    allowHeaders: [...requestHeaders].join(', '),
    maxAgeSeconds: cors.maxAgeMs === null ? MAX_AGE_SECONDS_DEFAULT : Math.floor(cors.maxAgeMs / 1000),
  }
}
