import { digestOf, makeSecret } from './make-secret.ts'

/** The secret of a key of `limitedConfig`, by the key's id: a single letter. */
export function secretOf(letter: string): string {
  return makeSecret('acme', 'live', letter)
}

/** What may differ from one gateway for tests of limits to the next. */
export interface LimitedParts {
  /** Plans in YAML flow, by name. */
  readonly plans?: Readonly<Record<string, string>>
  /** What stands behind `limits` of the tenant, and of the api, in YAML flow. */
  readonly tenant?: string
  readonly api?: string
  /** Members of a key beside the usual ones, in YAML flow without braces, by its id. */
  readonly keys?: Readonly<Record<string, string>>
  /** Keys of a second tenant. */
  readonly others?: Readonly<Record<string, string>>
  /** Members of a route of the api, in YAML flow without braces, by method and path. */
  readonly routes?: Readonly<Record<string, string>>
  /** Members of a route of a public api below /open. */
  readonly open?: Readonly<Record<string, string>>
}

/** A gateway with an api that every key may call, except for its route "GET /forbidden". */
export function limitedConfig({ plans, tenant, api, keys, others, routes, open }: LimitedParts): string {
  const lines = (members: Readonly<Record<string, string>>, line: (name: string, text: string) => string): string =>
    Object.entries(members)
      .map(([name, text]) => line(name, text))
      .join('\n')
  const keyLine = (id: string, text: string): string =>
    `      ${id}: { digest: "${digestOf(secretOf(id))}", scopes: [use], expires: 2099-01-01${text === '' ? '' : ', '}${text} }`
  const tenantOf = (name: string, limits: string | undefined, members: Readonly<Record<string, string>>): string =>
    `  ${name}:\n${limits === undefined ? '' : `    limits: ${limits}\n`}    keys:\n${lines(members, keyLine)}`
  return [
    'version: 1',
    'gateway:',
    '  name: limited',
    '  listen: 127.0.0.1:0',
    '  admin: 127.0.0.1:0',
    '  trustedProxies: [10.0.0.0/8]',
    '  keys: { prefix: acme }',
    'upstreams:',
    '  origin: { targets: [http://127.0.0.1:9000] }',
    'scopes: { use: Use it, other: Something else }',
    ...(plans === undefined ? [] : ['plans:', lines(plans, (name, text) => `  ${name}: ${text}`)]),
    'apis:',
    '  things:',
    '    basePath: /things',
    '    upstream: origin',
    '    access: authenticated',
    ...(api === undefined ? [] : [`    limits: ${api}`]),
    '    routes:',
    '      GET /forbidden: { scope: other }',
    lines(
      { 'GET /': '', ...routes },
      (route, text) => `      ${route}: { scope: use${text === '' ? '' : ', '}${text} }`,
    ),
    ...(open === undefined
      ? []
      : [
          '  open:',
          '    basePath: /open',
          '    upstream: origin',
          '    access: public',
          '    limits: { rate: 1_000_000/s, per: everyone }',
          '    routes:',
          lines(open, (route, text) => `      ${route}: { ${text} }`),
        ]),
    'tenants:',
    tenantOf('globex', tenant, keys ?? { a: '' }),
    ...(others === undefined ? [] : [tenantOf('initech', undefined, others)]),
    '',
  ].join('\n')
}
