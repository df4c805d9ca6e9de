import { createHash, createHmac } from 'node:crypto'
import type { RawKey } from '../../compiler/2-validate/raw.ts'
import type { Counters } from './interpret-limits.ts'
import { valuesOf, type PlainRequest } from './interpret-path.ts'

const AHEAD_MS = 30_000
const LONGER_MS = 60_000

/** What stands in a variable of the surroundings. */
export function sharedSecretOf(variable: string): string {
  return `${variable} is the name of this shared secret`
}

export function saysItIsSigned(request: PlainRequest): boolean {
  return valuesOf(request, 'signature-input').join('') !== ''
}

/** True when the key has signed the request, lately and for the first time. */
export function hasSigned(id: string, { signing }: RawKey, request: PlainRequest, counters: Counters): boolean {
  const form = /^(\w+)=(\(([^)]*)\)((?:;\w+=(?:"[^"]*"|\d+))*))$/.exec(valuesOf(request, 'signature-input').join(', '))
  if (signing === undefined || form === null) return false
  const [, label = '', input = '', list = '', rest = ''] = form
  const names = [...list.matchAll(/"([^"]+)"/g)].map(([, name = '']) => name)
  const said = Object.fromEntries([...rest.matchAll(/;(\w+)="?([^";]*)/g)].map(([, name, value]) => [name, value]))
  if (said['keyid'] !== id || !coversEnough(names, request)) return false
  const lines = names.map((name) => [name, valueOf(name, request)] as const)
  if (lines.some(([, value]) => value === undefined) || new Set(names).size < names.length) return false
  const base = [...lines, ['@signature-params', input]].map(([name, value]) => `"${name}": ${value}`).join('\n')
  const secret = sharedSecretOf(/env:(\w+)/.exec(signing.secret ?? '')?.[1] ?? '')
  const signature = createHmac('sha256', secret).update(base).digest('base64')
  if (valuesOf(request, 'signature').join(', ') !== `${label}=:${signature}:`) return false
  const window = signing.window ?? '5m'
  const windowMs = Number(window.slice(0, -1)) * (window.endsWith('m') ? 60_000 : 1000)
  const untilMs = Number(said['created']) * 1000 + windowMs
  const { wallMs } = request
  return isTimely(said, windowMs, wallMs) && isNew(`nonce ${id} ${said['nonce'] ?? ''}`, untilMs, counters, wallMs)
}

/** What becomes of a signed request whose body is another than was signed. */
export function isAnotherBody(request: PlainRequest): boolean {
  return hasBody(request) && !isDigest(request, request.body ?? '')
}

function coversEnough(names: readonly string[], request: PlainRequest): boolean {
  const all = ['@method', ...(names.includes('@target-uri') ? [] : ['@authority', '@path', '@query'])]
  if (!names.includes('content-digest')) return !hasBody(request) && all.every((name) => names.includes(name))
  return all.every((name) => names.includes(name)) && (hasBody(request) || isDigest(request, ''))
}

function hasBody(request: PlainRequest): boolean {
  return Number(valuesOf(request, 'content-length').join()) > 0 || valuesOf(request, 'transfer-encoding').length > 0
}

function isDigest(request: PlainRequest, body: string): boolean {
  const digest = createHash('sha256').update(body).digest('base64')
  return valuesOf(request, 'content-digest').join(', ') === `sha-256=:${digest}:`
}

function valueOf(name: string, request: PlainRequest): string | undefined {
  const { method, path, query } = request
  const authority = valuesOf(request, 'host').join().toLowerCase().replace(/:80$/, '')
  const target = `http://${authority}${path}?${query}`
  const derived = {
    '@method': method,
    '@authority': authority,
    '@path': path,
    '@query': `?${query}`,
    '@target-uri': target,
  }
  const values = valuesOf(request, name)
  return new Map(Object.entries(derived)).get(name) ?? (values.length === 0 ? undefined : values.join(', '))
}

function isTimely(said: Readonly<Record<string, string | undefined>>, windowMs: number, wallMs: number): boolean {
  const { created = 'x', expires = '9999999999', alg = 'hmac-sha256' } = said
  const ms = Number(created) * 1000
  const isYoung = ms + windowMs > wallMs && ms - wallMs <= Math.min(AHEAD_MS, windowMs)
  return isYoung && wallMs < Number(expires) * 1000 && alg === 'hmac-sha256'
}

/** A nonce is remembered for as long as its signature is taken, and a while longer. */
function isNew(nonce: string, untilMs: number, counters: Counters, wallMs: number): boolean {
  if (nonce.endsWith(' ') || wallMs < (counters.get(nonce)?.used ?? 0) + LONGER_MS) return false
  counters.set(nonce, { used: untilMs, tickMs: 0 })
  return true
}
