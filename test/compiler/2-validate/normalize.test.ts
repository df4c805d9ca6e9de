import { expect, test } from 'vitest'
import { load } from '../../../compiler/1-load/load.ts'
import { validate } from '../../../compiler/2-validate/validate.ts'
import { collectProblems } from '../../../compiler/diagnostics/report.ts'
import type { GatewayConfig } from '../../../schemas/config.ts'
import { VALIDATORS } from '../../support/check.ts'
import { orderConfig, tenantWithKey } from '../../support/order-config.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

function normalized(yaml: string, files: Record<string, string> = {}): GatewayConfig {
  const list = collectProblems()
  const raw = load(`${temporaryFolder({ ...files, 'gateway.yaml': yaml })}/gateway.yaml`, list.report)
  const config = validate(raw, VALIDATORS, list.report)
  expect(list.problems()).toEqual([])
  return config ?? expect.fail('not valid')
}

test('what is left out has its default', () => {
  const { gateway, upstreams, apis } = normalized(orderConfig())
  expect(gateway).toMatchObject({
    admin: null,
    threads: 'auto',
    instances: 1,
    trustedProxies: [],
    keys: { prefix: 'acme', accept: ['live', 'test'], headers: ['x-api-key', 'authorization'] },
    requests: { bodyBytes: 1_000_000, headersBytes: 16_000, urlBytes: 8_000, timeoutMs: 30_000 },
    accessLog: 'stdout',
    problemBase: 'urn:keysmith:',
  })
  expect(upstreams[0]).toMatchObject({
    connectMs: 1_000,
    responseMs: 10_000,
    idleMs: 60_000,
    connections: 1_000,
    headers: [],
  })
  expect(apis[0]).toMatchObject({ lifecycle: 'published', deprecation: null, match: null, limits: null, cors: null })
  expect(apis[0]?.routes[0]).toMatchObject({
    methods: ['GET'],
    cost: 1,
    query: null,
    body: null,
    bodyBytes: 1_000_000,
    timeoutMs: 30_000,
  })
})

const FILES = { cert: './c.pem', key: '/k.pem' }

test('a listener has one shape however it is written', () => {
  const listen = (text: string): unknown =>
    normalized(orderConfig().replace('listen: 127.0.0.1:8080', `listen: ${text}`)).gateway.listen
  const address = { host: '127.0.0.1', port: 8080 }
  const tls = null
  expect(listen('127.0.0.1:8080')).toEqual([{ at: '/gateway/listen', ...address, tls }])
  expect(listen('{ address: 127.0.0.1:8080 }')).toEqual([{ at: '/gateway/listen/address', ...address, tls }])
  expect(listen('{ address: 127.0.0.1:8080, tls: { cert: ./c.pem, key: /k.pem } }')).toEqual([
    { at: '/gateway/listen/address', ...address, tls: { at: '/gateway/listen/tls', ...FILES, clientCa: null } },
  ])
  expect(listen('[{ address: 127.0.0.1:8080, tls: { cert: ./c.pem, key: /k.pem, clientCa: ca.pem } }]')).toEqual([
    { at: '/gateway/listen/0/address', ...address, tls: { at: '/gateway/listen/0/tls', ...FILES, clientCa: 'ca.pem' } },
  ])
  expect(listen('["127.0.0.1:8080", { address: "[::1]:1" }]')).toEqual([
    { at: '/gateway/listen/0', ...address, tls },
    { at: '/gateway/listen/1/address', host: '::1', port: 1, tls },
  ])
})

test('a target has one shape however it is written', () => {
  const yaml = orderConfig().replace('[http://127.0.0.1:9001]', '[http://a:1, { url: "${env:B}/v1", weight: 3 }]')
  expect(normalized(yaml).upstreams[0]?.targets).toEqual([
    { at: '/upstreams/orders/targets/0', url: { at: '/upstreams/orders/targets/0', parts: ['http://a:1'] }, weight: 1 },
    {
      at: '/upstreams/orders/targets/1',
      url: { at: '/upstreams/orders/targets/1/url', parts: [{ from: 'env', key: 'B' }, '/v1'] },
      weight: 3,
    },
  ])
})

test('bounds of requests are the nearest: of the route, of its api, of the gateway', () => {
  const gateway = '  requests: { body: 1KB, timeout: 1s }\n'
  const api = '    requests: { body: 2KB }\n'
  const routes = '      GET /: { scope: read }\n      POST /: { scope: read, requests: { body: 3KB, timeout: 3s } }\n'
  const [api0] = normalized(orderConfig({ gateway, api, routes })).apis
  expect(api0?.routes.map(({ bodyBytes, timeoutMs }) => [bodyBytes, timeoutMs])).toEqual([
    [2_000, 1_000],
    [3_000, 3_000],
  ])
})

test('ANY stands for six methods, scope and scopes for one list', () => {
  const [api] = normalized(orderConfig({ routes: '      ANY /: { scope: read, scopes: [write] }\n' })).apis
  expect(api?.routes[0]?.methods).toEqual(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])
  expect(api?.routes[0]?.scopes.map(({ at, name }) => `${name} ${at}`)).toEqual([
    'read /apis/orders/routes/ANY ~1/scope',
    'write /apis/orders/routes/ANY ~1/scopes/0',
  ])
})

test('a query parameter becomes a JSON Schema with its type spelled out', () => {
  const query =
    'a: { maxLength: 3 }, b: { type: integer, required: true, description: B }, c: { type: array, items: { type: number }, maxItems: 2 }, d: { type: array }'
  const [api] = normalized(orderConfig({ routes: `      GET /: { scope: read, query: { ${query} } }\n` })).apis
  expect(api?.routes[0]?.query?.map(({ at: _, ...rest }) => rest)).toEqual([
    { name: 'a', type: 'string', repeated: false, required: false, schema: { maxLength: 3, type: 'string' } },
    { name: 'b', type: 'integer', repeated: false, required: true, schema: { type: 'integer' } },
    {
      name: 'c',
      type: 'number',
      repeated: true,
      required: false,
      schema: { type: 'array', maxItems: 2, items: { type: 'number' } },
    },
    {
      name: 'd',
      type: 'string',
      repeated: true,
      required: false,
      schema: { type: 'array', items: { type: 'string' } },
    },
  ])
})

test("an included tenant has its file's keys, and what the including file says of them", () => {
  const yaml = orderConfig({
    rest: 'plans:\n  free: { rate: 1/s }\n  plus: { rate: 2/s }\ninclude:\n  - { tenant: initech, file: t.yaml, plans: [free, plus], grantable: [read], maxKeys: 1_000 }\n',
  })
  const digest = `sha256:${'a'.repeat(64)}`
  const files = { 't.yaml': `wants: [orders]\nkeys:\n  web: { digest: "${digest}", scopes: [read] }\n` }
  const [tenant] = normalized(yaml, files).tenants
  expect(tenant).toMatchObject({
    at: '/include/0/tenant',
    name: 'initech',
    plan: { at: '/include/0/plans/0', name: 'free' },
    include: { maxKeys: 1_000, wants: [{ at: '/include/0/file/wants/0', name: 'orders' }] },
    keys: [{ at: '/include/0/file/keys/web', id: 'web', digest: { sha256: 'a'.repeat(64) } }],
  })
})

test('a key has its points in time as milliseconds', () => {
  const members =
    '        notBefore: 2026-11-01\n        expires: 2027-01-31T12:00:00+01:00\n        suspended: { since: 2026-11-20 }\n'
  expect(normalized(orderConfig({ rest: tenantWithKey(members) })).tenants[0]?.keys[0]).toMatchObject({
    notBeforeMs: Date.UTC(2026, 10, 1),
    expiresMs: Date.UTC(2027, 0, 31, 11),
    suspendedMs: Date.UTC(2026, 10, 20),
    retiring: null,
    imported: false,
  })
})
