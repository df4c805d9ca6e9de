import { expect, test } from 'vitest'
import { parseLine } from '../../../runtime/revocations/parse-line.ts'

const HEX = '0123456789abcdef'.repeat(4)

test('a line revokes a digest, a key or a subject, and a comment follows where it can be told apart', () => {
  expect(parseLine(`sha256:${HEX}`)).toEqual({ digest: HEX })
  expect(parseLine(`  sha256:${HEX.toUpperCase()}\t# left the company\r`)).toEqual({ digest: HEX })
  expect(parseLine('key:globex-mobile')).toEqual({ key: 'globex-mobile' })
  expect(parseLine('key:globex-mobile # leaked')).toEqual({ key: 'globex-mobile' })
  expect(parseLine('subject:https://id.example.com/user-7')).toEqual({ subjects: ['https://id.example.com/user-7'] })
})

test('a subject before a "#" is revoked with what follows and without it', () => {
  expect(parseLine('subject:https://id/bob # gone')).toEqual({ subjects: ['https://id/bob # gone', 'https://id/bob'] })
  expect(parseLine('subject:https://id/bob#7')).toEqual({ subjects: ['https://id/bob#7'] })
})

test.each(['', '   ', '\t\r', '# all of it', '\ufeff# with a mark', '\ufeff'])('%j revokes nothing', (line) => {
  expect(parseLine(line)).toBeNull()
})

test.each([
  HEX,
  `sha256:${HEX}0`,
  `sha256:${HEX.slice(1)}`,
  `sha256: ${HEX}`,
  `sha256:${HEX}#no blank`,
  `sha512:${HEX}`,
  `SHA256${HEX}`,
  'key:',
  'key:Globex',
  'key:a b',
  'key: a',
  'keys:a',
  'subject:',
  'subject:bob',
  'subject:/bob',
  'subject:https://id.example.com',
  'subject:https://id.example.com/',
  'subject:https://id.example.com/ # who',
  '// key:a',
  'globex-mobile',
])('%j is broken', (line) => {
  expect(parseLine(line)).toBeUndefined()
})
