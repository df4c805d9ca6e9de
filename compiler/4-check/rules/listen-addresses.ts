import type { ListenAddress } from '../../../schemas/config.ts'
import { parseAddressRange } from '../../2-validate/addresses.ts'
import type { LinkedConfig } from '../../3-link/linked.ts'
import type { Report } from '../../diagnostics/report.ts'

/** Port 0 is any free one, never the same twice. */
const ANY_FREE_PORT = 0

/** Each address is listened on once: a second listener would fail to start, or take a share of the first one's callers. */
export function listenAddresses({ settings }: LinkedConfig, report: Report): void {
  const addresses = [...settings.listen, ...(settings.admin === null ? [] : [settings.admin])]
  for (const [i, address] of addresses.entries()) {
    const first = addresses.slice(0, i).find((earlier) => overlap(earlier, address))
    if (first === undefined) continue
    const related = [{ message: 'first listened on here', where: first.at }]
    report('address-duplicate', address.at, { address: textOf(address), first: textOf(first) }, { related })
  }
}

function overlap(a: ListenAddress, b: ListenAddress): boolean {
  if (a.port !== b.port || a.port === ANY_FREE_PORT) return false
  return bytesOf(a.host) === bytesOf(b.host) || takes(a.host, b.host) || takes(b.host, a.host)
}

/** "::" takes IPv4 along, "0.0.0.0" does not take IPv6. */
function takes(every: string, host: string): boolean {
  if (bytesOf(every) === bytesOf('::')) return true
  return every === '0.0.0.0' && !host.includes(':')
}

/** One address has one form as bytes; as text it has many. */
function bytesOf(host: string): string {
  return parseAddressRange(host)?.bytes.join(' ') ?? host
}

function textOf({ host, port }: ListenAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
