import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createDigestIndex } from '../../../runtime/identity/digest-index.ts'
import type { DigestRow } from '../../../schemas/table.ts'

function rowOf(sha256: string): DigestRow {
  return { sha256, key: 0, untilMs: 0, imported: false }
}

function sha256Of(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

describe('the index of digests', () => {
  test('finds each of many secrets at its own row, and no other', () => {
    const secrets = Array.from({ length: 5000 }, (_, i) => `secret ${i}`)
    const index = createDigestIndex(secrets.map((secret) => rowOf(sha256Of(secret))))
    expect(secrets.map((secret) => index.find(secret))).toEqual(secrets.map((_, i) => i))
    expect(secrets.map((secret) => index.find(secret + 'x'))).toEqual(secrets.map(() => -1))
  })

  test('is empty without rows', () => {
    expect(createDigestIndex([]).find('')).toBe(-1)
  })

  test('a digest that agrees but for one bit, in any of its words, is another', () => {
    const sha256 = sha256Of('secret')
    for (let digit = 0; digit < sha256.length; digit++) {
      const other = (parseInt(sha256[digit] ?? '0', 16) ^ 1).toString(16)
      const index = createDigestIndex([rowOf(sha256.slice(0, digit) + other + sha256.slice(digit + 1))])
      expect([digit, index.find('secret')]).toEqual([digit, -1])
    }
  })

  test('digests that begin alike lie side by side, around the end of the table, too', () => {
    const sha256 = sha256Of('secret')
    const alike = Array.from({ length: 20 }, (_, i) => rowOf(sha256.slice(0, 8) + i.toString(16).padStart(56, '0')))
    const last = Array.from({ length: 20 }, (_, i) => rowOf('ffffffff' + i.toString(16).padStart(56, '0')))
    expect(createDigestIndex([...last, ...alike, rowOf(sha256)]).find('secret')).toBe(40)
    expect(createDigestIndex([...last, ...alike]).find('secret')).toBe(-1)
  })

  test('a secret that is not ASCII is looked up by its UTF-8', () => {
    expect(createDigestIndex([rowOf(sha256Of('caf\u00e9 \u{1f511}'))]).find('caf\u00e9 \u{1f511}')).toBe(0)
  })
})
