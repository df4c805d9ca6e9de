import { expect, test } from 'vitest'
import { checkText, summaryOf } from '../../support/check.ts'
import { orderConfig } from '../../support/order-config.ts'

const APPROVERS = '  approvers: [platform-team, data-owners]\n'

/** What is told of one subscription of a tenant of the main file, "who may approve" declared or not. */
function told(subscription: string, gateway = APPROVERS): string[] {
  const rest = `tenants:\n  globex:\n    subscriptions:\n      orders: { ${subscription} }\n`
  return summaryOf(checkText(orderConfig({ access: 'subscription', gateway, rest })))
}

test.each([
  ['an approval by one who may', 'status: approved, by: data-owners', []],
  ['an approval by one who may not', 'status: approved, by: web-team', ['approver-not-entitled gateway.yaml:22:39']],
  ['an approval by nobody', 'status: approved', ['approval-without-approver gateway.yaml:22:7']],
  ['a rejection by one who may not', 'status: rejected, by: web-team', ['approver-not-entitled gateway.yaml:22:39']],
  ['a rejection by nobody: it gives nothing', 'status: rejected', []],
  ['a request that is pending', 'status: pending, since: 2026-11-20', []],
  ['one that has ended, whoever gave it', 'status: ended, by: a-former-team, until: 2026-01-01', []],
])('where it is said who may approve: %s', (_, subscription, codes) => {
  expect(told(subscription)).toEqual(codes)
})

test.each(['status: approved, by: web-team', 'status: approved', 'status: rejected, by: web-team'])(
  'where it is not said who may approve, anyone may: %s',
  (subscription) => {
    expect(told(subscription, '')).toEqual([])
  },
)

test('an approval of an included tenant is held to the same, and no word of its own file counts', () => {
  const include = (by: string): string =>
    orderConfig({
      access: 'subscription',
      gateway: APPROVERS,
      rest: `include:\n  - tenant: initech\n    file: t.yaml\n    subscriptions:\n      orders: { status: approved${by} }\n`,
    })
  const files = { 't.yaml': 'title: T\nwants: [orders]\n' }
  expect(summaryOf(checkText(include(', by: platform-team'), files))).toEqual([])
  expect(summaryOf(checkText(include(', by: initech'), files))).toEqual(['approver-not-entitled gateway.yaml:23:39'])
  expect(summaryOf(checkText(include(''), files))).toEqual(['approval-without-approver gateway.yaml:23:7'])
  const decides = { 't.yaml': 'title: T\nwants: [orders]\napprovers: [initech]\n' }
  expect(summaryOf(checkText(include(', by: initech'), decides))).toEqual(['config-unknown-key t.yaml:3:1'])
})

test.each([
  ['an empty list', '  approvers: []\n', ['config-out-of-range gateway.yaml:6:3']],
  ['a name twice', '  approvers: [a, a]\n', [expect.stringMatching(/gateway\.yaml:6:/)]],
  ['a name that is none', '  approvers: ["Platform Team"]\n', ['config-wrong-form gateway.yaml:6:15']],
])('who may approve is a list of names: %s is refused', (_, gateway, codes) => {
  expect(told('status: pending', gateway)).toEqual(codes)
})

test('an approver that is nearly right is suggested', () => {
  const rest = 'tenants:\n  globex:\n    subscriptions:\n      orders: { status: approved, by: data-owner }\n'
  const [diagnostic] = checkText(orderConfig({ access: 'subscription', gateway: APPROVERS, rest }))
  expect(diagnostic?.hint).toBe('Did you mean "data-owners"?')
  expect(diagnostic?.related.map(({ place }) => place.line)).toEqual([6])
})
