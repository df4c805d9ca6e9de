import type { ExpressionEnvironment } from '../../../../schemas/expression.ts'
import type { Random } from '../../../parity/random.ts'
import { CLAIM_NAMES, HEADER_NAMES, METADATA_NAMES, PARAMETERS, QUERY_NAMES } from './random-expression.ts'

const TEXTS = ['', 'eu', 'us', 'a', 'admin', '12', 'Ä😀', 'x', 'true']
const AT_MS = Date.parse('2026-11-22T12:00:00.250Z')

/** An environment in which about each second name is there. */
export function randomEnvironment(random: Random): ExpressionEnvironment {
  const text = (): string => random.pick(TEXTS)
  const texts = (): string[] => random.some(TEXTS, 0.3)
  const mapOf = <Value>(names: readonly string[], make: () => Value): Map<string, Value> => {
    return new Map(random.some(names.slice(0, -1), 0.6).map((name) => [name, make()]))
  }
  return {
    key: {
      id: random.pick(['mobile', 'eu']),
      tenant: 'acme',
      scopes: texts(),
      roles: texts(),
      metadata: Object.fromEntries(mapOf(METADATA_NAMES, text)),
    },
    claims: randomClaims(random),
    request: {
      method: random.pick(['GET', 'HEAD', 'POST']),
      path: random.pick(['/v1/orders', '/v1/orders/12', '/']),
      params: mapOf([...PARAMETERS, ''], text),
      query: mapOf(QUERY_NAMES, text),
      queryAll: mapOf(QUERY_NAMES, texts),
      headers: mapOf(HEADER_NAMES, text),
      address: '192.0.2.1',
      timeMs: AT_MS + random.below(1_000_000_000),
    },
  }
}

/** As JSON.parse makes them: names such as "__proto__" are names like any other. */
function randomClaims(random: Random): Readonly<Record<string, unknown>> {
  const nested = { a: randomJson(random), list: [1, 'a', null, 2.5, [1]] }
  const claims = random.some(CLAIM_NAMES, 0.6).map((name) => {
    return [name, name === 'nested' ? nested : name === 'groups' ? ['admin', 'eu', 'a'] : randomJson(random)] as const
  })
  const text = `{${claims.map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`).join(', ')}}`
  // Safe: an object was written.
  return JSON.parse(text) as Readonly<Record<string, unknown>>
}

/** No null as the value of a map: the library takes it for nothing there. */
function randomJson(random: Random): unknown {
  return random.pick([
    1,
    0,
    -1,
    2.5,
    1e19,
    true,
    false,
    'eu',
    '',
    'a',
    ['a', 1, true],
    [],
    { a: 1 },
    { a: 'eu', b: [2] },
  ])
}
