import { addressOf, isSignedFor, networkOf, presentedBy } from './interpret-caller.ts'
import type { PlainConfig } from './interpret-config.ts'
import { numberOf, type Counters } from './interpret-limits.ts'
import type { PlainFound, PlainRequest } from './interpret-path.ts'

/** Attacks that requests of these configs hold, as they are once they are decoded. */
export const PLAIN_ATTACKS = { 'sql-injection': "' or '1'='1", 'script-injection': '<script>' } as const

/** Refuses whoever presents something while their address is locked out. */
export function lockedOut(config: PlainConfig, request: PlainRequest, counters: Counters): string | null {
  const presentsNothing = presentedBy(config, request).length === 0 && !isSignedFor(config, request)
  if (config.gateway.protect?.lockout === undefined || presentsNothing) return null
  return isBanned(addressSubject(config, request), request, counters) ? '429 locked-out' : null
}

/** Counts what does not hold: for the address, and for the eight characters behind prefix and environment. */
export function noteFailure(config: PlainConfig, request: PlainRequest, counters: Counters): void {
  const [secret = ''] = presentedBy(config, request)
  const [start, environment, characters = ''] = secret.split('_')
  const isKey = start === config.gateway.keys?.prefix && environment !== undefined
  const rest = isKey ? secret.slice(`${start}_${environment}_`.length) : ''
  const prefix = isKey && characters !== undefined && rest.length >= 8 ? `prefix ${rest.slice(0, 8)}` : null
  const isLocked = prefix !== null && isBanned(prefix, request, counters)
  count(config, addressSubject(config, request), request, counters, isLocked)
  if (prefix !== null && !isLocked) count(config, prefix, request, counters, false)
}

/** Whether the gateway refuses what stands in the path or the query. */
export function blockedBy(config: PlainConfig, { route }: PlainFound, { path, query }: PlainRequest): string | null {
  const block = config.gateway.protect?.block ?? []
  const { rules, mode = 'refuse' } = 'rules' in block ? block : { rules: block }
  const text = decodeURIComponent(`${path}?${query.replaceAll('+', ' ')}`).toLowerCase()
  const found = rules.find((rule) => text.includes(PLAIN_ATTACKS[rule]) && route.block?.except.includes(rule) !== true)
  return found === undefined || mode === 'report-only' ? null : '403 blocked'
}

function addressSubject(config: PlainConfig, request: PlainRequest): string {
  return `address ${networkOf(addressOf(config, request))}`
}

function isBanned(subject: string, { tickMs }: PlainRequest, counters: Counters): boolean {
  return tickMs < (counters.get(`ban of ${subject}`)?.used ?? 0)
}

/** The window begins with the first failure; the last one that is too many begins the ban, and the count begins anew. */
function count(config: PlainConfig, subject: string, request: PlainRequest, counters: Counters, strict: boolean): void {
  const { lockout } = config.gateway.protect ?? {}
  if (lockout === undefined) return
  const { used, tickMs } = counters.get(`failures of ${subject}`) ?? { used: 0, tickMs: -Infinity }
  const isOver = request.tickMs - tickMs >= numberOf(lockout.window) * 1000
  const failures = isOver ? { used: 1, tickMs: request.tickMs } : { used: used + 1, tickMs }
  if (failures.used < numberOf(lockout.failures) && !strict)
    return void counters.set(`failures of ${subject}`, failures)
  counters.delete(`failures of ${subject}`)
  counters.set(`ban of ${subject}`, { used: request.tickMs + numberOf(lockout.ban) * 1000, tickMs: 0 })
}
