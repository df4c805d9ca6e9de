import { createHash } from 'node:crypto'
import { chmodSync, readdirSync, readFileSync, readlinkSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runKeysmith, type CommandResult } from '../support/run-keysmith.ts'
import { CONFIG, configFolder, INITECH } from '../support/tenants-config.ts'
import { SMALL_CONFIG } from '../support/small-config.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

function newKey(cwd: string, args: string): Promise<CommandResult> {
  return runKeysmith(['keys', 'new', ...args.split(' '), '--at', '2026-11-22T12:00:00Z'], { cwd })
}

function digestOf(secret: string): string {
  return 'sha256:' + createHash('sha256').update(secret.trimEnd()).digest('hex')
}

test('the secret stands alone on standard output, what to write on standard error, and no file changes', async () => {
  const cwd = configFolder()
  const { exit, stdout, stderr } = await newKey(
    cwd,
    '--tenant globex --id mobile --roles partner --plan free --expires 90d',
  )
  expect(exit).toBe(0)
  expect(stdout).toMatch(/^small_live_[0-9A-Za-z]{38}\n$/)
  expect(stderr).toBe(
    [
      'To put into gateway.yaml, below "keys" of tenant "globex":',
      '',
      'mobile:',
      `  digest: ${digestOf(stdout)}`,
      '  roles: [partner]',
      '  plan: free',
      '  expires: 2027-02-21',
      '',
      'Its secret, which nobody can show again:',
      '',
    ].join('\n'),
  )
  expect(readFileSync(join(cwd, 'gateway.yaml'), 'utf8')).toBe(CONFIG)
})

test('--write adds the key, keeps all else and the permissions, and leaves nothing beside the file', async () => {
  const cwd = configFolder()
  chmodSync(join(cwd, 'gateway.yaml'), 0o640)
  const { exit, stdout, stderr } = await newKey(
    cwd,
    '--tenant globex --id mobile --scopes things:read --expires 90d --env test --write',
  )
  expect({ exit, stderr }).toEqual({
    exit: 0,
    stderr: 'Key "mobile" of tenant "globex" is in gateway.yaml now.\nIts secret, which nobody can show again:\n',
  })
  expect(stdout).toMatch(/^small_test_/)
  const added = `      mobile:\n        digest: ${digestOf(stdout)}\n        scopes: [things:read]\n        expires: 2027-02-21\n`
  expect(readFileSync(join(cwd, 'gateway.yaml'), 'utf8')).toBe(CONFIG.replace('\nroles:', `${added}\nroles:`))
  expect(statSync(join(cwd, 'gateway.yaml')).mode & 0o777).toBe(0o640)
  expect(readdirSync(cwd).sort()).toEqual(['gateway.yaml', 'tenants'])
})

test("an included tenant's key goes into the tenant's own file", async () => {
  const cwd = configFolder()
  const { exit, stdout } = await newKey(
    cwd,
    '--tenant initech --id initech-ci --roles partner --expires 2027-01-31 --write',
  )
  expect(exit).toBe(0)
  expect(readFileSync(join(cwd, 'gateway.yaml'), 'utf8')).toBe(CONFIG)
  expect(readFileSync(join(cwd, 'tenants/initech.yaml'), 'utf8')).toBe(
    `${INITECH}  initech-ci:\n    digest: ${digestOf(stdout)}\n    roles: [partner]\n    expires: 2027-01-31\n`,
  )
})

test('of a symbolic link, the file that it leads to is edited', async () => {
  const cwd = temporaryFolder({ 'real.yaml': SMALL_CONFIG })
  symlinkSync('real.yaml', join(cwd, 'gateway.yaml'))
  expect((await newKey(cwd, '--tenant globex --id mobile --scopes things:read --expires 90d --write')).exit).toBe(0)
  expect(readlinkSync(join(cwd, 'gateway.yaml'))).toBe('real.yaml')
  expect(readFileSync(join(cwd, 'real.yaml'), 'utf8')).toContain('      mobile:\n')
})

test.each([
  { asked: '--tenant globx --id a', said: 'error: There is no tenant "globx". Did you mean "globex"?\n' },
  { asked: '--tenant globex --id A', said: 'It must be a name of small letters, digits and dashes.' },
  { asked: '--id a', said: "required option '--tenant <name>' not specified" },
])('"$asked" is a wrong use: nothing is printed and nothing written', async ({ asked, said }) => {
  const cwd = configFolder()
  const { exit, stdout, stderr } = await newKey(cwd, `${asked} --write`)
  expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' })
  expect(stderr).toContain(said)
  expect(readFileSync(join(cwd, 'gateway.yaml'), 'utf8')).toBe(CONFIG)
})

test('a layout that cannot be edited is refused before a secret is shown', async () => {
  const flow = CONFIG.replace(/ {2}globex:\n[^]*?\n\n/, '  globex: { plan: free }\n\n')
  const cwd = temporaryFolder({ 'gateway.yaml': flow, 'tenants/initech.yaml': INITECH })
  const refused = await newKey(cwd, '--tenant globex --id a --roles partner --expires 90d --write')
  expect({ exit: refused.exit, stdout: refused.stdout }).toEqual({ exit: 2, stdout: '' })
  expect(refused.stderr).toContain('line by line in gateway.yaml')
  expect(readFileSync(join(cwd, 'gateway.yaml'), 'utf8')).toBe(flow)
  expect((await newKey(cwd, '--tenant globex --id a --roles partner --expires 90d')).exit).toBe(0)
})

test('a config with a fault gets no key', async () => {
  const cwd = configFolder()
  const broken = CONFIG.replace('upstream: origin', 'upstream: orign')
  writeFileSync(join(cwd, 'gateway.yaml'), broken)
  const { exit, stdout, stderr } = await newKey(cwd, '--tenant globex --id a --scopes things:read --write')
  expect({ exit, stdout }).toEqual({ exit: 1, stdout: '' })
  expect(stderr).toContain('gateway.yaml:15:15 error upstream-unknown')
  expect(readFileSync(join(cwd, 'gateway.yaml'), 'utf8')).toBe(broken)
})

test("what a tenant's keys may not hold is refused, and nothing is written", async () => {
  const cwd = configFolder()
  const asked = '--tenant initech --id ci --scopes things:read --expires 90d'
  for (const args of [asked, `${asked} --write`]) {
    const { exit, stdout, stderr } = await newKey(cwd, args)
    expect({ exit, stdout }).toEqual({ exit: 1, stdout: '' })
    expect(stderr).toMatch(/^tenants\/initech\.yaml:\d+:\d+ error /)
  }
  expect(readFileSync(join(cwd, 'tenants/initech.yaml'), 'utf8')).toBe(INITECH)
})

test('what the config warns of only because of the new key is told', async () => {
  const cwd = configFolder()
  const { exit, stderr } = await newKey(cwd, '--tenant globex --id forever --scopes things:read --write')
  expect(exit).toBe(0)
  expect(stderr).toMatch(/^gateway\.yaml:\d+:\d+ warning /)
  expect(stderr).toContain('\n1 warning\n')
})
