import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import demoKeys from '../../examples/tokens/demo-keys.json' with { type: 'json' }
import { editFile } from '../support/edit-file.ts'
import { exampleCopy } from '../support/example-copy.ts'
import { serveKeysmith } from '../support/serve-keysmith.ts'

const SECRET = randomBytes(16).toString('hex')

/** The example's own identity provider, on a free port. */
async function startIssuer(): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  vi.stubEnv('INTROSPECTION_SECRET', SECRET)
  const child = spawn(process.execPath, ['examples/tokens/issuer.mjs', '0'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const stop = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill()
      await once(child, 'exit')
    }
  }
  onTestFinished(stop)
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  return { url: line.toString().trim(), stop }
}

async function serveTokens() {
  const issuer = await startIssuer()
  const folder = exampleCopy('tokens')
  for (const place of ['issuer: ', 'url: '])
    editFile(join(folder, 'gateway.yaml'), `${place}http://127.0.0.1:9100`, place + issuer.url)
  const served = await serveKeysmith(['--stub'], { cwd: folder })
  return {
    issuer,
    served,
    tokenOf: async (query: string) => (await fetch(`${issuer.url}/token?${query}`)).text(),
    ask: async (token: string, path: string, method = 'GET') => {
      const answer = await fetch(served.base + path, { method, headers: { authorization: `Bearer ${token}` } })
      // Safe: the stub echoes what it was sent, and a refusal is a problem.
      const body = (await answer.json()) as { readonly code?: string; readonly headers?: Record<string, string> }
      return { status: answer.status, body, headers: answer.headers }
    },
  }
}

test('tokens open what their roles and scopes open, as keys do', async () => {
  const { tokenOf, ask } = await serveTokens()
  const statusOf = async (token: string, path: string, method = 'GET'): Promise<number> =>
    (await ask(token, path, method)).status

  const clerk = await tokenOf('sub=ann&group=clerks')
  expect(await statusOf(clerk, '/orders')).toBe(200)
  expect(await statusOf(clerk, '/orders', 'POST')).toBe(403)
  expect(await statusOf(clerk, '/reports')).toBe(403)
  expect((await ask(clerk, '/reports')).headers.get('www-authenticate')).toBe(
    'Bearer error="insufficient_scope", scope="reports:read"',
  )
  const manager = await tokenOf('sub=bob&group=managers')
  expect(await statusOf(manager, '/orders', 'POST')).toBe(200)
  expect(await statusOf(manager, '/reports')).toBe(200)
  expect(await statusOf(await tokenOf('group=clerks&scope=openid+orders:write'), '/orders', 'POST')).toBe(200)

  const key = demoKeys.keys['globex-batch'].secret
  expect(await statusOf(key, '/orders')).toBe(200)
  expect(await ask(key, '/reports')).toMatchObject({ status: 401, body: { code: 'invalid-key' } })

  const opaque = await tokenOf('opaque&sub=cid&scope=orders:read')
  expect(await statusOf(opaque, '/orders')).toBe(200)
  expect(await statusOf(opaque, '/orders', 'POST')).toBe(403)
  expect(await ask(opaque, '/reports')).toMatchObject({ status: 401, body: { code: 'invalid-token' } })
  expect(await ask('an-opaque-token-that-nobody-gave-out', '/orders')).toMatchObject({
    status: 401,
    body: { code: 'invalid-token' },
  })
})

test('tokens that are not for this gateway are refused', async () => {
  const { tokenOf, ask } = await serveTokens()
  const good = await tokenOf('group=clerks')
  const refused = [
    await tokenOf('group=clerks&aud=another-api'),
    await tokenOf('group=clerks&org=initech'),
    await tokenOf('group=clerks&seconds=-600'),
    await tokenOf('opaque&scope=orders:read&aud=another-api'),
    good.slice(0, -1) + (good.endsWith('A') ? 'B' : 'A'),
    good.slice(0, good.lastIndexOf('.') + 1),
  ]
  for (const token of refused) {
    const { status, headers, body } = await ask(token, '/orders')
    expect({ status, code: body.code }).toEqual({ status: 401, code: 'invalid-token' })
    expect(headers.get('www-authenticate')).toBe('Bearer realm="tokens", error="invalid_token"')
  }
  expect((await ask(good, '/orders')).status).toBe(200)
})

test('an issuer that is gone takes nobody along whose token it signed', async () => {
  const { issuer, tokenOf, ask } = await serveTokens()
  const signed = await tokenOf('group=clerks&sub=ann')
  const opaque = await tokenOf('opaque&scope=orders:read')
  const other = await tokenOf('group=clerks&sub=bob')
  expect((await ask(signed, '/orders')).status).toBe(200)
  await issuer.stop()
  expect((await ask(other, '/orders')).status).toBe(200)
  const unknown = await ask(opaque, '/orders')
  expect(unknown).toMatchObject({ status: 503, body: { code: 'upstream-unavailable' } })
  expect(unknown.headers.get('retry-after')).toBe('1')
})

test('a route that requires more than a password says so, and opens to a token that tells of more', async () => {
  const { tokenOf, ask } = await serveTokens()
  const needed = async (query: string, path: string, method = 'GET'): Promise<unknown[]> => {
    const { status, body, headers } = await ask(await tokenOf(`sub=bob&group=managers${query}`), path, method)
    return [status, body.code, headers.get('www-authenticate')]
  }
  const weak = [401, 'stronger-authentication-required']
  const bearer = 'Bearer error="insufficient_user_authentication"'
  const factor = `${bearer}, error_description="A second factor is needed"`
  const inPerson = `${bearer}, acr_values="urn:example:in-person"`
  expect(await needed('', '/reports/salaries')).toEqual([...weak, factor])
  expect(await needed('&mfa', '/reports/salaries')).toEqual([200, undefined, null])
  expect(await needed('&mfa&acr=urn:example:by-post', '/reports/closing', 'POST')).toEqual([...weak, inPerson])
  expect(await needed('&acr=urn:example:in-person', '/reports/closing', 'POST')).toEqual([200, undefined, null])
})
