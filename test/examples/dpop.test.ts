import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { editFile } from '../support/edit-file.ts'
import { exampleCopy } from '../support/example-copy.ts'
import { serveKeysmith } from '../support/serve-keysmith.ts'

/** The example's own identity provider, on a free port. */
async function startIssuer(): Promise<string> {
  const child = spawn(process.execPath, ['examples/dpop/issuer.mjs', '0'], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(async () => {
    child.kill()
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  return line.toString().trim()
}

async function serveExample(dpop: string) {
  const issuer = await startIssuer()
  const folder = exampleCopy('dpop')
  editFile(join(folder, 'gateway.yaml'), 'issuer: http://127.0.0.1:9100', `issuer: ${issuer}`)
  editFile(join(folder, 'gateway.yaml'), 'dpop: required', `dpop: ${dpop}`)
  const { base } = await serveKeysmith(['--stub'], { cwd: folder })
  const run = async (): Promise<string[]> => {
    const args = [join(folder, 'caller.mjs'), `${issuer}/token`, `${base}/orders`]
    const { stdout } = await promisify(execFile)(process.execPath, args)
    return stdout.trim().split('\n')
  }
  const showUnbound = async (): Promise<number> => {
    // Safe: the example's issuer answers so.
    const { access_token: token } = (await (await fetch(`${issuer}/token`)).json()) as { readonly access_token: string }
    const answer = await fetch(`${base}/orders`, { headers: { authorization: `Bearer ${token}` } })
    await answer.arrayBuffer()
    return answer.status
  }
  return { run, showUnbound }
}

const PROVED = ['with a proof: 200', 'with another proof: 200']
const STOLEN = ['with a proof that was seen: 401', 'with a proof of a thief: 401', 'as Bearer: 401']

test('a bound token opens for who holds its key, and for no thief', async () => {
  const { run, showUnbound } = await serveExample('required')
  expect(await run()).toEqual([...PROVED, ...STOLEN])
  expect(await showUnbound()).toBe(401)
})

test('where tokens may be bound, one for everybody is good as Bearer', async () => {
  const { run, showUnbound } = await serveExample('accepted')
  expect(await run()).toEqual([...PROVED, ...STOLEN])
  expect(await showUnbound()).toBe(200)
})

test('where nothing is known of bound tokens, none is good', async () => {
  const { run, showUnbound } = await serveExample('off')
  const refused = [...PROVED, ...STOLEN].map((line) => line.replace('200', '401'))
  expect(await run()).toEqual(refused)
  expect(await showUnbound()).toBe(200)
})
