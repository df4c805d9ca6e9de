import type { LinkedApi, LinkedConfig } from '../3-link/linked.ts'

/**
 * Deprecation, Sunset and Link as header lines.
 *
 * @see RFC 9745, section 2 (a structured date); RFC 8594, section 3 (an HTTP-date); RFC 5829, section 3.3 (successor-version).
 */
export function lifecycleHeaders(api: LinkedApi, config: LinkedConfig): string {
  const { deprecation } = api
  if (deprecation === null || (api.lifecycle !== 'deprecated' && api.lifecycle !== 'retired')) return ''
  const successor = api.successor === null ? undefined : config.apis[api.successor]
  const lines = [
    ...(api.lifecycle === 'deprecated' ? [`deprecation: @${Math.floor(deprecation.sinceMs / 1000)}`] : []),
    ...(api.lifecycle === 'deprecated' && deprecation.sunsetMs !== null
      ? [`sunset: ${new Date(deprecation.sunsetMs).toUTCString()}`]
      : []),
    ...(successor === undefined ? [] : [`link: <${basePathOf(successor.basePath)}>; rel="successor-version"`]),
    ...(deprecation.link === null ? [] : [`link: <${deprecation.link}>; rel="deprecation"`]),
  ]
  return lines.map((line) => line + '\r\n').join('')
}

/** A link cannot hold parameters: it leads as far as the path is known. */
function basePathOf(path: string): string {
  const brace = path.indexOf('{')
  return brace < 0 ? path : path.slice(0, brace)
}
