import { describe, expect, test } from 'vitest'
import { parseDistinguishedName } from '../../../compiler/certificates/parse-distinguished-name.ts'
import { parseMatch } from '../../../compiler/certificates/parse-match.ts'

const san = (text: string) => parseMatch({ at: '', by: 'san', text })

describe('a subject alternative name', () => {
  test.each([
    ['a.globex.example', 'dns', 'a.globex.example'],
    ['*.Globex.example', 'dns', '*.globex.example'],
    ['robot_7', 'dns', 'robot_7'],
    ['spiffe://globex/robot', 'uri', 'spiffe://globex/robot'],
    ['urn:acme:Robot', 'uri', 'urn:acme:Robot'],
    ['robot@globex.example', 'email', 'robot@globex.example'],
    ['10.0.0.7', 'ip', '10.0.0.7'],
    ['2001:db8::7', 'ip', '2001:db8::7'],
  ])('%s is one of %s', (text, by, value) => expect(san(text)).toEqual({ by, value, subject: [] }))

  test.each(['*', '*.example', 'a.*.example', 'a*.globex.example', '*.*.globex.example', '**.globex.example'])(
    '%s has a star where none stands for one label',
    (text) => expect(san(text)).toHaveProperty('problem'),
  )

  test.each([
    'a..b',
    '.a',
    'a.',
    'a b',
    'caf\u00e9.example',
    '-a.example',
    'a@b@c',
    '10.0.0.0/24',
    'a.example\n',
    '://x',
  ])('%j is none', (text) => expect(san(text)).toHaveProperty('problem'))
})

describe('a thumbprint', () => {
  const digits = '0123456789abcdef'.repeat(4)

  test('is a SHA-256 in small hex', () => {
    const by = 'thumbprint'
    expect(parseMatch({ at: '', by, text: `sha256:${digits}` })).toEqual({ by, value: digits, subject: [] })
  })

  test.each([digits, `sha256:${digits.toUpperCase()}`, `sha256:${digits}0`, `sha1:${digits.slice(0, 40)}`])(
    '%s is none',
    (text) => expect(parseMatch({ at: '', by: 'thumbprint', text })).toHaveProperty('problem'),
  )
})

describe('a distinguished name', () => {
  test.each([
    ['CN=robot-7', [[['CN', 'robot-7']]]],
    ['CN=robot-7,O=Globex', [[['O', 'Globex']], [['CN', 'robot-7']]]],
    ['cn=robot-7, o=Globex', [[['O', 'Globex']], [['CN', 'robot-7']]]],
    [
      'O=b+CN=a,C=DE',
      [
        [['C', 'DE']],
        [
          ['CN', 'a'],
          ['O', 'b'],
        ],
      ],
    ],
    [
      'CN=a+O=b,C=DE',
      [
        [['C', 'DE']],
        [
          ['CN', 'a'],
          ['O', 'b'],
        ],
      ],
    ],
    [
      'OU=b+OU=a',
      [
        [
          ['OU', 'a'],
          ['OU', 'b'],
        ],
      ],
    ],
    ['O=Globex\\, Inc', [[['O', 'Globex, Inc']]]],
    ['CN=a\\0Ab', [[['CN', 'a\nb']]]],
    ['CN=caf\\C3\\A9', [[['CN', 'caf\u00e9']]]],
    ['CN=caf\u00e9', [[['CN', 'caf\u00e9']]]],
    ['CN=\\ a\\ ', [[['CN', ' a ']]]],
    ['CN=\\#a\\+b\\"\\\\c\\=\\;\\<\\>', [[['CN', '#a+b"\\c=;<>']]]],
    ['CN=a/CN=b', [[['CN', 'a/CN=b']]]],
    ['CN=a=b', [[['CN', 'a=b']]]],
    ['CN=a/b', [[['CN', 'a/b']]]],
    ['emailAddress=a@b.example', [[['EMAILADDRESS', 'a@b.example']]]],
  ])('%s', (text, parts) => {
    expect(parseDistinguishedName(text)).toEqual({ parts })
  })

  test.each([
    ['', 'cannot be read'],
    ['robot-7', 'cannot be read'],
    ['CN=', 'empty'],
    ['CN=a,', 'cannot be read'],
    ['CN=a+', 'cannot be read'],
    ['CN=a,,O=b', 'cannot be read'],
    ['X=a', 'has a part "X"'],
    ['2.5.4.3=a', 'has a part "2.5.4.3"'],
    ['CN= a', 'needs a backslash'],
    ['CN=a ', 'needs a backslash'],
    ['CN=#0403', 'needs a backslash'],
    ['CN="a"', 'cannot be read'],
    ['CN=a;O=b', 'cannot be read'],
    ['CN=a\\zb', 'cannot be read'],
    ['CN=a\\', 'cannot be read'],
    ['CN=\\FF', 'UTF-8'],
  ])('%j is none: %s', (text, problem) => {
    expect(parseDistinguishedName(text)).toEqual({ problem: expect.stringContaining(problem) as string })
  })

  test('a hostile one is read in no time', () => {
    const startMs = performance.now()
    parseDistinguishedName('CN=' + '\\ '.repeat(50_000) + '"')
    parseDistinguishedName(' '.repeat(50_000) + 'CN')
    expect(performance.now() - startMs).toBeLessThan(500)
  })
})
