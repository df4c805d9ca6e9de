import { expect, test } from 'vitest'
import { checkText, summaryOf } from '../../support/check.ts'
import { orderConfig, tenantWithKey } from '../../support/order-config.ts'

const digest = (letter: string): string => `"sha256:${letter.repeat(64)}"`
const HOLDS = 'scopes: [read], expires: 2099-01-01'
const PLANS = 'plans:\n  free: { rate: 100/min }\n  plus: { rate: 500/min }\n'

/** What is told of a tenant's own file, and of what the including file says of it. */
function told(file: string, include: string, rest = PLANS + 'roles:\n  partner: [read]\n'): string[] {
  const yaml = orderConfig({ rest: `${rest}include:\n  - { tenant: initech, file: t.yaml, ${include} }\n` })
  return summaryOf(checkText(yaml, { 't.yaml': file }))
}

const key = (members: string): string => `keys:\n  web: { digest: ${digest('a')}, ${members} }\n`
const ALL = 'plans: [free, plus], grantable: [partner, read]'

test.each([
  ['roles and scopes that are grantable', key('roles: [partner], scopes: [read], expires: 2099-01-01'), []],
  ['a plan of those that it may name', key(`${HOLDS}, plan: plus`), []],
  [
    'metadata, addresses and a suspension',
    key(`${HOLDS}, metadata: { a: b }, allowIps: [10.0.0.0/8], suspended: { since: 2026-01-01 }`),
    [],
  ],
  ['limits of a key', key(`${HOLDS}, limits: { rate: 9/s }`), ['tenant-file-decides t.yaml:2:130']],
  ['limits of its own', 'limits: { rate: 9/s }\n', ['tenant-file-decides t.yaml:1:1']],
  ['an approval', 'subscriptions:\n  orders: { status: approved }\n', ['tenant-file-decides t.yaml:1:1']],
  ['what it may grant', 'grantable: [read]\n', ['tenant-file-decides t.yaml:1:1']],
  ['a plan', 'plan: plus\n', ['tenant-file-decides t.yaml:1:1']],
  ['a misspelt name', 'titel: T\n', ['config-unknown-key t.yaml:1:1']],
  ['a secret that a rotation left', key(`${HOLDS}, retiring: { digest: ${digest('b')}, until: 2099-01-01 }`), []],
  ["another system's secret", key(`${HOLDS}, imported: true`), []],
  ['secrets of its own', 'secrets: { a: "${env:PATH}" }\n', ['config-unknown-key t.yaml:1:1']],
  ['a file that it includes', 'include: [{ tenant: other, file: o.yaml }]\n', ['config-unknown-key t.yaml:1:1']],
  ['scopes that it declares', 'scopes: { write: Write }\n', ['config-unknown-key t.yaml:1:1']],
  ['apis', 'apis: {}\n', ['config-unknown-key t.yaml:1:1']],
  ['who may approve', 'gateway: { approvers: [initech] }\n', ['config-unknown-key t.yaml:1:1']],
  [
    'an approval inside of a wish',
    'wants: [{ orders: { status: approved } }]\n',
    [expect.stringMatching(/^config-\S+ t\.yaml:1:/)],
  ],
])("a tenant's own file with %s", (_, file, codes) => {
  expect(told(file, ALL)).toEqual(codes)
})

test.each([
  [
    'no list of what is grantable grants nothing',
    key(HOLDS),
    'plans: [free, plus]',
    ['grant-not-grantable t.yaml:2:102'],
  ],
  [
    'a role that is grantable does not make its scopes so',
    key(HOLDS),
    'plans: [free, plus], grantable: [partner]',
    ['grant-not-grantable t.yaml:2:102'],
  ],
  [
    'no list of plans lets none be named',
    key(`${HOLDS}, plan: plus`),
    'grantable: [partner, read]',
    ['plan-not-grantable t.yaml:2:136'],
  ],
])('%s', (_, file, include, codes) => {
  const rest = 'plans:\n  free: { rate: 100/min }\n  plus: { rate: 500/min }\nroles:\n  partner: [read]\n'
  expect(told(file, include, rest).filter((text) => !/-unused/.test(text))).toEqual(codes)
})

test.each([
  [1, []],
  [2, []],
  [3, ['tenant-too-many-keys t.yaml:4:3']],
])('of two keys that it may have at most, %i are told as they are', (count, codes) => {
  const keys = ['a', 'b', 'c'].slice(0, count).map((name) => `  ${name}: { digest: ${digest(name)}, ${HOLDS} }\n`)
  expect(told(`keys:\n${keys.join('')}`, 'grantable: [read], maxKeys: 2', '')).toEqual(codes)
})

test('an id is one key in the whole gateway, whichever file it is in', () => {
  const rest = tenantWithKey(`        ${HOLDS.replace(', ', '\n        ')}\n`)
  expect(told(key(HOLDS), 'grantable: [read]', rest)).toEqual(['key-duplicate-id t.yaml:2:3'])
})

test('a secret is one key in the whole gateway, a retiring one too', () => {
  const file = `keys:\n  a: { digest: ${digest('a')}, ${HOLDS} }\n  b: { digest: ${digest('b')}, ${HOLDS}, retiring: { digest: ${digest('a')}, until: 2099-01-01 } }\n`
  expect(told(file, 'grantable: [read]', '')).toEqual([expect.stringMatching(/^digest-duplicate t\.yaml:3:/)])
})

test('a tenant stands in one place', () => {
  expect(told('title: T\n', 'grantable: [read]', 'tenants:\n  initech: { title: T }\n')).toEqual([
    'tenant-duplicate gateway.yaml:21:15',
  ])
})

test('wishes and approvals answer each other', () => {
  const include = (subscriptions: string, wants: string): string[] =>
    summaryOf(
      checkText(
        orderConfig({
          access: 'subscription',
          rest: `include:\n  - tenant: initech\n    file: t.yaml\n${subscriptions}`,
        }),
        { 't.yaml': `title: T\n${wants}` },
      ),
    )
  const approved = '    subscriptions:\n      orders: { status: approved, by: platform-team }\n'
  expect(include(approved, 'wants: [orders]\n')).toEqual([])
  expect(include('', 'wants: [orders]\n')).toEqual([])
  expect(include(approved, '')).toEqual(['approval-not-asked-for gateway.yaml:22:7'])
  expect(include(approved.replace('approved', 'pending'), '')).toEqual([])
  expect(include('', 'wants: [order]\n')).toEqual(['api-unknown t.yaml:2:9'])
})

test('names are used by whoever could use them: keys, tenants, includes', () => {
  const rest = `${PLANS}roles:\n  partner: [read]\n  lonely: [read]\ntenants:\n  globex: { plan: plus }\n`
  expect(told('title: T\n', 'plans: [free], grantable: [partner]', rest)).toEqual(['role-unused gateway.yaml:23:3'])
})
