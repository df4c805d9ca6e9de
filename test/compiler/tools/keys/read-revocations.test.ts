import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseRevocations, readRevocations } from '../../../../compiler/tools/keys/read-revocations.ts'
import { parseLine } from '../../../../runtime/revocations/parse-line.ts'
import { createRandom } from '../../../parity/random.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const DIGEST = 'a1'.repeat(32)

function read(text: string): ReturnType<typeof readRevocations> {
  return readRevocations(join(temporaryFolder({ 'revoked.txt': text }), 'revoked.txt'))
}

test('digests and ids are read, in any case of the digits, with blanks and comments around them', () => {
  const text = `\ufeff# a list\n\n  sha256:${DIGEST.toUpperCase()}  # leaked\r\nkey:web\nkey:batch # gone\n`
  expect(read(text)).toEqual({ digests: new Set([DIGEST]), keys: new Set(['web', 'batch']), broken: [] })
})

test.each([
  `sha256:${DIGEST}0`,
  `sha256:${DIGEST.slice(1)}`,
  `sha512:${DIGEST}`,
  DIGEST,
  'key:',
  'key:Web',
  'key:../a',
])('a line "%s" is broken, and said to be where it is', (line) => {
  expect(read(`# one\n${line}\nkey:web\n`)).toEqual({ digests: new Set(), keys: new Set(['web']), broken: [2] })
})

test.each([
  ['subject:https://id.example.com/user-1', []],
  ['subject:https://id.example.com/', [1]],
  ['subject:https://id.example.com', [1]],
  ['subject:corp/user 1 # left', []],
  ['subject:/user', [1]],
])('"%s" is a line of tokens, or broken: %j', (line, broken) => {
  expect(read(line).broken).toEqual(broken)
})

test('a file that is not there revokes nothing; one that cannot be read is no such file', () => {
  const folder = temporaryFolder()
  expect(readRevocations(join(folder, 'none')).digests.size).toBe(0)
  symlinkSync('nowhere', join(folder, 'dangling'))
  expect(readRevocations(join(folder, 'dangling')).digests.size).toBe(0)
  mkdirSync(join(folder, 'folder'))
  expect(() => readRevocations(join(folder, 'folder'))).toThrow('are no regular file')
})

test('the command and the runtime agree on every line', () => {
  const random = createRandom(7)
  const starts = ['sha256:', 'key:', 'subject:', '#', '']
  const pieces = [DIGEST, DIGEST.toUpperCase(), 'key:', 'web', '-', 'https://', 'id', '/', 'x']
  const between = ['', '', '', ' ', '\t', ' # ', '#', '.', '\u00e9']
  let whole = 0
  for (let i = 0; i < 20_000; i++) {
    const count = 1 + random.below(4)
    const rest = Array.from({ length: count }, () => random.pick(pieces) + random.pick(between)).join('')
    const line = random.pick(starts) + rest
    const parsed = parseLine(line)
    const told = parseRevocations(line)
    expect(told.broken, JSON.stringify(line)).toEqual(parsed === undefined ? [1] : [])
    expect([...told.digests]).toEqual(
      parsed !== undefined && parsed !== null && 'digest' in parsed ? [parsed.digest] : [],
    )
    expect([...told.keys]).toEqual(parsed !== undefined && parsed !== null && 'key' in parsed ? [parsed.key] : [])
    if (parsed !== undefined) whole++
  }
  expect(whole).toBeGreaterThan(1000)
})
