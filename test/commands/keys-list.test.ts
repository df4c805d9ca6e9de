import { join } from 'node:path'
import { expect, test } from 'vitest'
import { keysCommand } from '../../compiler/commands/keys.ts'
import { editFile } from '../support/edit-file.ts'
import { runCommand } from '../support/run-command.ts'
import { runKeysmith, type CommandResult } from '../support/run-keysmith.ts'
import { configFolder } from '../support/tenants-config.ts'

function list(cwd: string, args = ''): Promise<CommandResult> {
  const given = args === '' ? [] : args.split(' ')
  return runCommand(keysCommand, ['list', ...given, '--at', '2026-11-22T12:00:00Z'], { cwd })
}

const digest = (letter: string): string => `"sha256:${letter.repeat(64)}"`

/** Besides the two keys that are there, one of each kind. */
function folderOfMany(): string {
  const cwd = configFolder()
  const keys = [
    `zeta: { digest: ${digest('1')}, scopes: [things:read], expires: 2026-11-22 }`,
    `soon: { digest: ${digest('2')}, roles: [partner], plan: free, expires: 2026-12-22T12:00:00Z }`,
    `early: { digest: ${digest('3')}, scopes: [things:read], notBefore: 2027-01-01, expires: 2099-01-01 }`,
    `unpaid: { digest: ${digest('4')}, scopes: [things:read], expires: 2099-01-01, suspended: { since: 2026-11-20 } }`,
    `rotated: { digest: ${digest('5')}, retiring: { digest: ${digest('6')}, until: 2026-12-01 }, scopes: [things:read], expires: 2099-01-01 }`,
    `robot: { signing: { algorithm: hmac-sha256, secret: "\${env:ROBOT}" }, scopes: [things:read], expires: 2099-01-01 }`,
    `foreign: { digest: ${digest('7')}, scopes: [things:read], imported: true }`,
  ]
  editFile(join(cwd, 'gateway.yaml'), '    keys:\n', `    keys:\n${keys.map((key) => `      ${key}\n`).join('')}`)
  return cwd
}

test('every key is listed by tenant and id, with what it is worth now', async () => {
  const { exit, stdout, stderr } = await list(folderOfMany())
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' })
  expect(stdout).toBe(
    [
      'KEY          TENANT   STATE      DIGEST    ROLES    SCOPES       PLAN  EXPIRES               NOTES',
      'early        globex   upcoming   33333333  -        things:read  -     2099-01-01            from 2027-01-01',
      'foreign      globex   active     77777777  -        things:read  -     never                 imported',
      'reader       globex   active     44b548be  -        things:read  -     2099-01-01',
      'robot        globex   active     -         -        things:read  -     2099-01-01            signs with hmac-sha256',
      'rotated      globex   active     55555555  -        things:read  -     2099-01-01            retiring 66666666 until 2026-12-01',
      'soon         globex   active     22222222  partner  -            free  2026-12-22T12:00:00Z',
      'unpaid       globex   suspended  44444444  -        things:read  -     2099-01-01            suspended from 2026-11-20',
      'zeta         globex   expired    11111111  -        things:read  -     2026-11-22',
      'initech-web  initech  active     2f85b73f  partner  -            free  2099-01-01',
      '',
    ].join('\n'),
  )
})

test('json has all there is, and where it is written', async () => {
  const { stdout } = await list(folderOfMany(), '--format json --expiring 12d')
  expect(JSON.parse(stdout)).toEqual({
    format: 1,
    keys: [
      {
        id: 'rotated',
        tenant: 'globex',
        state: 'active',
        digest: '55555555',
        signing: null,
        imported: false,
        roles: [],
        scopes: ['things:read'],
        plan: null,
        notBefore: null,
        expires: '2099-01-01',
        suspended: null,
        retiring: { digest: '66666666', until: '2026-12-01' },
        file: 'gateway.yaml',
        line: 26,
      },
    ],
  })
})

test.each([
  ['--tenant initech', ['initech-web']],
  ['--expiring 30d', ['rotated', 'soon']],
  ['--expiring 29d', ['rotated']],
  ['--expiring 8d', []],
  ['--expiring 900000d', ['early', 'reader', 'robot', 'rotated', 'soon', 'unpaid', 'initech-web']],
])('%s lists %j', async (args, ids) => {
  const { exit, stdout } = await list(folderOfMany(), `${args} --format json`)
  expect(exit).toBe(0)
  expect(JSON.parse(stdout).keys.map(({ id }: { id: string }) => id)).toEqual(ids)
})

test('no key is no line', async () => {
  expect(await list(configFolder(), '--expiring 30d')).toEqual({ exit: 0, stdout: '', stderr: 'No such keys.\n' })
})

test.each([
  ['--expiring soon', 'It must be a duration, such as 30d.'],
  ['--tenant initec', 'There is no tenant "initec". Did you mean "initech"?'],
  ['--format yaml', 'Allowed choices are pretty, json.'],
])('%s is a wrong use', async (args, said) => {
  const { exit, stdout, stderr } = await list(configFolder(), args)
  expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' })
  expect(stderr).toContain(said)
})

test('the built command lists, too', async () => {
  const { exit, stdout } = await runKeysmith(['keys', 'list', '--tenant', 'initech'], { cwd: configFolder() })
  expect(exit).toBe(0)
  expect(stdout).toMatch(/^KEY .*\ninitech-web +initech +active .*\n$/)
})
