import { expect, test } from 'vitest'
import { orderConfig } from '../support/order-config.ts'
import { runKeysmith, type CommandResult } from '../support/run-keysmith.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const CONFIG = orderConfig({
  access: 'subscription',
  rest: `tenants:
  zeta:
    subscriptions:
      orders: { status: approved, by: platform-team, since: 2026-12-01T08:00:00+02:00 }
  alpha:
    subscriptions:
      orders: { status: approved, by: platform-team, until: 2026-11-22, ref: "#1 \\e[31mred" }
  beta:
    subscriptions:
      orders: { status: ended }
  gamma:
    subscriptions:
      orders: { status: approved }
  delta:
    subscriptions:
      orders: { status: pending, since: 2026-11-20 }
include:
  - tenant: initech
    file: initech.yaml
`,
})
const INITECH = 'title: Initech\nwants: [orders]\n'

function subscriptions(args: string, files: Readonly<Record<string, string>> = {}): Promise<CommandResult> {
  const cwd = temporaryFolder({ 'gateway.yaml': CONFIG, 'initech.yaml': INITECH, ...files })
  return runKeysmith(['subscriptions', ...args.split(' '), '--at', '2026-11-22T12:00:00Z'], { cwd })
}

test('every subscription is listed by tenant, with what it is worth at the time and escaped text', async () => {
  expect(await subscriptions('.')).toEqual({
    exit: 0,
    stderr: '',
    stdout: [
      'TENANT   API     STATE     BY             SINCE                 UNTIL       REF',
      'alpha    orders  ended     platform-team  -                     2026-11-22  #1 \\u001b[31mred',
      'beta     orders  ended     -              -                     -           -',
      'delta    orders  pending   -              2026-11-20            -           -',
      'gamma    orders  approved  -              -                     -           -',
      'initech  orders  asked     -              -                     -           -',
      'zeta     orders  upcoming  platform-team  2026-12-01T06:00:00Z  -           -',
      '',
    ].join('\n'),
  })
})

test('--pending lists who waits: what is pending, and what nobody has answered', async () => {
  const { stdout } = await subscriptions('--pending --format json')
  const common = { api: 'orders', by: null, until: null, ref: null }
  expect(JSON.parse(stdout)).toEqual({
    format: 1,
    subscriptions: [
      {
        ...common,
        tenant: 'delta',
        state: 'pending',
        status: 'pending',
        since: '2026-11-20',
        file: 'gateway.yaml',
        line: 33,
      },
      { ...common, tenant: 'initech', state: 'asked', status: null, since: null, file: 'initech.yaml', line: 2 },
    ],
  })
})

test('--tenant lists those of one tenant, and knows when there is no such tenant', async () => {
  const one = await subscriptions('--tenant beta')
  expect(one.stdout.split('\n')).toHaveLength(3)
  const none = await subscriptions('--tenant betta')
  expect(none).toEqual({ exit: 2, stdout: '', stderr: 'error: There is no tenant "betta". Did you mean "beta"?\n' })
})

test('an empty list is empty on standard output', async () => {
  const files = { 'gateway.yaml': orderConfig() }
  expect(await subscriptions('.', files)).toEqual({ exit: 0, stdout: '', stderr: 'No subscriptions.\n' })
  const { stdout } = await subscriptions('--format json', files)
  expect(JSON.parse(stdout)).toEqual({ format: 1, subscriptions: [] })
})

test('a config with a fault has no list', async () => {
  const files = { 'gateway.yaml': CONFIG.replace('status: pending', 'status: pnding') }
  const { exit, stdout, stderr } = await subscriptions('.', files)
  expect({ exit, stdout }).toEqual({ exit: 1, stdout: '' })
  expect(stderr).toMatch(/^gateway\.yaml:33:25 error config-unknown-value\n/)
  const missing = await runKeysmith(['subscriptions'], { cwd: temporaryFolder() })
  expect(missing.exit).toBe(4)
})
