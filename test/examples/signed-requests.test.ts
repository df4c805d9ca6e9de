import { execFile } from 'node:child_process'
import { createPrivateKey } from 'node:crypto'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test, vi } from 'vitest'
import demoKeys from '../../examples/signed-requests/demo-keys.json' with { type: 'json' }
import { exampleCopy } from '../support/example-copy.ts'
import { serveKeysmith } from '../support/serve-keysmith.ts'
import { signRequest, type SignedRequest } from '../support/sign-request.ts'

const { secret } = demoKeys.keys['globex-signed']
const { privateKey } = demoKeys.keys['initech-signed']
const GLOBEX = { KEY_ID: 'globex-signed', SECRET: secret }
const INITECH = { KEY_ID: 'initech-signed', PRIVATE_KEY: privateKey }

async function serveExample(): Promise<{ cwd: string; base: string }> {
  vi.stubEnv('GLOBEX_SIGNING', secret)
  const cwd = exampleCopy('signed-requests')
  const { base } = await serveKeysmith(['--stub'], { cwd })
  return { cwd, base }
}

async function send(base: string, { method, url, headers }: SignedRequest, body?: string): Promise<number> {
  const answer = await fetch(base + url, {
    method,
    headers: headers.map(([name, value]) => [name, value]),
    ...(body && { body }),
  })
  await answer.arrayBuffer()
  return answer.status
}

test('the script signs requests that the gateway takes, by a shared secret and by a private key', async () => {
  const { cwd, base } = await serveExample()
  const run = async (key: NodeJS.ProcessEnv, ...args: string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)(process.execPath, ['sign.mjs', ...args], { cwd, env: key })
    return stdout
  }
  for (const key of [GLOBEX, INITECH]) {
    expect(await run(key, 'GET', `${base}/transfers/7?a=1`)).toMatch(/^200 /)
    expect(await run(key, 'POST', `${base}/transfers`, '{"amount":5}')).toMatch(/^200 /)
  }
  expect(await run({ ...GLOBEX, SECRET: `${secret}x` }, 'GET', `${base}/transfers/7`)).toMatch(/^401 .*"invalid-key"/)
  expect(await run({ ...INITECH, KEY_ID: 'globex-signed' }, 'GET', `${base}/transfers/7`)).toMatch(/^401 /)
})

test('whoever reads along can neither change a request nor send it again', async () => {
  const { base } = await serveExample()
  const key = createPrivateKey({ key: Buffer.from(privateKey, 'base64'), format: 'der', type: 'pkcs8' })
  const authority = base.slice('http://'.length)
  const created = Math.floor(Date.now() / 1000)
  const body = '{"amount":5}'
  const options = { keyId: 'initech-signed', key, authority, created }
  const signed = signRequest({ method: 'POST', url: '/transfers' }, { ...options, body })
  const other = '{"amount":9}'
  expect(await send(base, signRequest({ method: 'POST', url: '/transfers' }, { ...options, body }), other)).toBe(401)
  expect(await send(base, { ...signed, url: '/transfers?all' }, body)).toBe(401)
  expect(await send(base, signed, body)).toBe(200)
  expect(await send(base, signed, body)).toBe(401)
  const old = signRequest({ method: 'GET', url: '/transfers/7' }, { ...options, created: created - 61 })
  expect(await send(base, old)).toBe(401)
})

test('without a shared secret that is long enough the gateway does not start, and does not show it', async () => {
  const cwd = exampleCopy('signed-requests')
  const short = 'only-31-characters-in-this-one.'
  const keysmith = join(import.meta.dirname, '../../dist/compiler/cli.js')
  const args = [keysmith, 'serve', '--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0', '--stub']
  const env = { ...process.env, GLOBEX_SIGNING: short }
  const fault = await promisify(execFile)(process.execPath, args, { cwd, env }).catch((error: unknown) => error)
  expect(fault).toMatchObject({ code: expect.any(Number), stderr: expect.stringContaining('globex-signing') })
  expect(JSON.stringify(fault)).not.toContain(short)
})
