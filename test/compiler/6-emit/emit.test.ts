import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { compile } from '../../../compiler/compile.ts'
import type { EmittedFiles } from '../../../compiler/6-emit/emit.ts'
import type { GatewayTable } from '../../../schemas/table.ts'
import { bundleTable } from '../../../compiler/7-bundle/table-script.ts'
import { AT_MS, SCHEMA_FOLDER, VALIDATORS, summaryOf } from '../../support/check.ts'
import { orderConfig } from '../../support/order-config.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

async function filesOf(yaml: string, files: Record<string, string> = {}): Promise<EmittedFiles> {
  const folder = temporaryFolder({ ...files, 'gateway.yaml': yaml })
  const options = { schemaFolder: SCHEMA_FOLDER, validators: VALIDATORS, atMs: AT_MS, cwd: folder }
  const compiled = await compile(resolve(folder, 'gateway.yaml'), options)
  expect(summaryOf(compiled.diagnostics)).toEqual([])
  return compiled.files ?? expect.fail('not compiled')
}

async function tableOf(files: EmittedFiles): Promise<GatewayTable> {
  // Safe: the script is made from a table that the compiler wrote.
  return new Function(`return ${await bundleTable(files)}`)() as GatewayTable
}

const BODY = orderConfig({
  routes:
    '      POST /: { scope: read, body: a.json }\n      PUT /: { scope: read, body: ./b.json, query: { full: { type: boolean } } }\n',
})
const SCHEMAS = {
  'a.json':
    '{ "$id": "https://example.com/a", "type": "object", "required": ["sku"], "properties": { "sku": { "type": "string", "format": "uuid" } } }',
  'b.json':
    '{ "type": "array", "maxItems": 2, "uniqueItems": true, "items": { "type": "string", "maxLength": 3, "pattern": "^a+$" } }',
}

test('the same config gives the same bytes, wherever it lies', async () => {
  expect(await filesOf(BODY, SCHEMAS)).toEqual(await filesOf(BODY, SCHEMAS))
})

test('comments and layout change no hash, a number does', async () => {
  const hashIn = async (yaml: string): Promise<string> => (await tableOf(await filesOf(yaml))).configHash
  const plain = await hashIn(orderConfig())
  expect(await hashIn(`# a comment\n${orderConfig().replace('name: acme', 'name:   "acme"')}`)).toBe(plain)
  expect(await hashIn(orderConfig({ gateway: '  requests: { timeout: 31s }\n' }))).not.toBe(plain)
})

test('validators stand beside the table, and say nothing of this machine', async () => {
  const files = await filesOf(BODY, SCHEMAS)
  expect(Object.keys(files).sort()).toEqual(['keysmith.gitleaks.toml', 'table.ts', 'validators.d.ts', 'validators.js'])
  expect(files['validators.js']).not.toMatch(/node_modules|\.\.\/|[^']\brequire\(|^import /m)
})

test('a gateway without keys has no secrets to look for', async () => {
  const yaml = orderConfig({ access: 'public', api: '    limits: { rate: 9/s, per: address }\n' }).replace(
    '  keys: { prefix: acme }\n',
    '',
  )
  expect(Object.keys(await filesOf(yaml))).toEqual(['table.ts'])
})

test('a table without schemas has no validators', async () => {
  expect(Object.keys(await filesOf(orderConfig()))).toEqual(['table.ts', 'keysmith.gitleaks.toml'])
})

test('validators in the table find what is wrong, all of it', async () => {
  const { validators } = await tableOf(await filesOf(BODY, SCHEMAS))
  const errorsOf = (position: number, value: unknown): string[] => {
    const validate = validators.bodies[position] ?? expect.fail('no validator')
    return validate(value)
      ? []
      : (validate.errors ?? []).map(({ instancePath, keyword }) => `${instancePath} ${keyword}`)
  }
  expect(errorsOf(0, { sku: '9c26a093-1f40-4526-8a42-11c7a92c8e09' })).toEqual([])
  expect(errorsOf(0, { sku: 'no' })).toEqual(['/sku format'])
  expect(errorsOf(0, {})).toEqual([' required'])
  expect(errorsOf(1, ['a', 'aa'])).toEqual([])
  expect(errorsOf(1, ['a', 'b'])).toEqual(['/1 pattern'])
  expect(errorsOf(1, ['a', 'a'])).toEqual([' uniqueItems'])
})

test('a value beyond its bound is refused for that alone: the dear check is not made', async () => {
  const { validators } = await tableOf(await filesOf(BODY, SCHEMAS))
  const validate = validators.bodies[1] ?? expect.fail('no validator')
  const items = new Array<string>(200_000).fill('b'.repeat(50))
  const startMs = performance.now()
  expect(validate(items)).toBe(false)
  expect(performance.now() - startMs).toBeLessThan(2_000)
  expect(new Set((validate.errors ?? []).map(({ keyword }) => keyword))).toEqual(new Set(['maxItems', 'maxLength']))
})

test('text of a config cannot leave its place in the table', async () => {
  const yaml = orderConfig({
    routes:
      "      GET /: { scope: read, request: { headers: { set: { x-note: '\"; process.exit(7) //*/ `${x}`' } } } }\n",
  })
  const table = await tableOf(await filesOf(yaml))
  expect(table.routes[0]?.requestHeaders.set).toEqual([['x-note', '"; process.exit(7) //*/ `${x}`']])
})
