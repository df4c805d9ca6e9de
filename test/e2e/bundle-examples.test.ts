import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findEngine } from '../../runtime/engine/load.ts'
import type { RouteRow } from '../../schemas/table.ts'
import { bundleOf } from '../support/bundle-of.ts'
import { echoOrigin } from '../support/echo-origin.ts'
import { exampleCopy } from '../support/example-copy.ts'
import { startServing, type ServedProcess } from '../support/serve-keysmith.ts'

/** That of certificates needs some, and has its own tests. */
const EXAMPLES = readdirSync('examples').filter((name) => name !== 'certificates')
/** Their routes ask for the caller's own objects, for a signature, or for a token. */
const MORE_THAN_A_KEY = new Set(['objects', 'signed-requests', 'dpop'])
/** Long enough for a key that signs. */
const ANY_SECRET = 'a-secret-of-forty-characters-for-signing'

/** Of the example's demonstration. */
function secretsIn(folder: string): string[] {
  const file = join(folder, 'demo-keys.json')
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  return [...text.matchAll(/"secret": "([^"]+)"/g)].map(([, secret = '']) => secret)
}

async function ask(served: ServedProcess, { method, path }: RouteRow, secret: string): Promise<number> {
  const url = served.base + path.replaceAll(/\{[^}]*\}/g, 'x')
  const isBodiless = ['GET', 'HEAD'].includes(method)
  const answer = await fetch(url, {
    method: method === 'ANY' ? 'GET' : method,
    headers: { 'content-type': 'application/json', ...(secret === '' ? {} : { 'x-api-key': secret }) },
    ...(isBodiless || method === 'ANY' ? {} : { body: '{}' }),
  })
  await answer.arrayBuffer()
  return answer.status
}

test.each(EXAMPLES)('the bundle of %s has what each of its routes needs', async (name) => {
  const folder = exampleCopy(name)
  const file = join(folder, 'gateway.yaml')
  const { port } = await echoOrigin()
  const yaml = readFileSync(file, 'utf8').replace('admin: 127.0.0.1:9901', 'admin: 127.0.0.1:0')
  writeFileSync(file, yaml.replaceAll(/http:\/\/127\.0\.0\.1:90\d\d/g, `http://127.0.0.1:${port}`))
  const { bundle, table } = await bundleOf(file)
  writeFileSync(join(folder, 'gateway.mjs'), bundle.text)
  symlinkSync(findEngine(), join(folder, 'uws.node'))
  const secrets = Object.fromEntries(table.secrets.map(({ key }) => [key, ANY_SECRET]))
  const served = await startServing(process.execPath, [join(folder, 'gateway.mjs'), '--listen', '127.0.0.1:0'], {
    cwd: folder,
    env: { PATH: process.env['PATH'] ?? '', ...secrets },
  })
  const statuses = new Set<number>()
  for (const route of table.routes)
    for (const secret of ['', ...secretsIn(folder)]) statuses.add(await ask(served, route, secret))
  expect([...statuses]).not.toContain(500)
  if (!MORE_THAN_A_KEY.has(name)) expect([...statuses]).toContain(200)
  expect(served.told()).not.toContain('bug')
  served.signal('SIGTERM')
  expect(await served.ended).toBe(0)
})
