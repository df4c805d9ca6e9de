import { join } from 'node:path'
import { expect, test } from 'vitest'
import demoKeys from '../../examples/objects/demo-keys.json' with { type: 'json' }
import { editFile } from '../support/edit-file.ts'
import { exampleCopy } from '../support/example-copy.ts'
import { runKeysmith } from '../support/run-keysmith.ts'
import { serveKeysmith } from '../support/serve-keysmith.ts'

type Key = keyof typeof demoKeys.keys

test('callers reach their own objects, and others look as if they were not there', async () => {
  const { base } = await serveKeysmith(['--stub'], { cwd: exampleCopy('objects') })
  const answerOf = async (key: Key, path: string, transfer?: unknown): Promise<Response> => {
    const headers = { 'x-api-key': demoKeys.keys[key].secret, 'content-type': 'application/json' }
    const sent = transfer === undefined ? {} : { method: 'POST', body: JSON.stringify(transfer) }
    return fetch(base + path, { headers, ...sent })
  }
  const statusOf = async (...asked: Parameters<typeof answerOf>): Promise<number> => {
    const answer = await answerOf(...asked)
    await answer.arrayBuffer()
    return answer.status
  }
  expect(await statusOf('globex-app', '/tenants/globex/users/u-1001')).toBe(200)
  expect(await statusOf('globex-app', '/tenants/globex/users/u-1002')).toBe(404)
  expect(await statusOf('globex-till', '/tenants/globex/users/u-1002')).toBe(200)
  expect(await statusOf('initech-app', '/tenants/globex/users/u-1001')).toBe(404)
  expect(await statusOf('initech-app', '/tenants/initech/users/u-1001')).toBe(200)

  expect(await statusOf('globex-app', '/tenants/globex/statement?account=4711&page=2')).toBe(200)
  expect(await statusOf('globex-app', '/tenants/globex/statement?account=4712')).toBe(404)
  expect(await statusOf('globex-app', '/tenants/globex/statement?account=4711&account=4712')).toBe(404)

  const transfers = '/tenants/globex/transfers'
  expect(await statusOf('globex-app', transfers, { from: { account: '4711' }, to: { account: '4712' } })).toBe(200)
  expect(await statusOf('globex-app', transfers, { from: { account: '4712' }, to: { account: '4711' } })).toBe(404)
  expect(await statusOf('globex-till', transfers, { from: { account: '4712' } })).toBe(403)

  const others = await answerOf('globex-app', '/tenants/globex/users/u-1002')
  const nothing = await answerOf('globex-app', '/nothing/here')
  const told = async ({ headers, ...answer }: { headers: Headers; json: () => Promise<unknown> }) => ({
    headers: [...headers].filter(([name]) => name !== 'x-request-id' && name !== 'date'),
    body: { ...((await answer.json()) as object), instance: '' },
  })
  expect(await told({ headers: others.headers, json: () => others.json() })).toEqual(
    await told({ headers: nothing.headers, json: () => nothing.json() }),
  )
})

test.each([
  [
    'a bind that names no parameter',
    ['tenantId: key.tenant', 'tenant: key.tenant'],
    ['error bind-unknown-place', 'Did you mean "tenantId"?'],
  ],
  [
    'a key without what is bound',
    ['userId: u-1002, ', ''],
    ['warning bind-caller-lacks', 'Key "globex-till" may call route'],
  ],
  [
    'a user that is not bound',
    ['        bind: { userId: key.metadata.userId } # besides the tenant\n', ''],
    ['warning path-parameter-unbound', 'bind: { userId'],
  ],
] as const)('%s is told before anybody calls', async (_, [written, changed], told) => {
  const cwd = exampleCopy('objects')
  editFile(join(cwd, 'gateway.yaml'), written, changed)
  const { exit, stdout } = await runKeysmith(['check', '--at', '2026-11-25'], { cwd })
  expect(exit).toBe(told[0].startsWith('error') ? 1 : 0)
  for (const text of told) expect(stdout).toContain(text)
})
