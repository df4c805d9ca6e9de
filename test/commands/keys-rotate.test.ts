import {
  chmodSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { keysCommand } from '../../compiler/commands/keys.ts'
import { editFile } from '../support/edit-file.ts'
import { digestOf } from '../support/make-secret.ts'
import { runCommand } from '../support/run-command.ts'
import { runKeysmith, type CommandResult } from '../support/run-keysmith.ts'
import { CONFIG, configFolder, INITECH } from '../support/tenants-config.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const OLD = 'sha256:44b548be7aafb7efd162db14e053102ecf13566db8b76e1e9a8b4bcd34d4da5f'
const OLD_INITECH = 'sha256:2f85b73fef6fd57bce82218a0f6e1eaeb24327708dd4d99736fdce7f24347dec'
const AT = ['--at', '2026-11-22T12:00:00Z']

function rotate(cwd: string, args: string): Promise<CommandResult> {
  return runCommand(keysCommand, ['rotate', ...args.split(' '), ...AT], { cwd })
}

function read(cwd: string, name = 'gateway.yaml'): string {
  return readFileSync(join(cwd, name), 'utf8')
}

test('the new secret stands alone on standard output; its digest takes the place of the old one, which retires', async () => {
  const cwd = configFolder()
  chmodSync(join(cwd, 'gateway.yaml'), 0o640)
  const { exit, stdout, stderr } = await rotate(cwd, 'reader')
  expect(exit).toBe(0)
  expect(stdout).toMatch(/^small_live_[0-9A-Za-z]{38}\n$/)
  expect(stderr).toBe(
    [
      'Key "reader" of tenant "globex" has a new secret in gateway.yaml. The old one opens until 2026-12-07.',
      'The new secret, which nobody can show again:',
      '',
    ].join('\n'),
  )
  const lines = `digest: ${digestOf(stdout.trim())}\n        retiring: { digest: "${OLD}", until: 2026-12-07 }\n`
  expect(read(cwd)).toBe(CONFIG.replace(`digest: ${OLD}\n`, lines))
  expect(statSync(join(cwd, 'gateway.yaml')).mode & 0o777).toBe(0o640)
  expect(readdirSync(cwd).sort()).toEqual(['gateway.yaml', 'tenants'])
})

test("a key in a tenant's own file is rotated there, for the environment and the time that were asked for", async () => {
  const cwd = configFolder()
  const { exit, stdout } = await rotate(cwd, 'initech-web --until 36h --env test')
  expect(exit).toBe(0)
  expect(stdout).toMatch(/^small_test_/)
  expect(read(cwd)).toBe(CONFIG)
  const lines = `digest: ${digestOf(stdout.trim())}\n    retiring: { digest: "${OLD_INITECH}", until: 2026-11-24T00:00:00Z }\n`
  expect(read(cwd, 'tenants/initech.yaml')).toBe(INITECH.replace(`digest: ${OLD_INITECH}\n`, lines))
})

test('of a symbolic link, the file that it leads to is edited', async () => {
  const cwd = configFolder()
  renameSync(join(cwd, 'gateway.yaml'), join(cwd, 'real.yaml'))
  symlinkSync('real.yaml', join(cwd, 'gateway.yaml'))
  expect((await rotate(cwd, 'reader')).exit).toBe(0)
  expect(readlinkSync(join(cwd, 'gateway.yaml'))).toBe('real.yaml')
  expect(read(cwd, 'real.yaml')).toContain(`retiring: { digest: "${OLD}"`)
})

test('a byte order mark and Windows line ends stay', async () => {
  const windows = '\ufeff' + CONFIG.replaceAll('\n', '\r\n')
  const cwd = temporaryFolder({ 'gateway.yaml': windows, 'tenants/initech.yaml': INITECH })
  expect((await rotate(cwd, 'reader')).exit).toBe(0)
  const [line] = / {8}retiring: .*\r\n/.exec(read(cwd)) ?? ['']
  expect(line).not.toBe('')
  expect(
    read(cwd)
      .replace(line, '')
      .replace(/sha256:[0-9a-f]{64}/, OLD),
  ).toBe(windows)
})

test('a key in a file of keys is rotated in its line, and listed, verified and found there', async () => {
  const cwd = configFolder()
  editFile(join(cwd, 'gateway.yaml'), '  globex:\n', '  globex:\n    keysFrom: keys.ndjson\n')
  const digest = `sha256:${'a'.repeat(64)}`
  const line = (id: string, letter: string): string =>
    `{"id":"${id}","digest":"sha256:${letter.repeat(64)}","scopes":["things:read"],"expires":"2099-01-01"}\n`
  const before = line('one', 'a') + line('two', 'b')
  writeFileSync(join(cwd, 'keys.ndjson'), before)

  const { exit, stdout, stderr } = await rotate(cwd, 'one')
  expect({ exit, stderr: stderr.split('\n')[0] }).toEqual({
    exit: 0,
    stderr: 'Key "one" of tenant "globex" has a new secret in keys.ndjson. The old one opens until 2026-12-07.',
  })
  const fresh = digestOf(stdout.trim())
  const retiring = `"retiring": { "digest": "${digest}", "until": "2026-12-07" }`
  expect(read(cwd, 'keys.ndjson')).toBe(before.replace(`"${digest}"`, `"${fresh}", ${retiring}`))

  const listed = await runCommand(keysCommand, ['list', '--expiring', '30d', '--format', 'json', ...AT], { cwd })
  expect(JSON.parse(listed.stdout).keys).toMatchObject([{ id: 'one', state: 'active', file: 'keys.ndjson', line: 1 }])
  const verified = await runCommand(keysCommand, ['verify', ...AT], { cwd, input: stdout })
  expect(verified.stdout).toBe('Key "one" of tenant "globex". It opens.\n')
})

test('a second rotation waits for the end of the first, and then takes its place', async () => {
  const cwd = configFolder()
  const first = await rotate(cwd, 'reader')
  const between = read(cwd)
  const { exit, stdout, stderr } = await rotate(cwd, 'reader')
  expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' })
  expect(stderr).toContain('the secret before that still opens until 2026-12-07')
  expect(stderr).toContain('keysmith keys revoke reader')
  expect(read(cwd)).toBe(between)

  const later = await runCommand(keysCommand, ['rotate', 'reader', '--at', '2026-12-07'], { cwd })
  expect(later.exit).toBe(0)
  const digest = digestOf(later.stdout.trim())
  const before = digestOf(first.stdout.trim())
  expect(read(cwd)).toBe(
    between.replace(before, digest).replace(OLD, before).replace('until: 2026-12-07', 'until: 2026-12-21'),
  )
})

test.each([
  ['raeder', 'There is no key "raeder". Did you mean "reader"?'],
  ['../../etc/passwd', 'There is no key "../../etc/passwd". There are: reader, initech-web.'],
  ['__proto__', 'There is no key "__proto__".'],
  ['\u001b[2Jreader', 'There is no key "\\u001b[2Jreader".'],
  ['reader --until 0d', '--until "0d" is neither a duration'],
  ['reader --until 2026-11-22', '--until 2026-11-22 has passed'],
  ['reader --env prod', "argument 'prod' is invalid"],
  ['', 'There is no key "".'],
])('"%s" is a wrong use: nothing is printed and nothing written', async (args, said) => {
  const cwd = configFolder()
  const { exit, stdout, stderr } = await rotate(cwd, args)
  expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' })
  expect(stderr).toContain(said)
  expect(read(cwd)).toBe(CONFIG)
})

test('an environment that the gateway does not open to is refused', async () => {
  const cwd = configFolder()
  editFile(join(cwd, 'gateway.yaml'), 'prefix: small', 'prefix: small, accept: [test]')
  const refused = await rotate(cwd, 'reader --env live')
  expect({ exit: refused.exit, stdout: refused.stdout }).toEqual({ exit: 2, stdout: '' })
  expect(refused.stderr).toContain('This gateway opens to test only')
  expect((await rotate(cwd, 'reader')).stdout).toMatch(/^small_test_/)
})

test('an imported key is not ours to rotate', async () => {
  const cwd = configFolder()
  editFile(join(cwd, 'gateway.yaml'), `digest: ${OLD}\n`, `digest: ${OLD}\n        imported: true\n`)
  const before = read(cwd)
  const { exit, stdout, stderr } = await rotate(cwd, 'reader')
  expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' })
  expect(stderr).toContain('Key "reader" is imported')
  expect(read(cwd)).toBe(before)
})

test('a key that signs has no secret here to rotate', async () => {
  const cwd = configFolder()
  const signing = 'signing: { algorithm: hmac-sha256, secret: "${env:ROBOT}" }'
  editFile(join(cwd, 'gateway.yaml'), `digest: ${OLD}`, signing)
  const { exit, stdout, stderr } = await rotate(cwd, 'reader')
  expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' })
  expect(stderr).toContain('Key "reader" signs its requests')
})

test('a config with a fault, and a layout that cannot be edited, get no secret', async () => {
  const cwd = configFolder()
  editFile(join(cwd, 'gateway.yaml'), 'upstream: origin', 'upstream: orign')
  const broken = await rotate(cwd, 'reader')
  expect({ exit: broken.exit, stdout: broken.stdout }).toEqual({ exit: 1, stdout: '' })
  expect(broken.stderr).toContain('gateway.yaml:15:15 error upstream-unknown')

  writeFileSync(join(cwd, 'gateway.yaml'), CONFIG.replace(`digest: ${OLD}`, `digest: >-\n          ${OLD}`))
  const refused = await rotate(cwd, 'reader')
  expect({ exit: refused.exit, stdout: refused.stdout }).toEqual({ exit: 2, stdout: '' })
  expect(refused.stderr).toContain('is not written on one line')
})

test('the built command prints nothing but the secret on standard output, and a fault with its exit code', async () => {
  const cwd = configFolder()
  const { exit, stdout } = await runKeysmith(['keys', 'rotate', 'reader'], { cwd })
  expect(exit).toBe(0)
  expect(stdout).toMatch(/^small_live_[0-9A-Za-z]{38}\n$/)
  expect(read(cwd)).toContain(`digest: ${digestOf(stdout.trim())}\n`)
  expect(await runKeysmith(['keys', 'rotate', '\u001b[2J'], { cwd })).toEqual({
    exit: 2,
    stdout: '',
    stderr: 'error: There is no key "\\u001b[2J". There are: reader, initech-web.\n',
  })
})
