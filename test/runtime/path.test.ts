import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { canonicalPath } from '../../runtime/path.ts'
import { group } from '../support/group.ts'
import { SHARED_FOLDER } from '../support/needs.ts'

const KONG = `${SHARED_FOLDER}/data/paths/kong-normalize.json`

describe('the one form of a path', () => {
  test.each([
    ['/', '/'],
    ['/a', '/a'],
    ['/a/', '/a/'],
    ['/A/b', '/A/b'],
    ['/%61%2D%2e%5f%7E%30', '/a-._~0'],
    ['/%c3%b8', '/%C3%B8'],
    ['/%20%3b%3F%23%0a%ff', '/%20%3B%3F%23%0A%FF'],
    ["/!$&'()*+,=:@", "/!$&'()*+,=:@"],
    ['/"<>[]^`{|}', '/"<>[]^`{|}'],
    ['/.a', '/.a'],
    ['/a.', '/a.'],
    ['/...', '/...'],
    ['/..a/.b.', '/..a/.b.'],
    ['/a%2e%2e', '/a..'],
    ['/%2e%2e%2e', '/...'],
  ])('%j is %j', (raw, form) => {
    expect(canonicalPath(raw)).toBe(form)
  })

  test.each([
    ['nothing', ''],
    ['no slash', 'a'],
    ['a star', '*'],
    ['an absolute form', 'http://a/'],
    ['an empty segment', '//'],
    ['an empty segment inside', '/a//b'],
    ['an empty segment at the end', '/a//'],
    ['a dot', '/.'],
    ['a dot and more', '/./a'],
    ['a dot inside', '/a/./b'],
    ['two dots', '/..'],
    ['two dots and more', '/../a'],
    ['two dots at the end', '/a/..'],
    ['an escaped dot', '/%2e'],
    ['an escaped dot in capitals', '/%2E/'],
    ['two escaped dots', '/a/%2e%2E/b'],
    ['a dot and an escaped one', '/.%2e'],
    ['an escaped dot and a dot', '/%2e./a'],
    ['a backslash', '/a\\b'],
    ['an escaped backslash', '/a%5cb'],
    ['an escaped slash', '/a%2fb'],
    ['an escaped slash in capitals', '/a%2Fb'],
    ['a NUL', '/a%00'],
    ['an escaped percent sign', '/a%25'],
    ['what is escaped twice', '/a%252e'],
    ['a semicolon', '/a;b'],
    ['two dots and a semicolon', '/..;/a'],
    ['a fragment', '/a#b'],
    ['a question mark', '/a?b'],
    ['an escape without digits', '/a%'],
    ['an escape with one digit', '/a%2'],
    ['an escape with a digit and a letter beyond F', '/a%2g'],
    ['an escape with a sign', '/a%+1'],
    ['an escape with blanks', '/a% 1'],
    ['an escape of another kind', '/a%u0041'],
    ['a blank', '/a b'],
    ['a tab', '/a\tb'],
    ['a line end', '/a\r\nb'],
    ['a NUL as it is', '/a\u0000'],
    ['a delete character', '/a\u007f'],
    ['a character above ASCII', '/\u00f8'],
    ['a character above one byte', '/\u2215'],
    ['a digit of another script in an escape', '/a%\uff12e'],
  ])('%s is refused', (_, raw) => {
    expect(canonicalPath(raw)).toBeNull()
  })

  test('every byte, as it is and escaped, is decoded, kept or refused by one rule', () => {
    for (let code = 0; code < 256; code++) {
      const character = String.fromCharCode(code)
      const hex = code.toString(16).padStart(2, '0')
      const isUnreserved = /[A-Za-z0-9\-._~]/.test(character)
      const escaped = isUnreserved ? `/x${character}x` : `/x%${hex.toUpperCase()}x`
      expect([hex, canonicalPath(`/x%${hex}x`)]).toEqual([hex, /[/\\%\0]/.test(character) ? null : escaped])
      expect([hex, canonicalPath(`/x${character}x`)]).toEqual([
        hex,
        /[!-~]/.test(character) && !/[\\;#?%]/.test(character) ? `/x${character}x` : null,
      ])
    }
  })

  test('is its own one form', () => {
    for (const path of randomPaths(2000)) {
      const form = canonicalPath(path)
      if (form === null) continue
      expect(canonicalPath(form)).toBe(form)
      expect(form).not.toMatch(/\/\/|\/\.\.?(\/|$)|\\|;|%(2F|5C|00|25)|%(?![0-9A-F]{2})|[^!-~]/)
    }
  })

  test('one path in twenty of those is refused, and one in twenty is not', () => {
    const forms = randomPaths(2000).map(canonicalPath)
    expect(forms.filter((form) => form === null).length).toBeGreaterThan(100)
    expect(forms.filter((form) => form !== null).length).toBeGreaterThan(100)
  })

  test('the longest is read in a moment', () => {
    const began = performance.now()
    for (const part of ['/.a', '/..', '%2e', '/%', '%61']) canonicalPath('/' + part.repeat(16_000))
    expect(performance.now() - began).toBeLessThan(100)
  })
})

/** Made of what paths are attacked with. The same ones in each run. */
function randomPaths(count: number): string[] {
  const parts = [
    '/',
    '/',
    '.',
    '..',
    '%2e',
    '%2E',
    '%2f',
    '%41',
    '%c3',
    '%',
    'a',
    'b',
    '~',
    '\\',
    ';',
    '%25',
    '%7e',
    ':',
  ]
  let seed = 1
  const next = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fff_ffff
    return (seed >>> 8) % below
  }
  return Array.from({ length: count }, () => {
    const length = 1 + next(6)
    return '/' + Array.from({ length }, () => parts[next(parts.length)] ?? '').join('')
  })
}

group('paths of another gateway', () => {
  const cases = existsSync(KONG) ? casesOf(KONG) : []

  test.each(cases)('$input', ({ input, expected }) => {
    const form = canonicalPath(input)
    // What that gateway folds is refused here; where both take a path, they agree on the bytes it stands for.
    if (/\/\/|(^|\/)(\.|%2e){1,2}(\/|$)|%2f|%25|%5c|%00/i.test(input) || !input.startsWith('/')) expect(form).toBeNull()
    else expect(decodeURIComponent(form ?? '')).toBe(decodeURIComponent(expected))
  })

  test('there are paths to read', () => {
    expect(cases.length).toBeGreaterThan(20)
  })
})

function casesOf(file: string): readonly { readonly input: string; readonly expected: string }[] {
  // Safe: the folder's README names the shape.
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly cases: ReturnType<typeof casesOf> }).cases
}
