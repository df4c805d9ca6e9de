import { randomInt } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { digestOf, makeSecret } from '../../../../compiler/tools/keys/make-secret.ts'
import { isWellFormedKey, keyHeads } from '../../../../runtime/identity/key-form.ts'
import demoKeys from '../../../../examples/quickstart/demo-keys.json' with { type: 'json' }
import { group } from '../../../support/group.ts'
import { SHARED_FOLDER } from '../../../support/needs.ts'

test('a secret is its prefix, its environment, 32 random characters and a checksum that the runtime takes', () => {
  for (let i = 0; i < 1000; i++) {
    const secret = makeSecret('acme', 'live', randomInt)
    expect(secret).toMatch(/^acme_live_[0-9A-Za-z]{38}$/)
    expect(isWellFormedKey(secret, keyHeads('acme', ['live']))).toBe(true)
  }
})

test('every character is as likely, and no other is asked for', () => {
  const asked: number[] = []
  const secret = makeSecret('acme', 'test', (below) => asked.push(below) % below)
  expect(asked).toEqual(Array.from({ length: 32 }, () => 62))
  expect(secret.slice(0, 42)).toBe('acme_test_123456789ABCDEFGHIJKLMNOPQRSTUVW')
})

test('the checksum is as long for small numbers', () => {
  const secrets = Array.from({ length: 5000 }, () => makeSecret('acme', 'test', randomInt))
  const small = secrets.filter((secret) => secret.slice(-6).startsWith('0'))
  expect(small.length).toBeGreaterThan(0)
  expect(small.every((secret) => isWellFormedKey(secret, keyHeads('acme', ['test'])))).toBe(true)
})

test.each(Object.entries(demoKeys.keys))(
  'the demo key %s is well-formed, and its digest is that of its secret',
  (_, key) => {
    expect(isWellFormedKey(key.secret, keyHeads('demo', ['test']))).toBe(true)
    expect(digestOf(key.secret)).toBe(key.digest)
  },
)

group('known secrets', () => {
  test('digests are those that others have computed', () => {
    const { keys } = JSON.parse(readFileSync(`${SHARED_FOLDER}/spec/demo-keys.json`, 'utf8'))
    const known: { secret: string; digest: string }[] = Object.values(keys)
    expect(known.length).toBeGreaterThan(3)
    expect(known.map(({ secret }) => digestOf(secret))).toEqual(known.map(({ digest }) => digest))
  })
})
