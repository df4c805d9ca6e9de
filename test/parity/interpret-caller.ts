import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import ipaddr from 'ipaddr.js'
import type { RawTenant } from '../../compiler/2-validate/raw.ts'
import type { PlainConfig } from './interpret-config.ts'
import type { Counters } from './interpret-limits.ts'
import { hasSigned, saysItIsSigned } from './interpret-signature.ts'
import { valuesOf, type PlainRequest } from './interpret-path.ts'

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Who calls, or the code of what keeps them out. */
export function authenticate(config: PlainConfig, request: PlainRequest, counters: Counters): Caller | string {
  const [secret, ...others] = presentedBy(config, request)
  if (others.length > 0) return '400 ambiguous-credential'
  const isSigned = isSignedFor(config, request)
  if (isSigned && secret !== undefined) return '400 ambiguous-credential'
  if (!isSigned && secret === undefined) return '401 missing-credential'
  const signer = callersOf(config).find(({ id, key }) => isSigned && hasSigned(id, key, request, counters))
  const caller = isSigned ? signer : callerOf(config, secret ?? '', request)
  if (caller === undefined) return '401 invalid-key'
  const { revoked = [] } = config
  if (revoked.includes(`key:${caller.id}`) || revoked.includes(digestOf(secret ?? ''))) return '401 revoked-key'
  const { suspended, expires, notBefore, allowIps } = caller.key
  if (hasCome(suspended?.since, request, false)) return '403 suspended'
  if (hasCome(expires, request, false)) return '401 expired-key'
  if (!hasCome(notBefore, request, true)) return '401 key-not-yet-valid'
  return allowIps === undefined || isIn(addressOf(config, request), allowIps) ? caller : '403 address-not-allowed'
}

/** The different secrets that a request presents. */
export function presentedBy(config: PlainConfig, request: PlainRequest): string[] {
  const { headers = ['x-api-key', 'authorization'] } = config.gateway.keys ?? {}
  const all = headers.flatMap((name) => valuesOf(request, name).map((value) => secretIn(name, value)))
  return [...new Set(all)].filter((secret) => secret !== '')
}

/** An IPv6 address counts as its /64. */
export function networkOf(address: string): string {
  const bytes = ipaddr.process(address).toByteArray()
  return (bytes.length === 4 ? bytes : bytes.slice(0, 8)).join()
}

/** True when a request says that it is signed, and some key signs. */
export function isSignedFor(config: PlainConfig, request: PlainRequest): boolean {
  return saysItIsSigned(request) && callersOf(config).some(({ key }) => key.signing !== undefined)
}

/** What is in "authorization" is a credential only behind "Bearer", in any case. */
function secretIn(header: string, value: string): string {
  return header === 'authorization' ? (/^bearer +(.*)$/i.exec(value)?.[1] ?? '') : value
}

/** A secret that begins with the prefix is of our format; any other opens only a key that is marked as imported. */
function callerOf(config: PlainConfig, secret: string, { wallMs }: PlainRequest): Caller | undefined {
  const { prefix = '', accept = ['live', 'test'] } = config.gateway.keys ?? {}
  const [start = '', environment = '', characters = ''] = secret.split('_')
  const isOurs = start === prefix && secret.includes('_')
  const checksum = [...characters.slice(-6)].reduce((sum, digit) => sum * 62 + DIGITS.indexOf(digit), 0)
  const isWellFormed = /^[^_]+_[^_]+_[0-9A-Za-z]{38}$/.test(secret) && checksum === crc32(secret.slice(0, -6))
  if (isOurs && !(isWellFormed && accept.includes(environment))) return undefined
  const digest = digestOf(secret)
  return callersOf(config).find(({ key: { digest: current, retiring, imported = false } }) => {
    const isOld = retiring?.digest === digest && wallMs < Date.parse(retiring.until)
    return imported !== isOurs && (current === digest || isOld)
  })
}

function digestOf(secret: string): string {
  return `sha256:${createHash('sha256').update(secret).digest('hex')}`
}

export type Caller = ReturnType<typeof callersOf>[number]

function callersOf({ tenants }: PlainConfig) {
  const keysOf = ([tenantName, tenant]: [string, RawTenant]) =>
    Object.entries(tenant.keys ?? {}).map(([id, key]) => ({ id, key, tenantName, tenant }))
  return Object.entries(tenants).flatMap(keysOf)
}

/** True when a point in time is there; `otherwise` for one that is not written. */
export function hasCome(instant: string | undefined, { wallMs }: PlainRequest, otherwise: boolean): boolean {
  return instant === undefined ? otherwise : wallMs >= Date.parse(instant)
}

/** The first address from the right that is no trusted proxy's. */
export function addressOf(config: PlainConfig, request: PlainRequest): string {
  const hops = valuesOf(request, 'x-forwarded-for').flatMap((value) => value.split(','))
  let address = request.peer
  while (isIn(address, config.gateway.trustedProxies ?? [])) {
    const hop = hops.pop()?.trim() ?? ''
    if (!ipaddr.isValid(hop)) break
    address = hop
  }
  return address
}

function isIn(address: string, ranges: readonly string[]): boolean {
  const one = ipaddr.process(address)
  return ranges.some((text) => {
    const range = ipaddr.parseCIDR(text.includes('/') ? text : `${text}/${text.includes(':') ? 128 : 32}`)
    return one.kind() === range[0].kind() && one.match(range)
  })
}
