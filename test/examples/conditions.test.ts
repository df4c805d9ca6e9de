import { join } from 'node:path'
import { expect, test } from 'vitest'
import demoKeys from '../../examples/conditions/demo-keys.json' with { type: 'json' }
import { editFile } from '../support/edit-file.ts'
import { exampleCopy } from '../support/example-copy.ts'
import { runKeysmith } from '../support/run-keysmith.ts'
import { serveKeysmith } from '../support/serve-keysmith.ts'

type Key = keyof typeof demoKeys.keys

interface Asked {
  readonly key?: Key
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
}

const FAILED = [403, 'condition-failed']
const HOLDS = [200, null]

test('conditions over metadata, headers, parameters and queries decide', async () => {
  const cwd = exampleCopy('conditions')
  const { base } = await serveKeysmith(['--stub'], { cwd })
  const answerOf = async ({ key, method = 'GET', path, headers = {} }: Asked): Promise<[number, unknown]> => {
    const credential = key === undefined ? {} : { 'x-api-key': demoKeys.keys[key].secret }
    const answer = await fetch(base + path, { method, headers: { ...headers, ...credential } })
    const text = await answer.text()
    return [answer.status, answer.ok ? null : JSON.parse(text).code]
  }
  const cancel = { method: 'DELETE', path: '/orders/7' }
  expect(await answerOf({ ...cancel, key: 'globex-eu' })).toEqual(HOLDS)
  expect(await answerOf({ ...cancel, key: 'globex-us' })).toEqual(FAILED)
  expect(await answerOf({ ...cancel, key: 'globex-batch' })).toEqual(FAILED)
  expect(await answerOf({ ...cancel, key: 'globex-eu', headers: { 'X-Dry-Run': '1' } })).toEqual(FAILED)

  expect(await answerOf({ key: 'globex-us', path: '/orders/regions/us/report' })).toEqual(HOLDS)
  expect(await answerOf({ key: 'globex-us', path: '/orders/regions/eu/report' })).toEqual(FAILED)
  expect(await answerOf({ key: 'globex-us', path: '/orders/regions/%75s/report' })).toEqual(HOLDS)

  expect(await answerOf({ key: 'globex-batch', path: '/orders/export' })).toEqual(HOLDS)
  expect(await answerOf({ key: 'globex-eu', path: '/orders/export' })).toEqual(FAILED)
  expect(await answerOf({ key: 'globex-eu', path: '/orders/export?limit=100' })).toEqual(HOLDS)
  expect(await answerOf({ key: 'globex-eu', path: '/orders/export?limit=101' })).toEqual(FAILED)
  expect(await answerOf({ key: 'globex-eu', path: '/orders/export?limit=all' })).toEqual(FAILED)

  expect(await answerOf({ path: '/status' })).toEqual(HOLDS)
  expect(await answerOf({ path: '/status', headers: { 'x-internal-id': '1' } })).toEqual(FAILED)
})

test.each([
  [
    'key.metadata.region == "eu"',
    'key.metdata.region == "eu"',
    'error expression-unknown-name',
    'Did you mean "metadata"?',
  ],
  [
    'key.metadata.region == "eu"',
    'key.metadata.region > 3',
    'error expression-wrong-arguments',
    '">" does not take (string, int).',
  ],
  ['request.params.region', 'request.params.regoin', 'error expression-unknown-name', 'Did you mean "region"?'],
  [
    'has(key.metadata.region) && request',
    'request',
    'warning condition-on-missing-metadata',
    'which key "globex-batch" lacks',
  ],
])('in place of %s, %s is told where it stands', async (before, after, code, words) => {
  const cwd = exampleCopy('conditions')
  editFile(join(cwd, 'gateway.yaml'), before, after)
  const { stdout } = await runKeysmith(['check'], { cwd })
  expect(stdout).toMatch(new RegExp(`^gateway\\.yaml:\\d+:\\d+ ${code}\n`))
  expect(stdout).toContain(words)
})
