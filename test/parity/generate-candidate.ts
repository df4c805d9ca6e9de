import { ATTACK_QUERIES, ATTACK_SEGMENTS } from './generate-protect.ts'
import type { RawApi, RawMap, RawMatch, RawRoute } from '../../compiler/2-validate/raw.ts'
import { aimAtOwn } from './generate-binds.ts'
import { CONDITION_HEADERS } from './generate-condition.ts'
import { generateSignature, type SignaturePlan } from './generate-signature.ts'
import { characters, digestOf, generateSecret } from './generate-secret.ts'
import type { PlainRequest } from './interpret-path.ts'
import type { PlainConfig } from './interpret-config.ts'
import type { Random } from './random.ts'

/** A request without its time, and what it is about: the digest of its secret and the name of its api. */
export interface Candidate extends Omit<PlainRequest, 'wallMs' | 'tickMs'> {
  readonly about: readonly string[]
  /** Null for one that is not signed. */
  readonly signature: SignaturePlan | null
}

export interface CandidateSource {
  readonly config: PlainConfig
  /** Secrets of the config's keys. */
  readonly secrets: readonly string[]
  /** True when it is to go over a socket. */
  readonly live: boolean
}

type Header = readonly [name: string, value: string]

const SEGMENTS = [
  ...ATTACK_SEGMENTS,
  '1',
  'abc',
  'a',
  'b',
  'A.b',
  'x~y',
  '%C3%A9',
  '%20',
  '%3B',
  'caf%C3%A9',
  '...',
  'a:b@c,d=e',
]
const RESTS = ['', 'p', 'p/q', 'a/b/c', '1', 'x/%41']
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
const UNKNOWN_METHODS = ['TRACE', 'FOO', 'PROPFIND', 'get', 'Get']
const PEERS = [
  '203.0.113.9',
  '203.0.114.9',
  '198.51.100.7',
  '198.51.100.8',
  '192.0.2.100',
  '192.0.2.130',
  '2001:db8:0:5::1',
  '2001:db8:0:5:ffff::3',
]
const MORE_PEERS = [
  '2001:db8:0:5::2',
  '2001:db8:0:6::1',
  '2001:db8:1::1',
  '::ffff:203.0.113.9',
  '10.1.2.3',
  '2001:db8:ffff::7',
]
const ADDRESSES = [...PEERS, ...MORE_PEERS]
const PROXIES = ['10.1.2.3', '10.255.255.255', '2001:db8:ffff::7']
const HOST = 'gateway.example.test'

/** Makes a request that is aimed at one of the config's routes and hits it, or misses it in one of many ways. */
export function generateCandidate(random: Random, source: CandidateSource): Candidate {
  const [apiName, api, name, route] = pickRoute(random, source.config.apis as RawMap<RawApi>)
  const [routeMethod = '', ending = ''] = name.split(' ')
  const method = generateMethod(random, routeMethod)
  const match = random.chance(0.85)
    ? merged(api.match, route.match)
    : random.pick([{}, wrong(merged(api.match, route.match))])
  const credential = api.access === 'public' && random.chance(0.7) ? [] : generateCredential(random, source)
  const known = source.secrets.find((secret) => credential.some(([, value]) => value.endsWith(secret)))
  const aimed = aimAtOwn(random, source.config, known, api, route)
  const request = {
    method,
    path: generatePath(random, api.basePath, ending, aimed.parameters),
    query: [generateQuery(random, match.query ?? {}), ...aimed.query].filter((part) => part !== '').join('&'),
    ...(aimed.body === null ? {} : { body: aimed.body }),
    headers: [
      ['host', hostOf(random, match)] as const,
      ...Object.entries(match.headers ?? {}),
      ...(route.when === undefined ? [] : random.some(CONDITION_HEADERS, 0.4)),
      ...credential,
      ...(aimed.body === null ? generateBody(random, method, source.live) : jsonHeaders(random, aimed.body)),
      ...(source.live ? [['connection', 'close'] as const] : []),
    ],
    ...generateAddress(random, source.live),
    signature: bindsBody(api, route) ? null : generateSignature(random, source.config),
    about: [
      apiName,
      ...source.secrets.filter((secret) => credential.some(([, value]) => value.includes(secret))).map(digestOf),
    ],
  }
  const { forwarded, ...rest } = request
  const sent = { ...rest, headers: [...request.headers, ...forwarded] }
  if (random.chance(0.07)) return asPreflight(random, sent)
  return source.live ? sent : misframed(random, sent)
}

/** Then what stands in a body is its key's own, and not a signer's. */
function bindsBody(...parts: readonly { readonly bind?: RawMap<string> }[]): boolean {
  return parts.some(({ bind = {} }) => Object.keys(bind).some((place) => place.startsWith('body.')))
}

function generateMethod(random: Random, method: string): string {
  if (random.chance(0.03)) return random.pick(UNKNOWN_METHODS)
  if (random.chance(0.07)) return random.pick(METHODS)
  if (method === 'ANY') return random.pick(METHODS.slice(0, -1))
  return method === 'GET' && random.chance(0.1) ? 'HEAD' : method
}

/** Routes that read bodies are few, and have answers of their own: they are asked for more often. */
function pickRoute(random: Random, apis: RawMap<RawApi>): readonly [apiName: string, RawApi, name: string, RawRoute] {
  const [apiName, api] = random.pick(Object.entries(apis))
  const bodyRoutes = Object.entries(apis).flatMap(([ofApi, one]) =>
    Object.entries(one.routes).flatMap(([name, route]) =>
      bindsBody(one, route) ? [[ofApi, one, name, route] as const] : [],
    ),
  )
  return bodyRoutes.length > 0 && random.chance(0.1)
    ? random.pick(bodyRoutes)
    : [apiName, api, ...random.pick(Object.entries(api.routes))]
}

/** Of a body whose length is known, or is not, and which mostly says what it is. */
function jsonHeaders(random: Random, body: string): Header[] {
  const isJson = random.chance(0.7)
  return [
    ['content-type', isJson ? 'application/json' : random.pick(['text/plain', 'application/json; charset=latin1'])],
    random.chance(0.15) ? ['transfer-encoding', 'chunked'] : ['content-length', String(Buffer.byteLength(body))],
  ]
}

function generatePath(random: Random, basePath: string, ending: string, known: RawMap<string>): string {
  const pattern = [...basePath.split('/'), ...ending.split('/')].filter((segment) => segment !== '')
  const segments = pattern.map((segment) => {
    const own = known[segment.replace(/^\{|(\.\.\.)?\}$/g, '')]
    if (segment.startsWith('{') && own !== undefined) return own
    if (segment.endsWith('...}')) return random.pick(RESTS)
    return segment.startsWith('{') ? random.pick(SEGMENTS) : segment
  })
  const plain = '/' + segments.filter((segment) => segment !== '').join('/')
  const path = plain !== '/' && random.chance(0.1) ? plain + '/' : plain
  if (random.chance(0.1)) return respelt(random, path)
  return random.chance(0.12) ? nearMiss(random, path) : path
}

/** The same path in another spelling: some characters escaped, hex digits small. */
function respelt(random: Random, path: string): string {
  return path.replace(/%..|[^/%]/g, (text) => {
    if (!random.chance(0.4)) return text
    if (text.length === 3) return text.toLowerCase()
    return /[A-Za-z0-9\-._~]/.test(text) ? '%' + text.charCodeAt(0).toString(16) : text
  })
}

/** A path beside the one that was meant, or one that has no form. */
function nearMiss(random: Random, path: string): string {
  const at = path.lastIndexOf('/')
  return random.pick([
    path.toUpperCase(),
    `${path}/more`,
    path.slice(0, at) || '/',
    `${path}x`,
    `${path}//`,
    `/${path}`,
    `${path}/.`,
    `${path}/..`,
    `${path.slice(0, at)}/.${path.slice(at)}`,
    `${path}/%2e%2E`,
    `${path}/%2e`,
    `${path}%2F`,
    `${path}%5c`,
    `${path}%00`,
    `${path}%25`,
    `${path}%2561`,
    `${path};v=1`,
    `${path}\\`,
    `${path}%zz`,
    `${path}%4`,
    `${path}%`,
    `${path}#x`,
    `${path}\u00e9`,
  ])
}

function generateQuery(random: Random, wanted: RawMap<string>): string {
  const pairs = Object.entries(wanted).map(([name, value]) => {
    const spelt = random.pick([encodeURIComponent(value), encodeURIComponent(value).replaceAll('%20', '+')])
    const first = `${random.chance(0.2) ? '%' + name.charCodeAt(0).toString(16) : name[0]}${name.slice(1)}=${spelt}`
    if (random.chance(0.1)) return `${first}&${name}=${spelt}`
    return random.chance(0.08) ? `${first}&${name}=other` : first
  })
  const others = [...random.some(['page=2', 'q=%20', 'empty', '=x'], 0.1), ...random.some(ATTACK_QUERIES, 0.03)]
  return [...pairs, ...others].join('&')
}

function hostOf(random: Random, { host = HOST }: RawMatch): string {
  if (random.chance(0.2)) return `${host.toUpperCase()}:8080`
  return random.chance(0.1) ? `${host}:443` : host
}

function merged(ofApi: RawMatch = {}, ofRoute: RawMatch = {}): RawMatch {
  return {
    headers: { ...ofApi.headers, ...ofRoute.headers },
    query: { ...ofApi.query, ...ofRoute.query },
    ...(ofApi.host === undefined ? {} : { host: ofApi.host }),
    ...(ofRoute.host === undefined ? {} : { host: ofRoute.host }),
  }
}

/** Conditions that do not hold. */
function wrong({ headers = {}, query = {} }: RawMatch): RawMatch {
  const other = (values: RawMap<string>): RawMap<string> =>
    Object.fromEntries(Object.keys(values).map((name) => [name, '9']))
  return { headers: other(headers), query: other(query), host: 'c.example.test' }
}

function generateCredential(random: Random, { config, secrets }: CandidateSource): Header[] {
  const { prefix = '', accept = ['live', 'test'], headers = ['x-api-key', 'authorization'] } = config.gateway.keys ?? {}
  const put = (name: string, secret: string): Header =>
    [name, name === 'authorization' ? `${random.pick(['Bearer ', 'bearer ', 'BEARER  '])}${secret}` : secret] as const
  const known = random.pick(secrets)
  const other = generateSecret(random, prefix, random.pick(accept))
  if (random.chance(0.75)) return [put(random.pick(headers), known)]
  return random.pick([
    () => [],
    () => [put(random.pick(headers), '')],
    () => [put(random.pick(headers), other)],
    () => [put(random.pick(headers), mistyped(random, known))],
    () => [put(random.pick(headers), generateSecret(random, prefix, 'test'))],
    () => [put(random.pick(headers), characters(random, 30))],
    () => [put(random.pick(headers), 'aaa.bbb.ccc')],
    () => headers.map((name) => put(name, known)),
    () => [put(headers[0] ?? '', known), put(headers.at(-1) ?? '', other)],
    () => [['authorization', known] as const],
    () => [['authorization', `Basic ${known}`] as const],
    () => [['x-other', known] as const],
  ])()
}

function mistyped(random: Random, secret: string): string {
  const at = random.below(secret.length)
  return secret.slice(0, at) + (secret[at] === 'x' ? 'y' : 'x') + secret.slice(at + 1)
}

/** Who sends it, through which proxies, and what it claims of those. */
function generateAddress(random: Random, live: boolean): { peer: string; forwarded: Header[] } {
  const client = random.pick(ADDRESSES)
  if (live) return { peer: '127.0.0.1', forwarded: random.chance(0.1) ? [] : [['x-forwarded-for', client]] }
  if (random.chance(0.65)) return { peer: client, forwarded: [] }
  const peer = random.chance(0.75) ? random.pick(PROXIES) : client
  const claims = [
    random.pick(ADDRESSES),
    ...random.some([random.pick(PROXIES), random.pick(ADDRESSES), 'unknown'], 0.3),
  ]
  const split = random.chance(0.3)
  return {
    peer,
    forwarded: split ? claims.map((claim) => ['x-forwarded-for', claim]) : [['x-forwarded-for', claims.join(', ')]],
  }
}

function generateBody(random: Random, method: string, live: boolean): Header[] {
  if (!['POST', 'PUT', 'PATCH'].includes(method) || random.chance(0.5)) return []
  return [
    [
      'content-length',
      String(random.pick(live ? [0, 5] : [0, 5, 99, 100, 101, 999, 1001, 2000, 5000, 5001, 1_000_001])),
    ],
  ]
}

/** What a browser asks before it calls. */
function asPreflight(random: Random, request: Candidate): Candidate {
  const origin = random.pick([
    'https://app.example.test',
    'https://app.example.test',
    'https://evil.example.test',
    'null',
  ])
  const asked = ['access-control-request-method', request.method] as const
  const kept = request.headers.filter(([name]) => name === 'host' || name === 'connection')
  return {
    ...request,
    signature: null,
    method: 'OPTIONS',
    headers: [...kept, ['origin', origin], ...(random.chance(0.9) ? [asked] : [])],
  }
}

/** A request whose framing or size is wrong, one time in ten. */
function misframed(random: Random, request: Candidate): Candidate {
  if (random.chance(0.9)) return request
  const { headers, query } = request
  const withHeaders = (...more: Header[]): Candidate => ({
    ...request,
    headers: [...headers.filter(([name]) => name !== 'content-length'), ...more],
  })
  return random.pick([
    () => ({ ...request, headers: headers.filter(([name]) => name !== 'host') }),
    () => withHeaders(['host', HOST]),
    () => withHeaders(['content-length', '5'], ['content-length', '5']),
    () => withHeaders(['content-length', random.pick(['-1', '+5', '5,5', '0x5', ''])]),
    () => withHeaders(['content-length', '5'], ['transfer-encoding', 'chunked']),
    () => withHeaders(['transfer-encoding', 'chunked']),
    () => withHeaders(['transfer-encoding', 'chunked']),
    () => withHeaders(['transfer-encoding', random.pick(['gzip', 'gzip, chunked', 'identity'])]),
    () => withHeaders(['content-length', '5']),
    () => withHeaders(['content-length', '20000000']),
    () => withHeaders(['x-long', 'v'.repeat(random.pick([1500, 1900, 3000, 17_000]))]),
    () => ({ ...request, query: `${query}&long=${'v'.repeat(random.pick([200, 300, 9000]))}` }),
  ])()
}
