import ipaddr from 'ipaddr.js'

const MAPPED_PREFIX_BITS = 96

export interface ParsedRange {
  /** Sixteen bytes; an IPv4 address in its IPv6-mapped form (RFC 4291, section 2.5.5.2). */
  readonly bytes: readonly number[]
  /** Leading bits that must agree, of 128. */
  readonly bits: number
}

/** Reads "203.0.113.0/24", "2001:db8::/32" or a single address. Null for anything else, or with bits set behind the prefix. */
export function parseAddressRange(text: string): ParsedRange | null {
  const [address = '', length, ...rest] = text.split('/')
  if (rest.length > 0 || !isIp(address)) return null
  const parsed = ipaddr.parse(address)
  const max = parsed.kind() === 'ipv4' ? 32 : 128
  if (length !== undefined && !/^(0|[1-9][0-9]{0,2})$/.test(length)) return null
  const prefix = length === undefined ? max : Number(length)
  if (prefix > max) return null
  const isV4 = parsed instanceof ipaddr.IPv4
  const bytes = (isV4 ? parsed.toIPv4MappedAddress() : parsed).toByteArray()
  const bits = isV4 ? prefix + MAPPED_PREFIX_BITS : prefix
  return hasBitsBehind(bytes, bits) ? null : { bytes, bits }
}

/** An address and a port: "127.0.0.1:8080", "[::1]:8080". */
export function isAddress(text: string): boolean {
  return parseAddress(text) !== null
}

export function parseAddress(text: string): { readonly host: string; readonly port: number } | null {
  const match = /^(?:\[([^\]]+)\]|([0-9.]+)):([0-9]{1,5})$/.exec(text)
  const host = match?.[1] ?? match?.[2]
  if (host === undefined || !isIp(host)) return null
  const port = Number(match?.[3])
  return port <= 65_535 ? { host, port } : null
}

/** Four decimal parts, or IPv6 text without a zone: the shorthands of inet_aton hide what is meant. */
function isIp(text: string): boolean {
  return (
    ipaddr.IPv4.isValidFourPartDecimal(text) || (text.includes(':') && !text.includes('%') && ipaddr.IPv6.isValid(text))
  )
}

function hasBitsBehind(bytes: readonly number[], bits: number): boolean {
  return bytes.some((byte, i) => {
    const kept = Math.min(8, Math.max(0, bits - i * 8))
    return (byte & (0xff >> kept)) !== 0
  })
}
