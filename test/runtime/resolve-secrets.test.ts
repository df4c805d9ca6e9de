import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { fillTargets, fillTemplate, resolveSecrets, showTemplate } from '../../runtime/resolve-secrets.ts'
import { StartFault } from '../../runtime/start-faults.ts'
import type { SecretRow, SecretTemplate, UpstreamRow } from '../../schemas/table.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const env = (name: string, key: string): SecretRow => ({ name, from: 'env', key })
const file = (name: string, key: string): SecretRow => ({ name, from: 'file', key })

function written(name: string, content: string): string {
  return join(temporaryFolder({ [name]: content }), name)
}

function faultOf(work: () => unknown): string {
  try {
    work()
  } catch (error) {
    expect(error).toBeInstanceOf(StartFault)
    return error instanceof Error ? error.message : ''
  }
  throw new Error('no fault')
}

describe('secrets', () => {
  test('come from variables and files, in the order of the rows', () => {
    const path = written('token', 'from-file\n')
    const rows = [file('b', path), env('a', 'A')]
    expect(resolveSecrets(rows, { A: 'from-env' })).toEqual(['from-file', 'from-env'])
  })

  test.each([
    ['x', 'x'],
    ['x\n', 'x'],
    ['x\r\n', 'x'],
    ['a b:c"{}', 'a b:c"{}'],
  ])('the file %j holds the secret %j', (content, secret) => {
    expect(resolveSecrets([file('a', written('one', content))], {})).toEqual([secret])
  })

  test('all that are missing are told at once, with the place where each is looked for', () => {
    const nowhere = join(temporaryFolder(), 'nowhere')
    const rows = [env('one', 'ONE'), file('two', nowhere), env('three', 'THREE'), env('four', 'FOUR')]
    expect(faultOf(() => resolveSecrets(rows, { THREE: '', FOUR: 'there' }))).toBe(
      [
        '3 secrets are missing or cannot be used:',
        '  one: the environment variable ONE is not set',
        `  two: the file ${JSON.stringify(nowhere)} does not exist`,
        '  three: the environment variable THREE is empty',
      ].join('\n'),
    )
  })

  test('what an object inherits is no variable', () => {
    expect(faultOf(() => resolveSecrets([env('a', 'constructor')], {}))).toContain('is not set')
  })

  test.each([
    ['', 'is empty'],
    ['\n', 'is empty'],
    ['se cret\n\n', 'has more than one line'],
    ['se\r\ncret', 'has more than one line'],
    ['se\rcret', 'has more than one line'],
    ['se\0cret', 'printable ASCII'],
    ['se\tcret', 'printable ASCII'],
    ['se\x7fcret', 'printable ASCII'],
    ['sécret', 'printable ASCII'],
    ['\ufeffsecret', 'printable ASCII'],
    [' secret', 'a space'],
    ['secret ', 'a space'],
  ])('the file %j is refused, and its value is not told', (content, reason) => {
    const fault = faultOf(() => resolveSecrets([file('a', written('bad', content))], {}))
    expect(fault).toContain(reason)
    expect(fault.replaceAll(/secrets? (is|are) missing/g, '')).not.toContain('cret')
  })

  test('a file that is too large is refused', () => {
    expect(resolveSecrets([file('a', written('most', 's'.repeat(16_384)))], {})[0]).toHaveLength(16_384)
    const rows = [16_385, 50_000_000].map((bytes) => file('a', written(`large-${bytes}`, 's'.repeat(bytes))))
    expect(faultOf(() => resolveSecrets(rows, {})).match(/is longer than 16384 bytes/g)).toHaveLength(2)
  })

  test('a variable cannot begin another header line', () => {
    const fault = faultOf(() => resolveSecrets([env('a', 'A')], { A: 'secret\r\nx-evil: 1' }))
    expect(fault).toContain('the environment variable A has more than one line')
    expect(fault).not.toContain('evil')
  })

  test('folders, pipes and devices are refused without waiting for them', () => {
    const folder = temporaryFolder()
    const pipe = join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    const fault = faultOf(() => resolveSecrets([file('a', folder), file('b', pipe), file('c', '/dev/zero')], {}))
    expect(fault).toContain('is a folder')
    expect(fault.match(/is not a regular file/g)).toHaveLength(2)
  })

  test('a file that may not be read says so', () => {
    const forbidden = () => {
      throw Object.assign(new Error('no'), { code: 'EACCES' })
    }
    expect(faultOf(() => resolveSecrets([file('a', '/x')], {}, forbidden))).toContain('may not be read by this user')
  })
})

describe('templates', () => {
  const rows = [env('one', 'ONE'), env('env:TWO', 'TWO')]

  test('secrets are put in where they are named', () => {
    expect(fillTemplate(['Bearer ', { secret: 1 }, '.', { secret: 0 }], ['a', 'b'])).toBe('Bearer b.a')
    expect(fillTemplate([], [])).toBe('')
  })

  test('a secret that does not exist is a bug, not an empty text', () => {
    expect(() => fillTemplate([{ secret: 1 }], ['a'])).toThrow(RangeError)
  })

  test('what is shown of a template has names in place of secrets', () => {
    expect(showTemplate(['http://', { secret: 0 }, ':', { secret: 1 }], rows)).toBe(
      'http://${secret:one}:${secret:env:TWO}',
    )
  })
})

describe('the addresses of an upstream', () => {
  const upstream = (...urls: SecretTemplate[]): UpstreamRow => ({
    name: 'orders',
    targets: urls.map((url) => ({ url, weight: 1 })),
    connectMs: 1,
    responseMs: 1,
    idleMs: 1,
    connections: 1,
    queue: 1,
    headers: [],
    ownCredential: false,
  })

  test('are filled in order', () => {
    const filled = fillTargets(upstream(['http://a:1'], ['https://', { secret: 0 }, '/base']), ['b.example'])
    expect(filled).toEqual(['http://a:1', 'https://b.example/base'])
  })

  test.each([
    ['ftp://s3cret', 'is neither http nor https'],
    ['file:///s3cret', 'is neither http nor https'],
    ['http://s3cret@host', 'has a user in it'],
    ['http://user:s3cret@host', 'has a user in it'],
    ['http://@s3cret', 'has a user in it'],
    ['http://s3cret?x=1', 'has a query or a fragment'],
    ['http://s3cret?', 'has a query or a fragment'],
    ['http://s3cret#x', 'has a query or a fragment'],
    ['http://s3cret:99999', 'is not a URL'],
    ['http://', 'is not a URL'],
    ['s3cret', 'is not a URL'],
    ['http://ho st/s3cret', 'is not a URL'],
    ['http:\\\\s3cret', 'is not a URL'],
    ['', 'is not a URL'],
  ])('%j is refused with the name of the upstream and without its value', (value, reason) => {
    const fault = faultOf(() => fillTargets(upstream(['http://a:1'], [{ secret: 0 }]), [value]))
    expect(fault).toBe(`Target 2 of the upstream "orders" ${reason}, once its secrets are put in.`)
  })
})
