import type { AddressRange } from '../../../schemas/config.ts'
import type { LinkedConfig } from '../../3-link/linked.ts'
import type { Report } from '../../diagnostics/report.ts'

const MAPPED_PREFIX_BITS = 96
const ADDRESS_BITS = 128

/** Whoever is trusted as a proxy says from where a request comes; ranges that are everyone leave that to the caller. */
export function trustedProxies({ settings }: LinkedConfig, report: Report): void {
  const ranges = settings.trustedProxies
  const isV4 = ({ bits, bytes }: AddressRange): boolean =>
    bits >= MAPPED_PREFIX_BITS && bytes.slice(0, 12).every((byte, i) => byte === (i < 10 ? 0 : 0xff))
  for (const [family, members, bits] of [
    ['IPv4', ranges.filter(isV4), ADDRESS_BITS - MAPPED_PREFIX_BITS],
    ['IPv6', ranges.filter((range) => !isV4(range)), ADDRESS_BITS],
  ] as const) {
    const [widest] = [...members].sort((a, b) => a.bits - b.bits)
    if (widest !== undefined && sizeOfUnion(members) === 1n << BigInt(bits))
      report('trusted-proxies-everyone', widest.at, { family })
  }
}

/** Ranges of one family lie inside each other or apart, so the outermost ones add up. */
function sizeOfUnion(ranges: readonly AddressRange[]): bigint {
  let size = 0n
  let end = -1n
  const spans = ranges.map(spanOf).sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0))
  for (const { start, last } of spans) {
    if (last <= end) continue
    size += last - (start > end ? start : end + 1n) + 1n
    end = last
  }
  return size
}

function spanOf({ bytes, bits }: AddressRange): { start: bigint; last: bigint } {
  const start = bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n)
  return { start, last: start + (1n << BigInt(ADDRESS_BITS - bits)) - 1n }
}
