import { describe, expect, test } from 'vitest'
import { loadTestTable } from '../../support/decider.ts'
import { createGateway, problemOf, type Gateway, type Handled } from '../../support/handled.ts'
import { limitedConfig, secretOf } from '../../support/limited-config.ts'

const FILES = { 'any.schema.json': '{"type":"object","properties":{"n":{"type":"integer"}}}' }
const PLAIN = limitedConfig({
  keys: { a: '' },
  routes: {
    'GET /{id}': '',
    'GET /files/{rest...}': '',
    'GET /query/all': 'query: { n: { type: integer } }',
    'GET /excepted/{id}': 'block: { except: [sql-injection] }',
    'POST /json': 'body: ./any.schema.json',
    'POST /excepted': 'body: ./any.schema.json, block: { except: [sql-injection] }',
    'POST /stream': '',
  },
  open: { 'GET /{id}': '' },
})
const SQL = `1' or '1'='1`
const SCRIPT = '<img src=x onerror=alert(1)>'

async function gatewayOf(block: string): Promise<Gateway> {
  const yaml = PLAIN.replace('  keys: { prefix: acme }', `  keys: { prefix: acme }\n  protect: { block: ${block} }`)
  return createGateway(await loadTestTable(yaml, FILES))
}

function ask(gateway: Gateway, method: string, url: string, json?: string): Handled {
  const body: [string, string][] =
    json === undefined
      ? []
      : [
          ['content-type', 'application/json'],
          ['content-length', String(Buffer.byteLength(json))],
        ]
  const one = gateway.handle({ method, url, headers: [['x-api-key', secretOf('a')], ...body] })
  if (json !== undefined) one.fake.receive(Buffer.from(json), true)
  expect(gateway.bugs).toEqual([])
  return one
}

/** "forwarded", or the status and code. */
function outcomeOf(one: Handled): string {
  if (one.call() !== null) return 'forwarded'
  const { status, code } = problemOf(one)
  return `${status} ${String(code)}`
}

describe('an attack', () => {
  const encoded = encodeURIComponent(SQL)
  test.each([
    ['in a parameter of the path', 'GET', `/things/${encoded}`],
    ['in the rest of the path', 'GET', `/things/files/a/${encoded}/b`],
    ['in a value of the query', 'GET', `/things/1?q=${encoded}`],
    ['in a value of the query, as it is written', 'GET', `/things/1?q='or'1'='1`],
    ['with a plus sign for each blank', 'GET', `/things/1?q=1+or+1=1`],
    ['encoded twice', 'GET', `/things/1?q=${encodeURIComponent(encoded)}`],
    ['in a name of the query', 'GET', `/things/1?${encoded}=1`],
    ['behind a broken escape', 'GET', `/things/1?a=%zz&q=${encoded}`],
    ['on a public route', 'GET', `/open/${encoded}`],
  ])('%s is refused', async (_, method, url) => {
    expect(outcomeOf(ask(await gatewayOf('[sql-injection]'), method, url))).toBe('403 blocked')
  })

  test.each([
    ['in a string', JSON.stringify({ a: SCRIPT })],
    ['in the name of a member', JSON.stringify({ [SCRIPT]: 1 })],
    ['deep inside', JSON.stringify({ a: [{ b: [null, 1, { c: SCRIPT }] }] })],
    ['with escapes of JSON', '{"a":"\\u003cscript\\u003e"}'],
    ['over several lines', JSON.stringify({ a: '<img src=x\nonerror=alert(1)>' })],
    ['beside what the schema refuses, too', JSON.stringify({ n: 'x', a: SCRIPT })],
  ])('%s of a body is refused', async (_, json) => {
    expect(outcomeOf(ask(await gatewayOf('[script-injection]'), 'POST', '/things/json', json))).toBe('403 blocked')
  })

  test('is found before the query is held against its schema, and a body that is no JSON before an attack', async () => {
    const gateway = await gatewayOf('[sql-injection]')
    expect(outcomeOf(ask(gateway, 'GET', `/things/query/all?n=${encoded}`))).toBe('403 blocked')
    expect(outcomeOf(ask(gateway, 'GET', `/things/query/all?n=x`))).toBe('422 invalid-request')
    expect(outcomeOf(ask(gateway, 'POST', '/things/json', `{"a":"${SQL}",}`))).toBe('400 unreadable-body')
  })

  test('of a rule that is not named goes on, and so does one that the route excepts', async () => {
    const onlyScript = await gatewayOf('[script-injection]')
    expect(outcomeOf(ask(onlyScript, 'GET', `/things/${encoded}`))).toBe('forwarded')
    const both = await gatewayOf('[sql-injection, script-injection]')
    expect(outcomeOf(ask(both, 'GET', `/things/excepted/${encoded}`))).toBe('forwarded')
    expect(outcomeOf(ask(both, 'POST', '/things/excepted', JSON.stringify({ a: SQL })))).toBe('forwarded')
    expect(outcomeOf(ask(both, 'GET', `/things/excepted/${encodeURIComponent(SCRIPT)}`))).toBe('403 blocked')
  })

  test('in a body that is streamed is not looked for', async () => {
    const gateway = await gatewayOf('[sql-injection]')
    expect(outcomeOf(ask(gateway, 'POST', '/things/stream', JSON.stringify({ a: SQL })))).toBe('forwarded')
  })

  test('that is only reported goes on, and is taken down with its rule', async () => {
    const gateway = await gatewayOf('{ rules: [sql-injection, script-injection], mode: report-only }')
    const query = ask(gateway, 'GET', `/things/1?q=${encoded}`)
    const body = ask(gateway, 'POST', '/things/json', JSON.stringify({ a: SCRIPT }))
    const harmless = ask(gateway, 'GET', `/things/1?q=O%27Brien`)
    expect([query, body, harmless].map(outcomeOf)).toEqual(['forwarded', 'forwarded', 'forwarded'])
    expect([query, body, harmless].map(({ exchange }) => exchange.blockedBy)).toEqual([
      'sql-injection',
      'script-injection',
      null,
    ])
  })
})

test('who is refused is not told by which rule, nor what was found', async () => {
  const one = ask(await gatewayOf('[sql-injection]'), 'GET', `/things/${encodeURIComponent(SQL)}`)
  const text = one.read().body.toString()
  expect(JSON.parse(text)).toMatchObject({
    status: 403,
    code: 'blocked',
    detail: 'The request holds what is not let through here.',
  })
  expect(text).not.toContain('sql')
  expect(one.exchange.blockedBy).toBe('sql-injection')
})

test('limits are taken before attacks are looked for, so that nobody can probe without limit', async () => {
  const yaml = limitedConfig({ keys: { a: 'limits: { rate: 60/min, burst: 2 }' }, routes: { 'GET /{id}': '' } })
  const gateway = createGateway(
    await loadTestTable(yaml.replace('  keys: { prefix', '  protect: { block: [sql-injection] }\n  keys: { prefix')),
  )
  const outcomes = Array.from({ length: 3 }, () => outcomeOf(ask(gateway, 'GET', `/things/${encodeURIComponent(SQL)}`)))
  expect(outcomes).toEqual(['403 blocked', '403 blocked', '429 rate-exceeded'])
})
