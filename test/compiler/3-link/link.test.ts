import { expect, test } from 'vitest'
import { checkText, summaryOf } from '../../support/check.ts'
import { orderConfig, tenantWithKey } from '../../support/order-config.ts'

test('a name that nothing declares is told once, at its first use, with the other uses', () => {
  const routes = '      GET /: { scope: raed }\n      POST /: { scope: raed }\n      PUT /: { scopes: [read, raed] }\n'
  const [diagnostic, ...others] = checkText(orderConfig({ routes }))
  expect(others).toEqual([])
  expect(diagnostic).toMatchObject({ code: 'scope-unknown', hint: 'Did you mean "read"?', place: { line: 17 } })
  expect(diagnostic?.related.map(({ place }) => place.line)).toEqual([18, 19])
})

test('of very many uses of an unknown name some are told, and how many more there are', () => {
  const routes = Array.from({ length: 60 }, (_, i) => `      GET /r${i}: { scope: raed }\n`).join('')
  const [diagnostic] = checkText(orderConfig({ routes }))
  expect(diagnostic?.related).toHaveLength(50)
  expect(diagnostic?.related.slice(-2).map(({ message }) => message)).toEqual([
    'also used here',
    'also used here, and in 9 more places',
  ])
})

test('all unknown names of a config are told at once, sorted by place', () => {
  const yaml = orderConfig({
    rest: tenantWithKey('        roles: [partner]\n        plan: free\n        expires: 2099-01-01\n'),
  })
    .replace('upstream: orders', 'upstream: order')
    .replace('scope: read', 'scope: raed')
  expect(summaryOf(checkText(yaml))).toEqual([
    'upstream-unknown gateway.yaml:14:15',
    'scope-unknown gateway.yaml:17:23',
    'role-unknown gateway.yaml:23:17',
    'plan-unknown gateway.yaml:24:15',
  ])
})

test('what may be granted is a scope or a role', () => {
  const include = (grantable: string): string[] =>
    checkText(
      orderConfig({
        rest: `roles:\n  partner: [read]\ninclude:\n  - { tenant: t, file: t.yaml, grantable: [${grantable}] }\n`,
      }),
      {
        't.yaml': 'title: T\n',
      },
    ).map(({ code }) => code)
  expect(include('partner, read')).toEqual([])
  expect(include('partnr')).toEqual(['role-unknown'])
  expect(include('orders:read')).toEqual(['scope-unknown'])
})

test('a path that cannot be taken apart is told, and its parameters are not missed besides', () => {
  const routes = '      "GET /item-{id}": { scope: read, forward: { path: "/v1/{id}" } }\n'
  expect(checkText(orderConfig({ routes })).map(({ code }) => code)).toEqual(['path-wrong-form'])
})

test('a basePath that cannot be taken apart is told once, not for each route', () => {
  const routes = '      GET /: { scope: read }\n      POST /: { scope: read }\n'
  const yaml = orderConfig({ routes }).replace('basePath: /orders', 'basePath: /orders//v1')
  expect(summaryOf(checkText(yaml))).toEqual(['path-wrong-form gateway.yaml:13:15'])
})

test('one secret may be used in several places, by its name or where it is', () => {
  const upstream =
    '    headers: { authorization: "Bearer ${secret:token}", x-b: "${env:B}", x-c: "${env:B}:${secret:token}" }\n'
  expect(checkText(orderConfig({ upstream, rest: 'secrets: { token: "${env:TOKEN}" }\n' }))).toEqual([])
})
