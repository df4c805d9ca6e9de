import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { keysCommand } from '../../compiler/commands/keys.ts'
import { editFile } from '../support/edit-file.ts'
import { digestOf, makeSecret } from '../support/make-secret.ts'
import { runCommand } from '../support/run-command.ts'
import { runKeysmith, type CommandResult } from '../support/run-keysmith.ts'
import { configFolder } from '../support/tenants-config.ts'

const SECRET = makeSecret('small', 'live', 'a')
const OLD_SECRET = makeSecret('small', 'test', 'b')
const FOREIGN = 'another-systems-secret-0123456789'
const KEYS = {
  web: { secret: SECRET, more: `retiring: { digest: "${digestOf(OLD_SECRET)}", until: 2026-12-01 }` },
  past: { secret: makeSecret('small', 'live', 'c'), more: 'expires: 2026-11-22' },
  early: { secret: makeSecret('small', 'live', 'd'), more: 'notBefore: 2027-01-01' },
  unpaid: { secret: makeSecret('small', 'live', 'e'), more: 'suspended: { since: 2026-11-20, reason: unpaid }' },
  rotated: {
    secret: makeSecret('small', 'live', 'f'),
    more: `retiring: { digest: "${digestOf(makeSecret('small', 'live', 'g'))}", until: 2026-11-20 }`,
  },
  foreign: { secret: FOREIGN, more: 'imported: true' },
}

let cwd = ''
beforeEach(() => {
  cwd = configFolder()
  const keys = Object.entries(KEYS).map(
    ([id, { secret, more }]) => `      ${id}: { digest: "${digestOf(secret)}", scopes: [things:read], ${more} }\n`,
  )
  editFile(join(cwd, 'gateway.yaml'), '    keys:\n', `    keys:\n${keys.join('')}`)
})

function verify(input: string | Buffer, ...args: string[]): Promise<CommandResult> {
  return runCommand(keysCommand, ['verify', ...args, '--at', '2026-11-22T12:00:00Z'], { cwd, input })
}

describe('a secret of a key', () => {
  test.each([
    ['the current one', SECRET, 0, 'Key "web" of tenant "globex". It opens.'],
    ['the retiring one', OLD_SECRET, 0, 'Key "web" of tenant "globex", retiring until 2026-12-01. It opens.'],
    [
      'one whose time is over',
      makeSecret('small', 'live', 'g'),
      1,
      'Key "rotated" of tenant "globex", retiring until 2026-11-20. It opens nothing: the key was rotated, and the time of this secret is over.',
    ],
    [
      'an expired one',
      KEYS.past.secret,
      1,
      'Key "past" of tenant "globex". It opens nothing: the key is past its end.',
    ],
    [
      'an early one',
      KEYS.early.secret,
      1,
      'Key "early" of tenant "globex". It opens nothing yet: the key has not begun.',
    ],
    [
      'a suspended one',
      KEYS.unpaid.secret,
      1,
      'Key "unpaid" of tenant "globex". It opens nothing: the key is suspended.',
    ],
    ['an imported one', FOREIGN, 0, 'Key "foreign" of tenant "globex". It opens.'],
  ])('%s is told whose it is and what it is worth', async (_, secret, exit, said) => {
    expect(await verify(secret + '\n')).toEqual({ exit, stdout: said + '\n', stderr: '' })
  })
})

describe('a secret of no key', () => {
  test.each([
    ['nothing', '', 'Nothing was read'],
    [
      'a letter exchanged',
      SECRET.slice(0, -9) + (SECRET.at(-9) === 'b' ? 'c' : 'b') + SECRET.slice(-8),
      'Its checksum says so',
    ],
    ['a letter lost', SECRET.slice(0, -1), 'Its checksum says so'],
    ['something behind it', SECRET + 'x', 'Its checksum says so'],
    ['a blank before it', ' ' + SECRET, 'No key of the config has this secret.'],
    ['two lines', SECRET + '\n' + SECRET, 'Its checksum says so'],
    ['one that nobody has', makeSecret('small', 'live', 'z'), 'No key of the config has this secret.'],
    ['another prefix', makeSecret('other', 'live', 'a'), 'No key of the config has this secret.'],
    ['a token', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.c2ln', 'It looks like a token (JWT)'],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00]), 'No key of the config has this secret.'],
  ])('%s is told why, and shown nowhere', async (_, secret, said) => {
    const { exit, stdout, stderr } = await verify(secret)
    expect({ exit, stderr }).toEqual({ exit: 1, stderr: '' })
    expect(stdout).toContain(said)
    if (secret !== '') expect(stdout).not.toContain(secret.toString().slice(0, 20))
  })

  test('an environment that the gateway does not open to is told as that', async () => {
    editFile(join(cwd, 'gateway.yaml'), 'prefix: small', 'prefix: small, accept: [live]')
    const { exit, stdout } = await verify(OLD_SECRET)
    expect(exit).toBe(1)
    expect(stdout).toContain('of an environment that this gateway does not open to')
  })

  test('a secret that the runtime would not look up is no key, though its digest is there', async () => {
    editFile(
      join(cwd, 'gateway.yaml'),
      `digest: "${digestOf(SECRET)}",`,
      `digest: "${digestOf(SECRET)}", imported: true,`,
    )
    expect((await verify(SECRET)).stdout).toBe('No key of the config has this secret.\n')
  })

  test('without imported keys, what is of another form is told as that', async () => {
    editFile(join(cwd, 'gateway.yaml'), 'imported: true', 'expires: 2099-01-01')
    expect((await verify(FOREIGN)).stdout).toContain("not of the form of this gateway's keys")
  })

  test('more than any secret is refused without being kept', async () => {
    const { exit, stdout, stderr } = await verify('a'.repeat(8193))
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' })
    expect(stderr).toBe('error: That is more than any secret: at most 8192 bytes are read from standard input.\n')
  })
})

test('line ends of both kinds are no part of a secret', async () => {
  for (const end of ['', '\n', '\r\n']) expect((await verify(SECRET + end)).exit).toBe(0)
})

test('json says the same', async () => {
  const found = await verify(OLD_SECRET, '--format', 'json')
  expect(JSON.parse(found.stdout)).toEqual({
    format: 1,
    found: true,
    opens: true,
    key: { id: 'web', tenant: 'globex', secret: 'retiring', state: 'active', file: 'gateway.yaml', line: 22 },
  })
  const none = await verify('small_live_x', '--format', 'json')
  expect(JSON.parse(none.stdout)).toEqual({ format: 1, found: false, opens: false, reason: 'typo' })
})

test('a secret in the arguments is refused, unread', async () => {
  const { exit, stdout, stderr } = await runKeysmith(['keys', 'verify', SECRET], { cwd })
  expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' })
  expect(stderr).not.toContain(SECRET)
})

test('the built command reads its standard input', async () => {
  const args = ['keys', 'verify', '--at', '2026-11-22T12:00:00Z']
  expect(await runKeysmith(args, { cwd, input: SECRET + '\n' })).toEqual({
    exit: 0,
    stdout: 'Key "web" of tenant "globex". It opens.\n',
    stderr: '',
  })
  expect((await runKeysmith(args, { cwd, input: 'x' })).exit).toBe(1)
})
