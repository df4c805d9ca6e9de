import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { hasDigests, readContentDigest } from '../../runtime/content-digest.ts'

const BODY = Buffer.from('{"hello": "world"}')
const SHA256 = `sha-256=:${createHash('sha256').update(BODY).digest('base64')}:`
const SHA512 = `sha-512=:${createHash('sha512').update(BODY).digest('base64')}:`
const WRONG = `sha-256=:${createHash('sha256').update('').digest('base64')}:`

function holds(field: string): boolean | null {
  const digests = readContentDigest(field)
  return digests === null ? null : hasDigests(BODY, digests)
}

test.each([
  ['one that is right', SHA256, true],
  ['the longer one', SHA512, true],
  // RFC 9530, appendix B, and RFC 9421, appendix B.2.
  [
    'the published one',
    'sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:',
    true,
  ],
  ['both', `${SHA256}, ${SHA512}`, true],
  ['one that is wrong', WRONG, false],
  ['two of which one is wrong', `${SHA512}, ${WRONG}`, false],
  ['one beside another that nobody knows', `md5=:AAAA:, ${SHA256}`, true],
  ['a wrong one beside one that nobody knows', `md5=:AAAA:, ${WRONG}`, false],
  ['none that is known', 'md5=:sQqNsWTgdUEFt6mb5y4/5Q==:, unixsum=30637', null],
  ['nothing', '', null],
  ['one that is text', 'sha-256="abc"', null],
  ['one that is a list', 'sha-256=(:AAAA:)', null],
  ['one of the wrong length', 'sha-256=:AAAA:', null],
  ['one of no length', 'sha-256=::', null],
  ['a name without a value', 'sha-256', null],
  ['what is no structured field', 'SHA-256=abc', null],
  ['what the language calls its objects by', 'constructor=:AAAA:', null],
])('a body is held against %s', (_, field, expected) => {
  expect(holds(field)).toBe(expected)
})
