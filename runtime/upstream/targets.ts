import { isIP } from 'node:net'
import type { Target } from './state.ts'
import type { UpstreamSettings } from './types.ts'

const HTTP_PORT = 80
const HTTPS_PORT = 443

/** @throws TypeError for a URL that the compiler should have refused. */
export function createTargets(settings: UpstreamSettings): Target[] {
  return settings.targets.map(({ url, weight }, position) => {
    const parsed = new URL(url)
    const isSecure = parsed.protocol === 'https:'
    if (!isSecure && parsed.protocol !== 'http:') throw new TypeError(`upstream "${settings.name}": not http: ${url}`)
    const bare = parsed.hostname.replace(/^\[(.*)\]$/, '$1')
    return {
      position,
      url,
      weight,
      isSecure,
      host: bare,
      port: parsed.port === '' ? (isSecure ? HTTPS_PORT : HTTP_PORT) : Number(parsed.port),
      path: parsed.pathname.replace(/\/$/, ''),
      afterPath: ` HTTP/1.1\r\nHost: ${parsed.host}\r\n`,
      idle: [],
      queue: new Set(),
      open: 0,
      failures: 0,
      credit: 0,
      penaltyMs: 0,
      penaltySinceMs: -Infinity,
      penaltyUntilMs: -Infinity,
      session: undefined,
    }
  })
}

/** The name that TLS asks for; an address has none. */
export function serverNameOf(target: Target): string | undefined {
  return isIP(target.host) === 0 ? target.host : undefined
}
