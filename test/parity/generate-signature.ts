import { createHash, createHmac } from 'node:crypto'
import type { RawSigning } from '../../compiler/2-validate/raw.ts'
import type { PlainConfig } from './interpret-config.ts'
import type { PlainRequest } from './interpret-path.ts'
import { sharedSecretOf } from './interpret-signature.ts'
import type { Random } from './random.ts'

/** How a request is to be signed once its time is known. */
export interface SignaturePlan {
  readonly keyId: string
  readonly secret: string
  readonly mistake: Mistake
}

type Mistake = (typeof MISTAKES)[number]
const MISTAKES = [
  ...['secret', 'key', 'digest-key', 'old', 'almost-old', 'future', 'almost-future', 'expired', 'ends', 'algorithm'],
  ...['names-algorithm', 'no-nonce', 'nonce', 'no-created', 'method', 'query', 'path', 'host', 'target', 'few', 'more'],
  ...['header', 'digest', 'undigested', 'beside', 'label', 'malformed'],
] as const
const COVERED = ['@method', '@authority', '@path', '@query']

/** A key that signs, with a window or without one of its own. */
export function generateSigning(random: Random, id: string): RawSigning {
  const secret = `\${env:SIGN_${id.replaceAll('-', '_').toUpperCase()}}`
  return {
    algorithm: 'hmac-sha256',
    secret,
    ...(random.chance(0.5) ? { window: random.pick(['30s', '5m', '10s']) } : {}),
  }
}

/** Null where no key signs, and for most requests. */
export function generateSignature(random: Random, { tenants }: PlainConfig): SignaturePlan | null {
  const keys = Object.values(tenants).flatMap(({ keys = {} }) => Object.entries(keys))
  const signing = keys.filter(([, key]) => key.signing !== undefined)
  if (signing.length === 0 || random.chance(0.7)) return null
  const [keyId, key] = random.pick(signing)
  const secret = sharedSecretOf(/env:(\w+)/.exec(key.signing?.secret ?? '')?.[1] ?? '')
  // Most of them have none: what it says goes wrong nowhere.
  return { keyId, secret, mistake: random.chance(0.5) ? 'more' : random.pick(MISTAKES) }
}

/** The request with a signature in place of its credential. */
export function withSignature<Request extends PlainRequest>(
  random: Random,
  request: Request,
  { keyId, secret, mistake }: SignaturePlan,
): Request {
  const plain = request.headers.filter(([name]) => name !== 'x-api-key' && name !== 'authorization')
  const others = mistake === 'beside' ? request.headers : plain
  const hasBody = others.some(
    ([name, value]) => name === 'transfer-encoding' || (name === 'content-length' && value !== '0'),
  )
  const digest = createHash('sha256')
    .update(mistake === 'digest' ? 'other' : (request.body ?? ''))
    .digest('base64')
  const headers = [...others, ...(hasBody ? [['content-digest', `sha-256=:${digest}:`] as const] : [])]
  const names = [
    ...(mistake === 'target'
      ? ['@method', '@target-uri']
      : mistake === 'few'
        ? COVERED.slice(random.below(4))
        : COVERED),
    ...(mistake === 'more' && random.chance(0.3) ? ['host'] : mistake === 'header' ? ['x-missing'] : []),
    ...(hasBody && mistake !== 'undigested' ? ['content-digest'] : []),
  ]
  const input = `(${names.map((name) => `"${name}"`).join(' ')})${parametersOf(random, request.wallMs, keyId, mistake)}`
  const signed = { ...request, headers, ...changedBy(mistake, request) }
  const lines = [...names.map((name) => [name, valueOf(name, signed)]), ['@signature-params', input]]
  const base = lines.map(([name, value]) => `"${name}": ${value}`).join('\n')
  const signature = createHmac('sha256', mistake === 'secret' ? `${secret}!` : secret)
    .update(base)
    .digest('base64')
  const label = mistake === 'label' ? 'b' : 'a'
  const shown = [
    ['signature-input', mistake === 'malformed' ? input : `a=${input}`],
    ['signature', `${label}=:${signature}:`],
  ] as const
  return { ...request, headers: [...headers, ...shown] }
}

/** What was signed, where that is another request than the one that is sent. */
function changedBy(mistake: Mistake, { method, path, query, headers }: PlainRequest): Partial<PlainRequest> {
  if (mistake === 'method') return { method: method === 'GET' ? 'POST' : 'GET' }
  if (mistake === 'query') return { query: `${query}&more` }
  if (mistake === 'path') return { path: `${path}x` }
  return mistake === 'host'
    ? { headers: headers.map(([name, value]) => [name, name === 'host' ? 'other' : value]) }
    : {}
}

function parametersOf(random: Random, wallMs: number, keyId: string, mistake: Mistake): string {
  const seconds = Math.floor(wallMs / 1000)
  const shifts: Partial<Record<Mistake, number>> = { old: -300, 'almost-old': -9, future: 31, 'almost-future': 10 }
  const parameters = {
    created: mistake === 'no-created' ? undefined : seconds + (shifts[mistake] ?? 0),
    expires: mistake === 'expired' ? seconds : mistake === 'ends' ? seconds + 5 : undefined,
    nonce: mistake === 'no-nonce' ? '' : `n${random.below(mistake === 'nonce' ? 2 : 1_000_000_000)}`,
    keyid: mistake === 'key' ? 'nobody' : mistake === 'digest-key' ? keyId.replace(/\d+$/, '0') : keyId,
    alg: mistake === 'algorithm' ? 'ed25519' : mistake === 'names-algorithm' ? 'hmac-sha256' : undefined,
  }
  const said = Object.entries(parameters).filter(([, value]) => value !== undefined)
  return said.map(([name, value]) => `;${name}=${typeof value === 'number' ? value : `"${value}"`}`).join('')
}

function valueOf(name: string, { method, path, query, headers }: PlainRequest): string {
  const values = (wanted: string): string =>
    headers.flatMap(([one, value]) => (one === wanted ? [value] : [])).join(', ')
  const authority = values('host').toLowerCase().replace(/:80$/, '')
  switch (name) {
    case '@method':
      return method
    case '@authority':
      return authority
    case '@path':
      return path
    case '@query':
      return `?${query}`
    case '@target-uri':
      return `http://${authority}${path}?${query}`
    default:
      return values(name)
  }
}
