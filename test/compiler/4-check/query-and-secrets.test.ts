import { expect, test } from 'vitest'
import { formatText } from '../../../compiler/diagnostics/text.ts'
import { checkText, summaryOf } from '../../support/check.ts'
import { orderConfig, tenantWithKey } from '../../support/order-config.ts'
import { createRandom, sampleOf } from '../secrets/sample-of.ts'

const query = (parameter: string, match = ''): string =>
  orderConfig({ routes: `      GET /: { scope: read, ${match}query: { p: { ${parameter} } } }\n` })
const codesOf = (yaml: string): string[] => checkText(yaml).map(({ code }) => code)

test.each([
  ['', []],
  ['enum: [open, paid]', []],
  ['type: integer, minimum: 1, maximum: 100, enum: [1, 2]', []],
  ['type: number, enum: [0.5]', []],
  ['type: boolean, required: true', []],
  ['type: array, items: { type: integer, maximum: 5 }, maxItems: 3, uniqueItems: true', []],
  ['type: array, items: { pattern: "^a", maxLength: 3 }', []],
  ['maximum: 100', ['query-keyword-ignored']],
  ['type: integer, maxLength: 3', ['query-keyword-ignored']],
  ['type: boolean, minimum: 1', ['query-keyword-ignored']],
  ['items: { type: integer }', ['query-keyword-ignored']],
  ['maxItems: 3', ['query-keyword-ignored']],
  ['type: array, maxLength: 3', ['query-keyword-ignored']],
  ['type: array, items: { maximum: 3 }', ['query-keyword-ignored']],
  ['type: integer, minimum: 9, maximum: 1', ['query-never-valid']],
  ['minLength: 9, maxLength: 1', ['query-never-valid']],
  ['enum: [open, 1]', ['query-never-valid']],
  ['type: integer, enum: [1.5]', ['query-never-valid']],
  ['type: boolean, enum: ["true"]', ['query-never-valid']],
  ['type: array, enum: [a]', ['query-never-valid']],
  ['pattern: "["', ['config-wrong-form']],
])('a parameter with %s gives %j', (parameter, codes) => {
  expect(codesOf(query(parameter))).toEqual(codes)
})

test.each([
  ['enum: [a, b]', 'a', []],
  ['enum: [a, b]', 'c', ['match-query-refused']],
  ['type: integer, maximum: 5', '5', []],
  ['type: integer, maximum: 5', '6', ['match-query-refused']],
  ['type: integer', 'five', ['match-query-refused']],
  ['type: boolean', 'true', []],
  ['type: array, items: { enum: [a] }', 'a', []],
])('a parameter with %s that must be %s gives %j', (parameter, value, codes) => {
  expect(codesOf(query(parameter, `match: { query: { p: "${value}" } }, `))).toEqual(codes)
})

const headers = (value: string): string => orderConfig({ upstream: `    headers: { ${value} }\n` })

test.each([
  ['x-source: gateway', []],
  ['x-page-token: ""', ['config-wrong-form']],
  ['authorization: "Bearer ${env:TOKEN}"', []],
  ['authorization: "Bearer word"', ['secret-literal']],
  ['authorization: Basic', ['secret-literal']],
  ['x-api-key: word', ['secret-literal']],
  ['x-auth-token: "${env:TOKEN}"', []],
  ['x-note: "${ENV:TOKEN}"', ['reference-wrong-form']],
  ['x-note: "${env:my token}"', ['reference-wrong-form']],
  ['x-note: "${file:relative}"', ['reference-wrong-form']],
  ['x-note: "${env:TOKEN"', ['reference-wrong-form']],
  ['x-note: "price: $5"', []],
])('an upstream header %s gives %j', (value, codes) => {
  expect(codesOf(headers(value))).toEqual(codes)
})

test('a reference is resolved nowhere else', () => {
  const yaml = orderConfig({ api: '    description: "see ${secret:orders}"\n' })
  expect(summaryOf(checkText(yaml))).toEqual(['reference-misplaced gateway.yaml:16:18'])
})

test("a reference is resolved in no tenant's file and no file of keys", () => {
  const member = (id: string): string => `digest: "sha256:${id.repeat(64)}", scopes: [read], expires: 2099-01-01`
  const rest = `tenants:\n  globex: { keysFrom: k.ndjson }\ninclude:\n  - { tenant: t, file: t.yaml, grantable: [read] }\n`
  const line = JSON.stringify({
    id: 'a',
    digest: `sha256:${'a'.repeat(64)}`,
    scopes: ['read'],
    expires: '2099-01-01',
    metadata: { x: '${env:X}' },
  })
  const signs = JSON.stringify({
    id: 'c',
    signing: { algorithm: 'hmac-sha256', secret: '${env:SHARED}' },
    scopes: ['read'],
    expires: '2099-01-01',
  })
  const files = {
    'k.ndjson': `${line}\n${signs}\n`,
    't.yaml': `keys:\n  b: { ${member('b')}, metadata: { y: "\${secret:orders}" } }\n`,
  }
  expect(summaryOf(checkText(orderConfig({ rest }), files))).toEqual([
    expect.stringMatching(/^reference-misplaced k\.ndjson:1:/),
    expect.stringMatching(/^reference-misplaced t\.yaml:2:/),
  ])
})

const SECRET = 'ghp_' + sampleOf('[A-Za-z0-9]{36}', createRandom(1)).whole
const RANDOM = sampleOf('[A-Za-z0-9]{40}', createRandom(1)).whole

test.each([
  ['in a comment', orderConfig() + `# the old token was ${SECRET}\n`],
  ['in a text', orderConfig({ api: `    description: Use ${SECRET}\n` })],
])('a secret of a known form is told %s', (_, yaml) => {
  expect(codesOf(yaml)).toEqual(['secret-literal'])
})

test('a random value is told once, wherever it stands', () => {
  expect(codesOf(orderConfig({ api: `    description: ${RANDOM}\n` }))).toEqual(['secret-literal'])
  expect(codesOf(headers(`x-api-key: ${RANDOM}`))).toEqual(['secret-literal'])
  expect(codesOf(headers(`x-api-key: ${SECRET}`))).toEqual(['secret-literal'])
})

test('metadata that is called a password is one, metadata that is not is not', () => {
  const key = (metadata: string): string =>
    orderConfig({
      rest: tenantWithKey(`        scopes: [read]\n        expires: 2099-01-01\n        metadata: { ${metadata} }\n`),
    })
  expect(codesOf(key('partnerPassword: hunter22'))).toEqual(['secret-literal'])
  expect(codesOf(key('tokens: many, userId: u-1001'))).toEqual([])
})

test('no output shows a secret, whatever the diagnostic is about', () => {
  const inComment = `${orderConfig()}  wrong: 1 # ${SECRET}\n`
  const asDigest = orderConfig({ rest: tenantWithKey('        expires: 2099-01-01\n') }).replace(
    /sha256:[0-9a-f]+/,
    RANDOM,
  )
  const asReference = `secrets: { a: ${RANDOM} }\n${orderConfig()}`
  const asNumber = `secrets: { a: 123456789 }\n${orderConfig()}`
  for (const yaml of [inComment, asDigest, asReference, asNumber]) {
    const text = checkText(yaml)
      .map((diagnostic) => JSON.stringify(diagnostic) + formatText(diagnostic))
      .join('\n')
    expect(text).not.toBe('')
    expect(text).not.toContain(SECRET)
    expect(text).not.toContain(RANDOM)
    expect(text).not.toContain('123456789')
  }
})

test('a random digest, a pattern and a path are no secrets', () => {
  const routes =
    '      GET /: { scope: read, query: { p: { pattern: "^[A-Za-z0-9]{40}aB3dE5fG7hJ9kL1mN3pQ5rS7tU9$" } } }\n'
  expect(codesOf(orderConfig({ routes }))).toEqual([])
})
