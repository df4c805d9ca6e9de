import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { checkText, summaryOf } from '../../support/check.ts'
import { orderConfig } from '../../support/order-config.ts'

const spki = generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' })
const PUBLIC_KEY = spki.subarray(-32).toString('base64')
const HMAC = 'algorithm: hmac-sha256, secret: "${secret:shared}"'
const ED25519 = `algorithm: ed25519, publicKey: ${PUBLIC_KEY}`
const SECRETS = 'secrets:\n  shared: ${env:SHARED}\n'

const keyOf = (signing: string, members = ''): string =>
  `signing: { ${signing} }, scopes: [read], expires: 2099-01-01${members}`

/** What is told of a config with one key, "code: what the place shows". */
function told(key: string, secrets = SECRETS): string[] {
  const yaml = orderConfig({ rest: `${secrets}tenants:\n  globex:\n    keys:\n      web: { ${key} }\n` })
  return checkText(yaml).map(({ code, message }) => `${code}: ${message}`)
}

test.each([
  ['a shared secret', keyOf(HMAC)],
  ['a secret that is named where it stands', keyOf('algorithm: hmac-sha256, secret: "${file:/run/secrets/s}"')],
  ['a public key of 32 bytes', keyOf(ED25519)],
  ['a public key with its type', keyOf(`algorithm: ed25519, publicKey: ${spki.toString('base64')}`)],
  ['a window', keyOf(`${ED25519}, window: 30s`)],
])('a key that signs with %s is taken', (_, key) => {
  expect(told(key, key.includes('shared') ? SECRETS : '')).toEqual([])
})

test.each([
  ['no secret', keyOf('algorithm: hmac-sha256'), 'config-missing-key: "signing" needs "secret".'],
  ['no public key', keyOf('algorithm: ed25519'), 'config-missing-key: "signing" needs "publicKey".'],
  ['a secret beside a public key', keyOf(`${ED25519}, secret: "\${secret:shared}"`), 'config-unknown-key'],
  ['a public key beside a secret', keyOf(`${HMAC}, publicKey: ${PUBLIC_KEY}`), 'config-unknown-key'],
  ['a misspelt member', keyOf(`${HMAC}, windw: 5m`), 'config-unknown-key'],
  ['another algorithm', keyOf('algorithm: rsa-pss-sha512'), 'config-unknown-value'],
  ['a window of days', keyOf(`${HMAC}, window: 2d`), 'config-out-of-range: "window" must be at most 1h.'],
  ['a window without a unit', keyOf(`${HMAC}, window: 300`), 'config-unit-missing'],
  ['a secret that nobody declares', keyOf('algorithm: hmac-sha256, secret: "${secret:others}"'), 'secret-unknown'],
  ['a public key that is too short', keyOf('algorithm: ed25519, publicKey: AAAA'), 'signing-key-wrong'],
  ['a public key in hex', keyOf(`algorithm: ed25519, publicKey: ${'ab'.repeat(32)}`), 'signing-key-wrong'],
  ['a public key of another kind', keyOf(`algorithm: ed25519, publicKey: ${otherKind()}`), 'signing-key-wrong'],
  ['a public key of zeros', keyOf(`algorithm: ed25519, publicKey: ${'A'.repeat(43)}=`), 'signing-key-wrong'],
  ['a digest besides', keyOf(HMAC, `, digest: "sha256:${'a'.repeat(64)}"`), 'signing-beside-secret'],
  ['an imported secret besides', keyOf(HMAC, ', imported: true'), 'signing-beside-secret'],
])('a key that signs with %s is refused', (_, key, expected) => {
  const found = told(key).filter((text) => !text.startsWith('secret-unused'))
  expect(found).toEqual([expect.stringContaining(expected)])
})

test.each([
  ['literal', 'changeme-changeme-changeme-changeme'],
  ['random', 'Zx8Qw2Er5Ty7Ui9Op1As3Df6Gh4Jk0Lm'],
  ['literal beside a reference', 'prefix-${secret:shared}'],
])('a shared secret that is %s is refused and not shown', (_, secret) => {
  const yaml = orderConfig({
    rest: `${SECRETS}tenants:\n  globex:\n    keys:\n      web: { ${keyOf(`algorithm: hmac-sha256, secret: "${secret}"`)} }\n`,
  })
  const found = checkText(yaml)
  expect(found.map(({ code }) => code)).toEqual(['config-wrong-form'])
  expect(JSON.stringify(found.map(({ message, hint }) => [message, hint]))).not.toContain(secret)
})

test("a tenant's own file may hold a public key, but name no secret of the gateway", () => {
  const include = 'include:\n  - { tenant: initech, file: t.yaml, grantable: [read] }\n'
  const found = (signing: string): string[] =>
    summaryOf(checkText(orderConfig({ rest: include }), { 't.yaml': `keys:\n  web: { ${keyOf(signing)} }\n` }))
  expect(found(ED25519)).toEqual([])
  expect(found('algorithm: hmac-sha256, secret: "${env:PATH}"')).toEqual(['tenant-file-decides t.yaml:2:45'])
})

test('a gateway whose keys all sign need not say how secrets look', () => {
  const yaml = orderConfig({ rest: `tenants:\n  globex:\n    keys:\n      web: { ${keyOf(ED25519)} }\n` })
  expect(summaryOf(checkText(yaml.replace('  keys: { prefix: acme }\n', '')))).toEqual([])
})

function otherKind(): string {
  return generateKeyPairSync('x25519').publicKey.export({ format: 'der', type: 'spki' }).toString('base64')
}
