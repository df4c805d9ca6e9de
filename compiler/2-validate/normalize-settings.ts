import type { AddressRange, ListenAddress, Listener, Settings } from '../../schemas/config.ts'
import { pointTo, type Pointer } from '../diagnostics/report.ts'
import { parseAddress, parseAddressRange } from './addresses.ts'
import type { RawListen, RawProtect, RawSettings } from './raw.ts'
import { references } from './shapes.ts'
import { parseCount, parseDuration, parseSize } from './units.ts'

const AT = '/gateway'

export function normalizeSettings(raw: RawSettings): Settings {
  const { requests = {}, keys } = raw
  return {
    at: AT,
    name: raw.name,
    listen: listenAddresses(raw.listen),
    admin: raw.admin === undefined ? null : listenAddress(pointTo(AT, 'admin'), raw.admin),
    threads: raw.threads ?? 'auto',
    instances: raw.instances ?? 1,
    trustedProxies: addressRanges(pointTo(AT, 'trustedProxies'), raw.trustedProxies ?? []),
    keys:
      keys === undefined
        ? null
        : {
            prefix: keys.prefix,
            accept: keys.accept ?? ['live', 'test'],
            headers: keys.headers ?? ['x-api-key', 'authorization'],
          },
    requests: {
      bodyBytes: parseSize(requests.body ?? '1MB'),
      headersBytes: parseSize(requests.headers ?? '16KB'),
      urlBytes: parseSize(requests.url ?? '8KB'),
      timeoutMs: parseDuration(requests.timeout ?? '30s'),
    },
    approvers: raw.approvers === undefined ? null : references(pointTo(AT, 'approvers'), raw.approvers),
    accessLog: accessLog(raw.log?.access ?? 'stdout'),
    revocations: raw.revocations ?? null,
    problemBase: raw.brand?.errors ?? 'urn:keysmith:',
    lockout: lockout(raw.protect?.lockout),
    block: block(raw.protect?.block),
  }
}

export function addressRanges(at: Pointer, texts: readonly string[]): AddressRange[] {
  return texts.map((text, i) => {
    const range = parseAddressRange(text)
    if (range === null) throw new Error(`not an address, though the schema let it through: ${text}`)
    return { at: pointTo(at, i), text, ...range }
  })
}

function listenAddresses(raw: RawListen | readonly RawListen[]): Listener[] {
  const at = pointTo(AT, 'listen')
  // The type of Array.isArray does not take read-only lists apart.
  if (Array.isArray(raw)) return (raw as readonly RawListen[]).map((one, i) => listenOne(pointTo(at, i), one))
  return [listenOne(at, raw as RawListen)]
}

function listenOne(at: Pointer, raw: RawListen): Listener {
  if (typeof raw === 'string') return { ...listenAddress(at, raw), tls: null }
  const address = listenAddress(pointTo(at, 'address'), raw.address)
  if (raw.tls === undefined) return { ...address, tls: null }
  const { cert, key, clientCa = null } = raw.tls
  return { ...address, tls: { at: pointTo(at, 'tls'), cert, key, clientCa } }
}

function listenAddress(at: Pointer, text: string): ListenAddress {
  const address = parseAddress(text)
  if (address === null) throw new Error(`not an address, though the schema let it through: ${text}`)
  return { at, ...address }
}

function lockout(raw: RawProtect['lockout']): Settings['lockout'] {
  if (raw === undefined) return null
  return {
    at: pointTo(AT, 'protect', 'lockout'),
    failures: parseCount(raw.failures),
    windowMs: parseDuration(raw.window),
    banMs: parseDuration(raw.ban),
  }
}

function block(raw: RawProtect['block']): Settings['block'] {
  if (raw === undefined) return null
  const at = pointTo(AT, 'protect', 'block')
  return 'rules' in raw ? { at, rules: raw.rules, mode: raw.mode ?? 'refuse' } : { at, rules: raw, mode: 'refuse' }
}

function accessLog(text: string): Settings['accessLog'] {
  return text === 'stdout' || text === 'off' ? text : { file: text }
}
