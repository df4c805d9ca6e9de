import { describe, expect, test } from 'vitest'
import { formOf, isWellFormedKey, keyHeads } from '../../../runtime/identity/key-form.ts'
import { makeSecret, withChecksum } from '../../support/make-secret.ts'

const SECRET = makeSecret('acme', 'live', 'r')
const LIVE = ['live']

describe('the form of a credential', () => {
  test.each([
    [SECRET, 'key'],
    ['acme_', 'key'],
    ['acme_a.b.c', 'key'],
    ['acme', 'other'],
    ['acmelive_x', 'other'],
    ['Acme_live_x', 'other'],
    ['a.b.c', 'token'],
    ['a.b', 'other'],
    ['a.b.c.d', 'other'],
    ['a..c', 'other'],
    ['.b.c', 'other'],
    ['a.b.', 'other'],
    ['..', 'other'],
    ['', 'other'],
  ])('%j is of the form "%s"', (credential, form) => {
    expect(formOf(credential, 'acme')).toBe(form)
  })

  test('without a prefix nothing is a key', () => {
    expect(formOf('_live_x', '')).toBe('other')
  })
})

describe('a well-formed key', () => {
  test('has the checksum of all before it', () => {
    expect(isWellFormedKey(SECRET, keyHeads('acme', LIVE))).toBe(true)
    // Of the first example: a fault that this test's maker of keys and the reader shared would show.
    expect(isWellFormedKey('demo_test_tZLW5YxhvnByhREbTG0F0N6KcumDvKp80kVKXb', keyHeads('demo', ['test']))).toBe(true)
  })

  test('is none with any character changed, left out or doubled', () => {
    for (let i = 0; i < SECRET.length; i++) {
      const changed = SECRET.slice(0, i) + (SECRET[i] === '7' ? '8' : '7') + SECRET.slice(i + 1)
      const without = SECRET.slice(0, i) + SECRET.slice(i + 1)
      const doubled = SECRET.slice(0, i) + (SECRET[i] ?? '') + SECRET.slice(i)
      expect([i, isWellFormedKey(changed, keyHeads('acme', LIVE))]).toEqual([i, false])
      expect([i, isWellFormedKey(without, keyHeads('acme', LIVE))]).toEqual([i, false])
      expect([i, isWellFormedKey(doubled, keyHeads('acme', LIVE))]).toEqual([i, false])
    }
  })

  test('is of an environment that the gateway opens to', () => {
    expect(isWellFormedKey(SECRET, keyHeads('acme', ['test']))).toBe(false)
    expect(isWellFormedKey(SECRET, keyHeads('acme', []))).toBe(false)
    expect(isWellFormedKey(makeSecret('acme', '', 'r'), keyHeads('acme', LIVE))).toBe(false)
  })

  test.each([
    ['a random part with a sign', withChecksum(`acme_live_${'r'.repeat(31)}-`)],
    ['a random part with an underscore', withChecksum(`acme_live_${'r'.repeat(31)}_`)],
    ['a random part too short', withChecksum(`acme_live_${'r'.repeat(31)}`)],
    ['a random part too long', withChecksum(`acme_live_${'r'.repeat(33)}`)],
    ['a checksum larger than there are', `acme_live_${'r'.repeat(32)}zzzzzz`],
    ['a checksum with a sign', `${SECRET.slice(0, -1)}-`],
    ['no environment', 'acme_x'],
  ])('is none with %s', (_, key) => {
    expect(isWellFormedKey(key, keyHeads('acme', LIVE))).toBe(false)
  })
})
