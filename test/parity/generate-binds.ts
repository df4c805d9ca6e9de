import type { RawApi, RawMap, RawRoute } from '../../compiler/2-validate/raw.ts'
import { digestOf } from './generate-secret.ts'
import type { PlainConfig } from './interpret-config.ts'
import type { Random } from './random.ts'

/** Of keys; some of them have more than one form in a path. */
export const OWNERS = ['o-1', 'o 2', 'caf\u00e9', '42']
const SOURCES = ['key.tenant', 'key.id', 'key.metadata.owner', 'key.metadata.owner', 'key.metadata.owner']
const BODY_METHODS = ['POST', 'PUT', 'PATCH']

/** Binds of an api or route: of parameters of its path, of the query, and of the body where there is one. */
export function generateBinds(
  random: Random,
  path: string,
  { method, chance }: { readonly method: string; readonly chance: number },
): { bind?: RawMap<string> } {
  const hasBody = BODY_METHODS.includes(method)
  if (!random.chance(hasBody ? 0.6 : chance)) return {}
  const parameters = [...path.matchAll(/\{(\w+)(?:\.\.\.)?\}/g)].map((match) => match[1] ?? '')
  const inBody = hasBody ? ['body.owner', 'body.owner', 'body.owner', 'body.of.owner'] : []
  const inQuery = method === '' ? [] : ['query.owner']
  const places = [...parameters, ...parameters, ...inQuery, ...inBody]
  if (places.length === 0) return {}
  const chosen = new Set([random.pick(places), random.pick(places)].slice(0, 1 + random.below(2)))
  return { bind: Object.fromEntries([...chosen].map((place) => [place, random.pick(SOURCES)])) }
}

export interface Aimed {
  /** Values for parameters of the path, by name. */
  readonly parameters: RawMap<string>
  /** Parts of the query. */
  readonly query: readonly string[]
  /** Null where none is bound. */
  readonly body: string | null
}

/** What a request must say to be about its caller's own objects, most of the time; else what is near it. */
export function aimAtOwn(
  random: Random,
  config: PlainConfig,
  secret: string | undefined,
  { bind: ofApi = {} }: RawApi,
  { bind: ofRoute = {} }: RawRoute,
): Aimed {
  const binds = [...Object.entries(ofApi), ...Object.entries(ofRoute)]
  const valueOf = (source: string): string =>
    random.chance(0.8) ? ownValue(config, secret, source) : random.pick(OWNERS)
  const ofPath = binds.filter(([place]) => !place.includes('.'))
  const ofQuery = binds.filter(([place]) => place.startsWith('query.'))
  const ofBody = binds.filter(([place]) => place.startsWith('body.'))
  return {
    parameters: Object.fromEntries(ofPath.map(([place, source]) => [place, encodeURIComponent(valueOf(source))])),
    query: ofQuery.flatMap(([place, source]) => {
      const part = `${place.slice('query.'.length)}=${encodeURIComponent(valueOf(source))}`
      return random.chance(0.1) ? [part, part] : random.chance(0.95) ? [part] : []
    }),
    body:
      ofBody.length === 0
        ? null
        : bodyOf(
            random,
            ofBody.map(([place, source]) => [place, valueOf(source)]),
          ),
  }
}

function bodyOf(random: Random, values: readonly (readonly [place: string, value: string])[]): string {
  if (random.chance(0.25)) return random.pick(['{', '[1,]', 'owner=1'])
  const members = values.map(([place, value]) => {
    const written = value === '42' ? random.pick(['"42"', '42', '42.0', '4.2e1']) : JSON.stringify(value)
    return place === 'body.owner' ? `"owner":${written}` : `"of":{"x":1,"owner":${written}}`
  })
  return `{${members.join(',')}${random.chance(0.2) ? ',"other":[{"owner":"o-1"}]' : ''}}`
}

function ownValue({ tenants }: PlainConfig, secret: string | undefined, source: string): string {
  const digest = secret === undefined ? '' : digestOf(secret)
  for (const [tenant, { keys = {} }] of Object.entries(tenants)) {
    for (const [id, key] of Object.entries(keys)) {
      if (key.digest !== digest && key.retiring?.digest !== digest) continue
      if (source === 'key.tenant') return tenant
      return source === 'key.id' ? id : (key.metadata?.['owner'] ?? 'o-1')
    }
  }
  return 'o-1'
}
