import { createHash, createHmac, randomUUID, sign, type KeyObject } from 'node:crypto'
import { AT_MS, type TestRequest } from './decider.ts'

/** How a caller signs, and what it does otherwise than others. */
export interface SignOptions {
  readonly keyId: string
  /** A shared secret, or an Ed25519 private key. */
  readonly key: string | Buffer | KeyObject
  readonly components?: readonly string[]
  readonly label?: string
  readonly nonce?: string | null
  /** Seconds since 1970. */
  readonly created?: number | null
  readonly expires?: number
  readonly algorithm?: string
  readonly tag?: string
  readonly body?: string | Buffer
  readonly scheme?: string
  readonly authority?: string
  /** What components are that are given with flags. */
  readonly values?: Readonly<Record<string, string>>
  /** Written behind the parameters as it is. */
  readonly more?: string
}

export type SignedRequest = TestRequest & {
  readonly method: string
  readonly headers: readonly (readonly [name: string, value: string])[]
}

const COVERED = ['@method', '@authority', '@path', '@query']

/** A request with its signature, made as RFC 9421 says and with nothing of the runtime's. */
export function signRequest(request: TestRequest, options: SignOptions): SignedRequest {
  const { method = 'GET', headers = [] } = request
  const { body, keyId, key, label = 'sig1' } = options
  const digest = body === undefined ? [] : ([['content-digest', contentDigest(body)]] as const)
  const length = body === undefined ? [] : ([['content-length', String(Buffer.byteLength(body))]] as const)
  const given = new Set(headers.map(([name]) => name))
  const all = [...headers, ...[...digest, ...length].filter(([name]) => !given.has(name))]
  const covered = options.components ?? [...COVERED, ...(body === undefined ? [] : ['content-digest'])]

  const parameters = parametersOf(covered, keyId, options)
  const lines = covered.map(
    (name) => `${identifier(name)}: ${valueOf(name, { ...request, method, headers: all }, options)}`,
  )
  const base = [...lines, `"@signature-params": ${parameters}`].join('\n')
  const signature = signatureOf(base, key).toString('base64')
  return {
    ...request,
    method,
    headers: [...all, ['signature-input', `${label}=${parameters}`], ['signature', `${label}=:${signature}:`]],
  }
}

export function contentDigest(body: string | Buffer, algorithm: 'sha-256' | 'sha-512' = 'sha-256'): string {
  return `${algorithm}=:${createHash(algorithm.replace('-', '')).update(body).digest('base64')}:`
}

/** A request with one of its headers changed, or taken away. */
export function withHeader(request: SignedRequest, name: string, value: string | null): SignedRequest {
  const others = request.headers.filter(([other]) => other !== name)
  return { ...request, headers: value === null ? others : [...others, [name, value]] }
}

function parametersOf(covered: readonly string[], keyId: string, options: SignOptions): string {
  const { nonce = randomUUID(), created = Math.floor(AT_MS / 1000), expires, algorithm, tag, more = '' } = options
  const parameters = [
    ...(created === null ? [] : [`created=${created}`]),
    ...(expires === undefined ? [] : [`expires=${expires}`]),
    ...(nonce === null ? [] : [`nonce="${nonce}"`]),
    `keyid="${keyId}"`,
    ...(algorithm === undefined ? [] : [`alg="${algorithm}"`]),
    ...(tag === undefined ? [] : [`tag="${tag}"`]),
  ]
  return `(${covered.map(identifier).join(' ')});${parameters.join(';')}${more}`
}

/** A name with flags is given as it stands in the signature. */
function identifier(name: string): string {
  return name.startsWith('"') ? name : `"${name}"`
}

function valueOf(name: string, { method, url, headers }: SignedRequest, options: SignOptions): string {
  const { authority = 'gateway.test', scheme = 'http', values = {} } = options
  const question = url.indexOf('?')
  const path = question < 0 ? url : url.slice(0, question)
  const derived: Readonly<Record<string, string>> = {
    '@method': method,
    '@authority': authority,
    '@scheme': scheme,
    '@path': path,
    '@query': question < 0 ? '?' : url.slice(question),
    '@target-uri': `${scheme}://${authority}${url}`,
    ...values,
  }
  const lines = headers.filter(([header]) => header === name).map(([, value]) => value)
  return derived[name] ?? lines.join(', ')
}

function signatureOf(base: string, key: SignOptions['key']): Buffer {
  const isSecret = typeof key === 'string' || Buffer.isBuffer(key)
  return isSecret ? createHmac('sha256', key).update(base).digest() : sign(null, Buffer.from(base), key)
}
