import { expect, test } from 'vitest'
import { parsePath } from '../../../compiler/3-link/parse-path.ts'

test.each([
  ['/', '/', '/'],
  ['/v1/orders', '/', '/v1/orders'],
  ['/v1/orders/', '/', '/v1/orders'],
  ['/v1', '/orders/', '/v1/orders'],
  ['/', '/orders', '/orders'],
  ['/tenants/{tenantId}', '/users/{userId}', '/tenants/{tenantId}/users/{userId}'],
  ['/v2', '/{rest...}', '/v2/{rest...}'],
  ['/files', '/a%20b', '/files/a%20b'],
  ['/a', "/~._-!$&'()*+,=:@", "/a/~._-!$&'()*+,=:@"],
])('%s and %s are %s', (base, route, path) => {
  expect(parsePath(base, route)).toMatchObject({ path, problem: null })
})

test('a path is taken apart into its segments', () => {
  expect(parsePath('/a/{b}', '/c/{d...}').segments).toEqual([
    { kind: 'literal', text: 'a' },
    { kind: 'parameter', name: 'b' },
    { kind: 'literal', text: 'c' },
    { kind: 'rest', name: 'd' },
  ])
})

test.each([
  ['/a//b', '"//"'],
  ['/a/./b', '"." segment'],
  ['/a/../b', '".." segment'],
  ['/{a}/{a}', 'comes twice'],
  ['/{a...}/b', 'must come last'],
  ['/item-{a}', 'a parameter is a whole segment'],
  ['/{a}{b}', 'a parameter is a whole segment'],
  ['/{order-id}', 'the name of a parameter holds letters'],
  ['/{}', 'the name of a parameter holds letters'],
  ['/a;b', 'a character that no path may hold'],
  ['/a\\b', 'a character that no path may hold'],
  ['/a"b', 'a character that no path may hold'],
  ['/ä', 'a character that no path may hold'],
  ['/a%2fb', 'a character that no path may hold'],
  ['/a%2Fb', 'such escapes are decoded or refused'],
  ['/a%41b', 'such escapes are decoded or refused'],
  ['/a%7Eb', 'such escapes are decoded or refused'],
  ['/a%25b', 'such escapes are decoded or refused'],
  ['/a%b', 'a character that no path may hold'],
])('no request matches %s: %s', (route, problem) => {
  expect(parsePath('/', route).problem).toContain(problem)
})
