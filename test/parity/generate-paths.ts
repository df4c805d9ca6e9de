import type { RawMatch } from '../../compiler/2-validate/raw.ts'
import type { Random } from './random.ts'

export const BASE_PATHS = ['/', '/a', '/b', '/a/b', '/v1/items', '/{p}', '/a/{p}', '/v1/{p}/b']
const ENDINGS = [
  '/',
  '/',
  '/{x}',
  '/{x}',
  '/a',
  '/b',
  '/B',
  '/a/{y}',
  '/{x}/b',
  '/{x}/{y}',
  '/b/{y}/c',
  '/{rest...}',
  '/a/{rest...}',
  '/{x}/{rest...}',
  '/a.b~c',
  '/caf%C3%A9',
  '/-/_',
]
const METHODS = ['GET', 'GET', 'GET', 'GET', 'POST', 'POST', 'PUT', 'PATCH', 'DELETE', 'ANY', 'HEAD', 'OPTIONS']
const METHODS_OF_ANY = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

/** What tells routes of one path and method apart: one kind in a config, so that no two conditions hold at once. */
export interface Discriminator {
  readonly kind: 'header' | 'query' | 'host'
  readonly values: readonly string[]
}

export const DISCRIMINATORS: readonly Discriminator[] = [
  { kind: 'header', values: ['1', '2'] },
  { kind: 'query', values: ['1', 'a b'] },
  { kind: 'host', values: ['a.example.test', 'b.example.test'] },
]

export function matchOf({ kind }: Discriminator, value: string): RawMatch {
  if (kind === 'header') return { headers: { 'x-v': value } }
  return kind === 'query' ? { query: { v: value } } : { host: value }
}

/** Keeps the routes of a config apart: two of one path and method must have different values, or one has none. */
export interface PathBook {
  /** False when the route would stand in another's way; then it is not taken down. */
  readonly add: (basePath: string, route: string, value: string | null) => boolean
  /** The patterns that were added. */
  readonly patterns: () => readonly (readonly string[])[]
}

export function createPathBook(): PathBook {
  const taken = new Set<string>()
  const patterns = new Map<string, readonly string[]>()
  return {
    patterns: () => [...patterns.values()],
    add: (basePath, route, value) => {
      const [method = '', ending = ''] = route.split(' ')
      const segments = shapeOf(basePath, ending)
      const methods = method === 'ANY' ? METHODS_OF_ANY : [method]
      const marks = methods.map((one) => `${one} /${segments.join('/')} ${value ?? ''}`)
      if (marks.some((mark) => taken.has(mark))) return false
      for (const mark of marks) taken.add(mark)
      patterns.set(segments.join('/'), segments)
      return true
    },
  }
}

export function generateRouteName(random: Random): string {
  return `${random.pick(METHODS)} ${random.pick(ENDINGS)}`
}

/**
 * True for a `{rest...}` that other paths leave nothing: they would take its requests, however long. The compiler refuses
 * a route that no request can reach.
 */
export function isShadowed(basePath: string, route: string, book: PathBook): boolean {
  const segments = shapeOf(basePath, route.split(' ')[1] ?? '')
  if (segments.at(-1) !== '{...}') return false
  const fixed = segments.slice(0, -1)
  const others = book.patterns().filter((other) => other.join('/') !== segments.join('/') && covers(other, fixed))
  const openEnded = others.filter((other) => other.at(-1) === '{...}').map((other) => other.length - 1)
  const ends = new Set(others.filter((other) => other.at(-1) !== '{...}').map((other) => other.length))
  for (let length = fixed.length; length <= DEPTH_MAX; length++) {
    if (!ends.has(length) && !openEnded.some((least) => least > fixed.length && length >= least)) return false
  }
  return true
}

const DEPTH_MAX = 10

/** True when a pattern begins with the same segments and goes on with parameters only. */
function covers(other: readonly string[], fixed: readonly string[]): boolean {
  return (
    other.length >= fixed.length &&
    fixed.every((segment, i) => other[i] === segment) &&
    other.slice(fixed.length).every((segment) => segment.startsWith('{'))
  )
}

function shapeOf(basePath: string, ending: string): string[] {
  return [...basePath.split('/'), ...ending.split('/')]
    .filter((segment) => segment !== '')
    .map((segment) => (segment.endsWith('...}') ? '{...}' : segment.startsWith('{') ? '{}' : segment))
}
