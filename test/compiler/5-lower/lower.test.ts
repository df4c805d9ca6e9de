import { expect, test } from 'vitest'
import { load } from '../../../compiler/1-load/load.ts'
import { validate } from '../../../compiler/2-validate/validate.ts'
import { link } from '../../../compiler/3-link/link.ts'
import { kebabCase } from '../../../compiler/5-lower/keys.ts'
import { lower } from '../../../compiler/5-lower/lower.ts'
import type { TableDraft } from '../../../compiler/5-lower/draft.ts'
import { collectProblems } from '../../../compiler/diagnostics/report.ts'
import { VALIDATORS } from '../../support/check.ts'
import { orderConfig, tenantWithKey } from '../../support/order-config.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

function lowered(yaml: string): TableDraft['table'] {
  const list = collectProblems()
  const raw = load(`${temporaryFolder({ 'gateway.yaml': yaml })}/gateway.yaml`, list.report)
  const config = validate(raw, VALIDATORS, list.report)
  const linked = link(config ?? expect.fail('not valid'), list.report)
  expect(list.problems()).toEqual([])
  return lower(linked).table
}

test('each route has its bit, beyond the first word too', () => {
  const routes = Array.from(
    { length: 40 },
    (_, i) => `      GET /r${i}: { scope: ${i === 31 || i === 39 ? 'read' : 'other'} }\n`,
  )
  const table = lowered(
    orderConfig({ routes: routes.join(''), rest: tenantWithKey('        scopes: [read]\n') }).replace(
      'scopes:\n',
      'scopes:\n  other: O\n',
    ),
  )
  expect(table.wordsPerClass).toBe(2)
  expect([...table.grants]).toEqual([0x8000_0000, 0x80])
})

test('keys that may do the same are one class, keys of other subscriptions are not', () => {
  const tenant = (name: string, subscription: string): string =>
    `  ${name}:\n${subscription}    keys:\n      ${name}-a: { digest: "sha256:${name.charAt(0).repeat(64)}", scopes: [read] }\n`
  const approved = '    subscriptions: { orders: { status: approved, until: 2030-01-01 } }\n'
  const rest = `tenants:\n${tenant('a', approved)}${tenant('b', approved)}${tenant('c', '')}`
  const { keys, classes, grants } = lowered(orderConfig({ access: 'subscription', rest }))
  expect(keys.map((key) => key.class)).toEqual([0, 0, 1])
  expect(classes).toEqual([
    { fieldScopes: [], subscriptions: [{ api: 0, approved: true, fromMs: 0, untilMs: Date.UTC(2030, 0, 1) }] },
    { fieldScopes: [], subscriptions: [] },
  ])
  expect([...grants]).toEqual([1, 0])
})

test('upstreams learn of the caller in header lines that cannot be broken out of', () => {
  const metadata = '        metadata: { region: eu, userId: "50%", contactName: "Müller", note: " spaced " }\n'
  const { keys } = lowered(orderConfig({ rest: tenantWithKey('        scopes: [read]\n' + metadata) }))
  expect(keys[0]?.identity.split('\r\n')).toEqual([
    'x-keysmith-key: web',
    'x-keysmith-tenant: globex',
    'x-keysmith-scopes: read',
    'x-keysmith-meta-region: eu',
    'x-keysmith-meta-user-id: 50%',
    'x-keysmith-meta-contact-name: M%C3%BCller',
    'x-keysmith-meta-note: %20spaced%20',
    '',
  ])
})

test.each([
  ['userId', 'user-id'],
  ['region', 'region'],
  ['aBC', 'a-b-c'],
])('%s is %s in a header', (name, header) => expect(kebabCase(name)).toBe(header))

test('callers of a deprecated api are told since when, until when and what comes next', () => {
  const api =
    '    lifecycle: deprecated\n    deprecation: { since: 2026-10-01, sunset: 2099-06-30, successor: next, link: "https://docs.example.com/x" }\n'
  const rest =
    '  next: { basePath: "/v2/{tenantId}/orders", upstream: orders, access: public, routes: { GET /: {} } }\n'
  expect(lowered(orderConfig({ api, rest })).apis[0]?.lifecycleHeaders.split('\r\n')).toEqual([
    'deprecation: @1790812800',
    'sunset: Tue, 30 Jun 2099 00:00:00 GMT',
    'link: </v2/>; rel="successor-version"',
    'link: <https://docs.example.com/x>; rel="deprecation"',
    '',
  ])
})

test('callers of a retired api are told what comes next, of a published one nothing', () => {
  const api = (lifecycle: string): string =>
    `    lifecycle: ${lifecycle}\n    deprecation: { since: 2026-10-01, successor: next }\n`
  const rest = '  next: { basePath: /v2, upstream: orders, access: public, routes: { GET /: {} } }\n'
  const headers = (lifecycle: string): string | undefined =>
    lowered(orderConfig({ api: api(lifecycle), rest })).apis[0]?.lifecycleHeaders
  expect(headers('retired')).toBe('link: </v2>; rel="successor-version"\r\n')
  expect(headers('published')).toBe('')
})

test('the gateway authenticates at an upstream whose headers carry a secret or are known to', () => {
  const own = (headers: string): boolean | undefined =>
    lowered(orderConfig({ upstream: `    headers: { ${headers} }\n` })).upstreams[0]?.ownCredential
  expect(own('x-source: gateway')).toBe(false)
  expect(own('x-custom: "${env:TOKEN}"')).toBe(true)
  expect(own('authorization: Basic')).toBe(true)
})

test('keys with the same addresses share a set, in one form for both families', () => {
  const key = (name: string, ips: string): string =>
    `      ${name}: { digest: "sha256:${name.repeat(64)}", allowIps: ${ips} }\n`
  const rest = `tenants:\n  t:\n    keys:\n${key('a', '[10.0.0.0/8]')}${key('b', '[10.0.0.0/8]')}${key('c', '["2001:db8::1"]')}`
  const { addressSets, keys } = lowered(orderConfig({ rest }))
  expect(keys.map(({ addresses }) => addresses)).toEqual([0, 0, 1])
  expect(addressSets.map(({ ranges }) => ranges)).toEqual([
    [{ range: '10.0.0.0/8', words: [0, 0, 0xffff, 0x0a00_0000], bits: 104 }],
    [{ range: '2001:db8::1', words: [0x2001_0db8, 0, 0, 1], bits: 128 }],
  ])
})

test('keys that sign have what their signatures are verified with, and no digest', () => {
  const publicKey = 'JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs='
  const typed = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(publicKey, 'base64')])
  const keys = [
    `      a: { signing: { algorithm: ed25519, publicKey: ${publicKey} }, scopes: [read] }\n`,
    `      b: { signing: { algorithm: ed25519, publicKey: ${typed.toString('base64')}, window: 30s }, scopes: [read] }\n`,
    '      c: { signing: { algorithm: hmac-sha256, secret: "${env:SHARED}" }, scopes: [read] }\n',
  ]
  const table = lowered(orderConfig({ rest: `tenants:\n  globex:\n    keys:\n${keys.join('')}` }))
  expect(table.digests).toEqual([])
  expect(table.signers).toEqual([
    { key: 0, algorithm: 'ed25519', secret: -1, publicKey, windowMs: 300_000 },
    { key: 1, algorithm: 'ed25519', secret: -1, publicKey, windowMs: 30_000 },
    { key: 2, algorithm: 'hmac-sha256', secret: 0, publicKey: '', windowMs: 300_000 },
  ])
  expect(table.secrets).toEqual([{ name: 'env:SHARED', from: 'env', key: 'SHARED' }])
})
