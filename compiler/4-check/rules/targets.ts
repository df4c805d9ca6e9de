import type { ListenAddress } from '../../../schemas/config.ts'
import type { LinkedConfig, LinkedText } from '../../3-link/linked.ts'
import type { Report } from '../../diagnostics/report.ts'

const LOCAL_HOSTS = new Set(['127.0.0.1', '[::1]', 'localhost', '0.0.0.0', '[::]'])
const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' }

/** Addresses that requests can be sent to, and that are not the gateway itself. Those with secrets are known at start. */
export function targetRules({ settings, upstreams }: LinkedConfig, report: Report): void {
  for (const { name, targets } of upstreams) {
    const firsts = new Map<string, string>()
    for (const { at, url } of targets) {
      const text = literalOf(url)
      if (text === null) continue
      const parsed = parseTarget(text)
      if (typeof parsed === 'string') {
        report('target-wrong-url', at, { url: text, problem: parsed })
        continue
      }
      const own = settings.listen.find((address) => leadsTo(parsed, address))
      if (own !== undefined) {
        const related = [{ message: 'the gateway listens here', where: own.at }]
        report('target-is-gateway', at, { url: text }, { related })
      }
      const first = firsts.get(parsed.href)
      if (first === undefined) firsts.set(parsed.href, at)
      else {
        const related = [{ message: 'first named here', where: first }]
        report('target-duplicate', at, { url: text, upstream: name }, { related })
      }
    }
  }
}

function literalOf(text: LinkedText): string | null {
  const [first, ...more] = text
  return typeof first === 'string' && more.length === 0 ? first : null
}

/** The URL, or what is wrong with it. */
function parseTarget(text: string): URL | string {
  if (!URL.canParse(text)) return 'host or port cannot be read'
  const url = new URL(text)
  const path = text.replace(/^https?:\/\/[^/]*/, '')
  if (url.port === '0') return 'there is no port 0'
  if (path !== '' && path !== url.pathname) return `the path would be sent as "${url.pathname}"`
  return /\/\/|[\\;]/.test(path) ? 'the path has "//", "\\" or ";" in it' : url
}

function leadsTo(url: URL, { host, port }: ListenAddress): boolean {
  const urlPort = url.port === '' ? DEFAULT_PORTS[url.protocol] : url.port
  if (urlPort !== String(port)) return false
  const hostText = host.includes(':') ? `[${host}]` : host
  return url.hostname === hostText || (LOCAL_HOSTS.has(url.hostname) && LOCAL_HOSTS.has(hostText))
}
