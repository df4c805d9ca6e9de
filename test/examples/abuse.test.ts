import { expect, test } from 'vitest'
import demoKeys from '../../examples/abuse/demo-keys.json' with { type: 'json' }
import { exampleCopy } from '../support/example-copy.ts'
import { runKeysmith } from '../support/run-keysmith.ts'
import { serveKeysmith } from '../support/serve-keysmith.ts'

const { secret } = demoKeys.keys['shop-web']

test('the example has nothing to be told of', async () => {
  const { exit, stdout } = await runKeysmith(['check'], { cwd: exampleCopy('abuse') })
  expect(exit).toBe(0)
  expect(stdout).toMatch(/ No errors, no warnings\.\n$/)
})

test(
  'guesses lock out, attacks are refused, and a key opens only from its addresses',
  { timeout: 60_000 },
  async () => {
    const { base, admin } = await serveKeysmith(['--stub'], { cwd: exampleCopy('abuse') })
    const ask = async (path: string, from: string, key = secret, json?: unknown): Promise<[string, Headers]> => {
      const answer = await fetch(base + path, {
        headers: { 'x-api-key': key, 'x-forwarded-for': from, 'content-type': 'application/json' },
        ...(json === undefined ? {} : { method: 'POST', body: JSON.stringify(json) }),
      })
      const text = await answer.text()
      return [answer.ok ? '200' : `${answer.status} ${JSON.parse(text).code}`, answer.headers]
    }
    const outcome = async (...asked: Parameters<typeof ask>): Promise<string> => (await ask(...asked))[0]
    const attack = `1' or '1'='1`

    expect(await outcome('/shop/items/1', '192.0.2.1')).toBe('200')
    expect(await outcome(`/shop/items/1?q=${encodeURIComponent(attack)}`, '192.0.2.1')).toBe('403 blocked')
    expect(await outcome(`/shop/items/${encodeURIComponent(attack)}`, '192.0.2.1')).toBe('403 blocked')
    expect(await outcome(`/shop/reports?q=${encodeURIComponent(attack)}`, '192.0.2.1')).toBe('200')
    expect(await outcome('/shop/notes', '192.0.2.1', secret, { text: `O'Brien: 5 < 6 & "so on"` })).toBe('200')
    expect(await outcome('/shop/notes', '192.0.2.1', secret, { text: '<img src=x onerror=alert(1)>' })).toBe(
      '403 blocked',
    )
    expect(await outcome('/shop/items/1', '2001:db8:1::1')).toBe('200')
    expect(await outcome('/shop/items/1', '198.51.100.1')).toBe('403 address-not-allowed')

    const guess = `${secret.slice(0, 20)}${'x'.repeat(28)}`
    for (let i = 0; i < 3; i++) expect(await outcome('/shop/items/1', '192.0.2.9', 'wrong')).toBe('401 invalid-key')
    const [locked, headers] = await ask('/shop/items/1', '192.0.2.9')
    expect(locked).toBe('429 locked-out')
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(590)
    for (const from of ['192.0.2.11', '192.0.2.12', '192.0.2.13'])
      expect(await outcome('/shop/items/1', from, guess)).toBe('401 invalid-key')
    // The key's first characters are locked now: one wrong guess more is too many, and the key goes on.
    expect(await outcome('/shop/items/1', '192.0.2.14', guess)).toBe('401 invalid-key')
    expect(await outcome('/shop/items/1', '192.0.2.14', guess)).toBe('429 locked-out')
    expect(await outcome('/shop/items/1', '192.0.2.15')).toBe('200')

    const metrics = await (await fetch(`${admin}/metrics`)).text()
    expect(metrics).toContain('keysmith_lockouts_total{by="address"} 2\n')
    expect(metrics).toContain('keysmith_lockouts_total{by="key-prefix"} 1\n')
    expect(metrics).toContain('keysmith_blocked_total{rule="sql-injection",mode="refuse"} 2\n')
  },
)
