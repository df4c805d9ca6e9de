import { expect, test } from 'vitest'
import type { Problem } from '../../../compiler/diagnostics/report.ts'
import { compileAlone, evaluate, NOTHING_KNOWN, runnable, type SourceParts } from '../../support/expressions.ts'

const CLAIMS: SourceParts = { environment: 'claims', expected: 'string' }

/** "code word: hint" of each problem, the word as it is marked. */
function told(text: string, parts: SourceParts = {}): string[] {
  return compileAlone(text, parts).problems.map((problem) => {
    const hint = problem.hint === undefined ? '' : `: ${problem.hint}`
    return `${problem.code} ${marked(text, problem)}${hint}`
  })
}

function marked(text: string, { where }: Problem): string {
  return typeof where === 'object' && 'value' in where ? text.slice(where.from, where.to) : '?'
}

test.each<readonly [text: string, problems: readonly string[]]>([
  ['ky.id == "a"', ['expression-unknown-name ky: Did you mean "key"?']],
  ['key.tenat == "a"', ['expression-unknown-name tenat: Did you mean "tenant"?']],
  ['user == "a"', ['expression-unknown-name user: Known here: key, claims, request.']],
  ['key.nothing == "a"', ['expression-unknown-name nothing: It has: id, tenant, scopes, roles, metadata.']],
  ['key.id.startWith("a")', ['expression-unknown-name startWith: Did you mean "startsWith"?']],
  ['sise(key.id) > 1', ['expression-unknown-name sise: Did you mean "size"?']],
  ['key.scopes.exists(s, t == "a")', ['expression-unknown-name t: Known here: key, claims, request, s.']],
  ['request.params.orderid == "1"', ['expression-unknown-name orderid: Did you mean "orderId"?']],
  ['"x" in request.params', ["expression-unknown-name x: The path's parameters: orderId."]],
  ['"X-Id" in request.headers', ['expression-unknown-name X-Id: Names of headers are in lower case here: "x-id".']],
  ['"x id" in request.headers', ['expression-unknown-name x id']],
  ['key == key', ['expression-not-supported key', 'expression-not-supported key']],
  ['size(request) > 1', ['expression-not-supported request']],
  ['key["id"] == "a"', ['expression-not-supported key']],
  ['key.id.matches(key.tenant)', ['expression-not-supported tenant']],
  ['request.time.getHours(key.id) == 1', ['expression-not-supported id']],
  ['request.time.getHours("Mars/Base") == 1', ['expression-unknown-name "Mars/Base"']],
  ['google.protobuf.Timestamp{seconds: 1} == request.time', ['expression-not-supported google']],
  ['{1.5: "a"} == {}', ['expression-not-supported 1.5']],
  ['key.id', ['expression-wrong-type id']],
  ['key.id && true', ['expression-wrong-type id']],
  ['key.id ? true : false', ['expression-wrong-type id']],
  ['true ? 1 : "a"', ['expression-wrong-arguments true']],
  ['key.id.exists(c, c == "a")', ['expression-wrong-type id']],
  ['key.scopes.all(s, size(s))', ['expression-wrong-type size']],
  ['key.id.name == "a"', ['expression-wrong-type name']],
  ['key.id == 1', ['expression-wrong-arguments ==']],
  ['1 in key.scopes', ['expression-wrong-arguments in']],
  ['key.scopes["a"] == "a"', ['expression-wrong-arguments [']],
  ['1 + 1u == 2', ['expression-wrong-arguments +']],
  ['!key.id', ['expression-wrong-arguments !']],
  ['-(1u) == 1', ['expression-wrong-arguments -']],
  ['duration(1) == duration("1s")', ['expression-wrong-arguments duration']],
  ['dyn() == 1', ['expression-wrong-arguments dyn']],
  ['key.scopes.exists(s) == true', ['expression-wrong-form exists']],
  ['has(key) == true', ['expression-wrong-form has']],
  ['key.id = "a"', ['expression-wrong-form =']],
  ['key.id == "a', ['expression-wrong-form =']],
  ['9223372036854775808 > 1', ['expression-wrong-form 9223372036854775808']],
  ['18446744073709551616u > 1u', ['expression-wrong-form 18446744073709551616u']],
])('%s is told of at the word that is wrong', (text, problems) => {
  expect(told(text, { parameters: ['orderId'] })).toEqual(problems)
})

test('only claims can be named where only a token is known, and only the request on public routes', () => {
  expect(told('claims.org', CLAIMS)).toEqual([])
  expect(told('key.id', CLAIMS)).toEqual(['expression-unknown-name key: Known here: claims.'])
  expect(told('request.method == key.id', { environment: 'request' })).toEqual([
    'expression-unknown-name key: A public api asks nobody who they are: only the request is known.',
  ])
})

test.each<readonly [text: string, expected: SourceParts['expected'], isRight: boolean]>([
  ['claims.org', 'string', true],
  ['claims.org + "-" + claims.unit', 'string', true],
  ['string(claims.level)', 'string', true],
  ['size(claims)', 'string', false],
  ['claims.groups', 'list(string)', true],
  ['claims.groups.map(g, string(g))', 'list(string)', true],
  ['["a"]', 'list(string)', true],
  ['[1]', 'list(string)', false],
  ['"a"', 'list(string)', false],
  ['claims.amr.exists(a, a == "mfa")', 'bool', true],
  ['claims.amr', 'bool', true],
  ['1', 'bool', false],
])('%s, where %s is needed, is right: %s', (text, expected = 'bool', isRight) => {
  expect(told(text, { environment: 'claims', expected })).toHaveLength(isRight ? 0 : 1)
})

test('what it reads is taken down, and what it only asks for', () => {
  const readsOf = (text: string) => compileAlone(text).compiled?.reads
  expect(readsOf('key.metadata.a == "1" && has(key.metadata.b) && key.metadata["b"] == key.metadata.c')).toMatchObject({
    key: ['metadata'],
    metadata: ['a', 'c'],
  })
  expect(readsOf('"b" in key.metadata && key.metadata.b == "1"')?.metadata).toEqual([])
  expect(
    readsOf('request.headers["x-a"] == "1" || "x-b" in request.headers || has(request.headers.accept)'),
  ).toMatchObject({
    request: ['headers'],
    headers: ['accept', 'x-a', 'x-b'],
  })
  expect(readsOf('request.headers[key.id] == "1"')?.headers).toBe('all')
  expect(readsOf('request.headers == {}')?.headers).toBe('all')
  expect(readsOf('size(claims) == 0')).toMatchObject({ claims: [], key: [], request: [] })
  expect(readsOf('claims.org == "a" || claims["sub"] == "b"')).toMatchObject({ claims: ['org', 'sub'] })
  expect(readsOf('has(claims.org) && claims.org == "a"')).toMatchObject({ claims: [] })
  expect(readsOf('[{"a": 1}].exists(claims, claims.a == 1)')).toMatchObject({ claims: [] })
})

test('a name of a macro hides what it is called like', () => {
  expect(evaluate('["a"].exists(key, key == "a")')).toBe(true)
  expect(evaluate('[{"id": "b"}].exists(key, key.id == "b")')).toBe(true)
  expect(evaluate('[1].exists(x, [2].exists(x, x == 2) && x == 1)')).toBe(true)
  expect(evaluate('[1].all(cel, [2].all(await, cel < await))')).toBe(true)
})

const STRANGE = [
  '`${process.exit(1)}`',
  '*/ process.exit(1) /*',
  '\u2028process.exit(1)',
  "'); process.exit(1); ('",
  '\\',
  '//',
  '</script>',
  '__proto__',
  '\u202e',
]

test.each(STRANGE)('the text %j stays a text in the code', (text) => {
  const literal = JSON.stringify(text)
  expect(evaluate(`claims.v == ${literal}`, { claims: { v: text } })).toBe(true)
  expect(evaluate(`${literal} in {${literal}: 1} && request.headers.all(h, h != ${literal})`)).toBe(true)
  const { compiled } = compileAlone(`key.id == ${literal}`)
  expect(compiled?.code).not.toMatch(/[\u2028\u2029\u202e]/)
})

test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'])(
  'the name %s is there only where it was written',
  (name) => {
    const claims = JSON.parse(`{"${name}": "x"}`) as Record<string, unknown>
    expect(evaluate(`claims.${name} == "x" && has(claims.${name}) && "${name}" in claims`, { claims })).toBe(true)
    expect(evaluate(`has(claims.${name}) || "${name}" in claims || has(key.metadata.${name})`)).toBe(false)
    expect(evaluate(`claims.${name} == "x"`)).toBeUndefined()
    expect(evaluate(`{"${name}": 1}.${name} == 1 && size(claims) == 1`, { claims })).toBe(true)
  },
)

test('what nests too deeply or is too long is told of, and quickly', () => {
  const start = performance.now()
  const deep = (count: number): string => `${'('.repeat(count)}true${')'.repeat(count)}`
  expect(told('a'.repeat(65_536))).toEqual(['expression-wrong-form a'])
  expect(told(`${'['.repeat(8_000)}1${']'.repeat(8_000)} == []`)).toHaveLength(1)
  expect(told(`${'!('.repeat(5_000)}true${')'.repeat(5_000)}`)).toHaveLength(1)
  expect(told(`${'true ? true : '.repeat(1_000)}true`)).toHaveLength(1)
  expect(told(`1${' + 1'.repeat(4_000)} == 1`)).toHaveLength(1)
  expect(told(`key.scopes${'.map(s, s)'.repeat(1_500)} == []`)).toHaveLength(1)
  expect(told(deep(500))).toEqual([])
  expect(told(`true${' && true'.repeat(2_000)}`)).toEqual([])
  expect(told(`claims${'.a'.repeat(7_000)}`, { environment: 'claims' })).toHaveLength(1)
  expect(performance.now() - start).toBeLessThan(10_000)
})

test('an expression as deep as may be runs', () => {
  const text = `${'['.repeat(150)}1${']'.repeat(150)} != []`
  const { compiled } = compileAlone(text)
  expect(runnable([compiled?.code ?? ''])[0]?.(NOTHING_KNOWN)).toBe(true)
})
