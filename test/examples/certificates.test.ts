import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { request, type RequestOptions } from 'node:https'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import demoKeys from '../../examples/certificates/demo-keys.json' with { type: 'json' }
import { exampleCopy } from '../support/example-copy.ts'
import { group } from '../support/group.ts'
import { runKeysmith } from '../support/run-keysmith.ts'
import { serveKeysmith } from '../support/serve-keysmith.ts'

interface Answered {
  readonly status: number | undefined
  readonly body: { readonly code?: string; readonly caller?: Readonly<Record<string, string>> }
}

/** Asks over TLS. Rejects when there is no connection. */
function ask(url: string, options: RequestOptions): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { ...options, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece))
      // Safe: the stub echoes what it was sent, and a refusal is a problem.
      response.on('end', () => resolve({ status: response.statusCode, body: JSON.parse(text) as Answered['body'] }))
    })
    asked.on('error', reject).end()
  })
}

group('certificates of the example', () => {
  test('robots are known by their certificates, and nobody else by any', async () => {
    const cwd = exampleCopy('certificates')
    execFileSync('./make-certificates.sh', { cwd, stdio: 'pipe' })
    const { base } = await serveKeysmith(['--stub'], { cwd })
    expect(base).toMatch(/^https:/)
    const file = (name: string): Buffer => readFileSync(join(cwd, 'tls', name))
    const as = (name: string, options: RequestOptions = {}): Promise<Answered> => {
      const shown = name === '' ? {} : { cert: file(`${name}.pem`), key: file(`${name}.key`) }
      return ask(`${base}/readings`, { method: 'POST', ca: file('cert.pem'), ...shown, ...options })
    }

    const arm = await as('arm-3')
    expect([arm.status, arm.body.caller?.['x-keysmith-issuer'], arm.body.caller?.['x-keysmith-subject']]).toEqual([
      200,
      'robots',
      'arm-3.robots.globex.example',
    ])
    expect((await as('robot-7')).body.caller?.['x-keysmith-subject']).toBe('CN=robot-7,O=Globex')
    for (const name of ['printer', '']) {
      const { status, body } = await as(name)
      expect([status, body.code]).toEqual([401, 'missing-credential'])
    }
    await expect(as('stranger')).rejects.toThrow(/alert|ECONNRESET|EPIPE|socket hang up/)
    expect((await as('arm-3', { method: 'GET' })).body.code).toBe('missing-credential')

    const { secret } = demoKeys.keys['globex-dashboard']
    const keyed = { method: 'GET', headers: { 'x-api-key': secret } }
    expect((await as('', keyed)).status).toBe(200)
    // A key that came along is what counts, whatever certificate there is.
    expect((await as('arm-3', { headers: { 'x-api-key': secret } })).body.code).toBe('insufficient-scope')
  })

  test('it is checked without its certificates, and says all that is missing when it is to start', async () => {
    const cwd = exampleCopy('certificates')
    expect((await runKeysmith(['check', '--strict'], { cwd })).exit).toBe(0)
    const { exit, stderr } = await runKeysmith(
      ['serve', '--stub', '--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0'],
      {
        cwd,
      },
    )
    expect(exit).toBe(4)
    for (const name of ['cert', 'key', 'clients']) expect(stderr).toContain(`./tls/${name}.pem: is not there`)
  })
})
