import { existsSync, lstatSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { keysCommand } from '../../compiler/commands/keys.ts'
import { editFile } from '../support/edit-file.ts'
import { digestOf, makeSecret } from '../support/make-secret.ts'
import { runCommand } from '../support/run-command.ts'
import { runKeysmith, type CommandResult } from '../support/run-keysmith.ts'
import { configFolder } from '../support/tenants-config.ts'

const SECRET = makeSecret('small', 'live', 'a')
const RETIRING = makeSecret('small', 'live', 'b')
const AT = ['--at', '2026-11-22T12:00:00Z']
const COMMENT = '# web of globex, 2026-11-22T12:00:00.000Z'
const SOON = 'It holds within a second in each gateway that was started with this file, on open streams too.\n'

let cwd = ''
let list = ''
beforeEach(() => {
  cwd = configFolder()
  list = join(cwd, 'revoked.txt')
  const config = join(cwd, 'gateway.yaml')
  editFile(config, '  keys: { prefix', '  revocations: ./revoked.txt\n  keys: { prefix')
  const web = `digest: "${digestOf(SECRET)}", retiring: { digest: "${digestOf(RETIRING)}", until: 2026-12-01 }`
  editFile(config, '    keys:\n', `    keys:\n      web: { ${web}, scopes: [things:read], expires: 2099-01-01 }\n`)
})

function keys(args: string, input = ''): Promise<CommandResult> {
  return runCommand(keysCommand, [...args.split(' '), ...AT], { cwd, input })
}

function listed(): string {
  return readFileSync(list, 'utf8')
}

test('both secrets of a key are appended to a list that need not be there, and a second time there is nothing to do', async () => {
  expect(await keys('revoke web')).toEqual({
    exit: 0,
    stdout: '',
    stderr: `2 secrets of key "web" revoked in ${list}, which is new.\n${SOON}`,
  })
  const lines = `${COMMENT}\n${digestOf(SECRET)}\n${digestOf(RETIRING)}\n`
  expect(listed()).toBe(lines)
  expect(await keys('revoke web')).toEqual({
    exit: 0,
    stdout: '',
    stderr: `Key "web" is revoked already in ${list}; nothing was added.\n${SOON}`,
  })
  expect(listed()).toBe(lines)
})

test('what is in the list stays, a last line without an end gets one, and only what is missing is added', async () => {
  writeFileSync(list, `# ours\nkey:other # gone\n${digestOf(RETIRING).toUpperCase().replace('SHA', 'sha')}`)
  const before = listed()
  const { stderr } = await keys('revoke web')
  expect(stderr).toContain(`1 secret of key "web" revoked in ${list}.\n`)
  expect(listed()).toBe(`${before}\n${COMMENT}\n${digestOf(SECRET)}\n`)
})

test('--forever appends the key itself, also after its secrets', async () => {
  await keys('revoke web')
  const before = listed()
  const { exit, stderr } = await keys('revoke web --forever')
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: `Key "web" revoked in ${list}.\n${SOON}` })
  expect(listed()).toBe(`${before}${COMMENT}\nkey:web\n`)
  expect((await keys('revoke web --forever')).stderr).toContain('revoked already')
})

test('a link stays a link', async () => {
  symlinkSync('shared.txt', list)
  await keys('revoke web')
  expect(lstatSync(list).isSymbolicLink()).toBe(true)
  expect(readFileSync(join(cwd, 'shared.txt'), 'utf8')).toContain(digestOf(SECRET))
})

describe('a key whose secrets are revoked', () => {
  test('is listed and verified as that, its retiring secret too', async () => {
    await keys('revoke web')
    expect((await keys('list --tenant globex')).stdout).toMatch(/^web +globex +revoked /m)
    expect(await keys('verify', SECRET)).toEqual({
      exit: 1,
      stdout: 'Key "web" of tenant "globex". It opens nothing: it is revoked (gateway.revocations).\n',
      stderr: '',
    })
    expect((await keys('verify', RETIRING)).stdout).toContain('It opens nothing: it is revoked')
  })

  test('lives on with a new secret: what still retires is revoked and holds it up no longer', async () => {
    await keys('revoke web')
    const { exit, stdout, stderr } = await keys('rotate web')
    expect(exit).toBe(0)
    expect(stderr).toContain('The old one is revoked: it opens nothing, whatever its end.\n')
    const verified = await keys('verify', stdout)
    expect(verified).toEqual({ exit: 0, stdout: 'Key "web" of tenant "globex". It opens.\n', stderr: '' })
    expect((await keys('verify', SECRET)).stdout).toContain('It opens nothing: it is revoked')
  })

  test('forever is not rotated: a new secret would open nothing', async () => {
    await keys('revoke web --forever')
    const before = readFileSync(join(cwd, 'gateway.yaml'), 'utf8')
    const { exit, stdout, stderr } = await keys('rotate web')
    expect({ exit, stdout }).toEqual({ exit: 1, stdout: '' })
    expect(stderr).toContain('Key "web" is revoked for good')
    expect(readFileSync(join(cwd, 'gateway.yaml'), 'utf8')).toBe(before)
    expect((await keys('list')).stdout).toMatch(/^web +globex +revoked /m)
  })
})

describe('nothing is revoked, and the command fails,', () => {
  test('when the gateway reads no revocations', async () => {
    editFile(join(cwd, 'gateway.yaml'), '  revocations: ./revoked.txt\n', '')
    const { exit, stderr } = await keys('revoke web')
    expect(exit).toBe(1)
    expect(stderr).toContain('Write under "gateway", for example: revocations: ./revoked.txt')
    expect(existsSync(list)).toBe(false)
  })

  test('when there is no such key', async () => {
    const { exit, stderr } = await keys('revoke wbe')
    expect({ exit, stderr }).toEqual({ exit: 2, stderr: 'error: There is no key "wbe". Did you mean "web"?\n' })
    expect(existsSync(list)).toBe(false)
  })

  test('when the key signs: it has no secret here', async () => {
    editFile(
      join(cwd, 'gateway.yaml'),
      'web: { ',
      'robot: { signing: { algorithm: hmac-sha256, secret: "${env:ROBOT}" }, scopes: [things:read], expires: 2099-01-01 }\n      web: { ',
    )
    const { exit, stderr } = await keys('revoke robot')
    expect(exit).toBe(2)
    expect(stderr).toContain('use --forever')
    expect(existsSync(list)).toBe(false)
    expect((await keys('revoke robot --forever')).exit).toBe(0)
    expect(listed()).toContain('key:robot\n')
  })

  test('when the config has a fault; what helps in haste is told', async () => {
    editFile(join(cwd, 'gateway.yaml'), 'upstream: origin', 'upstream: orign')
    const { exit, stderr } = await keys('revoke web')
    expect(exit).toBe(1)
    expect(stderr).toContain('error upstream-unknown')
    expect(stderr).toContain('In haste: a line "key:<id>"')
  })

  test('when the list is no file', async () => {
    editFile(join(cwd, 'gateway.yaml'), './revoked.txt', './tenants')
    const { exit, stderr } = await keys('revoke web')
    expect(exit).toBe(4)
    expect(stderr).toContain('are no regular file')
  })
})

test('a list with a broken line is appended to, and the command fails: gateways refuse such a list', async () => {
  writeFileSync(list, '# ours\nweb\n')
  const { exit, stderr } = await keys('revoke web')
  expect(exit).toBe(1)
  expect(stderr).toContain('./revoked.txt:2 is no digest, key, subject or comment')
  expect(stderr).toContain('It does not hold anywhere until the broken line is mended.')
  expect(listed()).toContain(digestOf(SECRET))
})

test('the built command revokes in the folder that it runs in', async () => {
  const { exit } = await runKeysmith(['keys', 'revoke', 'web'], { cwd })
  expect(exit).toBe(0)
  expect(listed()).toMatch(new RegExp(`^# web of globex, \\S+\n${digestOf(SECRET)}\n${digestOf(RETIRING)}\n$`))
})
