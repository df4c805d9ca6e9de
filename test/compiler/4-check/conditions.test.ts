import { expect, test } from 'vitest'
import { conditionRules } from '../../../compiler/4-check/rules/conditions.ts'
import type { LinkedConfig } from '../../../compiler/3-link/linked.ts'
import { collectProblems } from '../../../compiler/diagnostics/report.ts'
import type { Diagnostic } from '../../../compiler/diagnostics/locate.ts'
import { AT_MS, checkText, summaryOf } from '../../support/check.ts'
import { digestOf, makeSecret } from '../../support/make-secret.ts'

interface Parts {
  readonly when: string
  readonly access?: string
  readonly keys?: readonly string[]
}

/** Keys are named by the metadata that they have: "region" has one, "none" has none. */
function configOf({ when, access = 'authenticated', keys = ['region'] }: Parts): string {
  const lines = keys.map((name, i) => {
    const metadata = name.startsWith('none') ? '' : `, metadata: { ${name}: x }`
    const digest = digestOf(makeSecret('acme', 'live', 'abcdefgh'.charAt(i)))
    return `      ${name}: { digest: "${digest}", scopes: ["a:read"], expires: 2099-01-01${metadata} }\n`
  })
  const isPublic = access === 'public'
  return `version: 1
gateway: { name: acme, listen: 127.0.0.1:8080, keys: { prefix: acme } }
upstreams: { origin: { targets: [http://127.0.0.1:9000] } }
${isPublic ? '' : 'scopes: { "a:read": Read }\n'}apis:
  things:
    basePath: /things
    upstream: origin
    access: ${access}
${isPublic ? '    limits: { rate: 60/min, per: address }\n' : ''}    routes:
      GET /:
        when: >-
          ${when}
${isPublic ? '' : '        scope: a:read\n'}${isPublic ? '' : `tenants:\n  globex:\n    keys:\n${lines.join('')}`}`
}

function messages(diagnostics: readonly Diagnostic[]): string[] {
  return diagnostics.map(({ code, message }) => `${code}: ${message}`)
}

test('a key that lacks what a condition asks for is told of, with how many are like it', () => {
  const keys = ['region', 'none1', 'none2', 'none3']
  expect(messages(checkText(configOf({ when: 'key.metadata.region == "x"', keys })))).toEqual([
    'condition-on-missing-metadata: The condition asks for the metadata "region", which key "none1" (and 2 more) lacks.',
  ])
})

test.each([
  ['has(key.metadata.region) && key.metadata.region == "x"'],
  ['!("region" in key.metadata) || key.metadata["region"] == "x"'],
  ['key.id == "none1"'],
])('%s asks first, or for nothing', (when) => {
  expect(checkText(configOf({ when, keys: ['region', 'none1'] }))).toEqual([])
})

test('only keys have metadata', () => {
  const list = collectProblems()
  const reads = { key: ['metadata'], metadata: ['region'], claims: [], request: [], headers: [] }
  const when = { at: '/when', text: '', code: '', reads }
  const route = { at: '/route', api: 0, scopes: [], auth: [{ at: '', name: 'corp' }], identities: [0], when }
  // Safe: the rule looks at no more than these.
  const config = {
    settings: { keys: null },
    identities: [],
    apis: [],
    tenants: [],
    keys: [],
    routes: [route],
  } as unknown as LinkedConfig
  conditionRules(config, list.report, {
    raw: { root: null, files: new Map(), keyLines: new Map(), sources: [], paths: [] },
    atMs: AT_MS,
  })
  expect(list.problems().map(({ code, params }) => [code, params['who']])).toEqual([
    ['condition-on-missing-metadata', 'a caller of "corp"'],
  ])
})

test.each([
  ['claims.region == "eu"', ['region']],
  ['key.id == "region" || claims["org"].startsWith("a")', ['org']],
  ['!has(claims.region) || claims.region == "eu"', []],
  ['!("region" in claims) || claims.region == "eu"', []],
  ['size(claims) == 0', []],
])('keys have no claims: %s', (when, names) => {
  expect(messages(checkText(configOf({ when })))).toEqual(
    names.map(
      (name) =>
        `condition-on-missing-claims: The condition asks for the claim "${name}", and route "GET /" takes no tokens.`,
    ),
  )
})

test('no condition looks at a credential', () => {
  expect(summaryOf(checkText(configOf({ when: 'request.headers["x-api-key"] == "a"' })))).toEqual([
    'match-on-credential gateway.yaml:12:15',
  ])
})

test('a condition of a public api knows the request alone', () => {
  expect(checkText(configOf({ access: 'public', when: '"x-a" in request.headers' }))).toEqual([])
  const [told] = checkText(configOf({ access: 'public', when: 'true && key.id == "a"' }))
  expect(told).toMatchObject({ code: 'expression-unknown-name', place: { line: 13, column: 19 } })
  expect(told?.hint).toBe('A public api asks nobody who they are: only the request is known.')
})
