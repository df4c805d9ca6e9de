import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import demoKeys from '../../examples/key-life/demo-keys.json' with { type: 'json' }
import { exampleCopy } from '../support/example-copy.ts'
import { runKeysmith, type CommandResult } from '../support/run-keysmith.ts'
import { formsIn } from '../support/secret-forms.ts'
import { serveKeysmith } from '../support/serve-keysmith.ts'

const { web, till, erp } = demoKeys.keys
/** A revocation holds within a second; a busy machine may look later. */
const PATIENCE_MS = 5_000

test(
  'a key is made, rotated, taken back, given another secret and taken back for good, while the gateway serves',
  { timeout: 60_000 },
  async () => {
    const cwd = exampleCopy('key-life')
    const results: CommandResult[] = []
    const keys = async (args: string, input = ''): Promise<CommandResult> => {
      const result = await runKeysmith(['keys', ...args.split(' ')], { cwd, input })
      results.push(result)
      return result
    }
    const gateway = await serveKeysmith(['--stub', '--watch'], { cwd })
    const answerOf = async (secret: string): Promise<string> => {
      const answer = await fetch(`${gateway.base}/orders`, { headers: { 'x-api-key': secret.trim() } })
      const text = await answer.text()
      return answer.ok ? '200' : `${answer.status} ${JSON.parse(text).code}`
    }
    let swaps = 0
    const served = (): Promise<void> => gateway.tells('The new table serves now.', ++swaps)

    expect(await answerOf(web.secret)).toBe('200')
    expect(await answerOf(till.secret)).toBe('403 suspended')
    expect(await answerOf(erp.secret)).toBe('200')

    const made = await keys('new --tenant corner-shop --id app --scopes orders:read --expires 90d --write')
    await served()
    expect(await answerOf(made.stdout)).toBe('200')

    const rotated = await keys('rotate web')
    await served()
    expect(rotated.exit).toBe(0)
    expect([await answerOf(rotated.stdout), await answerOf(web.secret)]).toEqual(['200', '200'])
    const config = readFileSync(join(cwd, 'gateway.yaml'), 'utf8')
    expect(config).toContain('# of the secret in demo-keys.json\n')
    expect(config).toContain(`retiring: { digest: "${web.digest}"`)
    expect((await keys('verify', web.secret)).stdout).toMatch(/^Key "web" of tenant "corner-shop", retiring until /)
    expect((await keys('list --expiring 30d')).stdout).toMatch(/^web +corner-shop +active .* retiring 54990371 until /m)

    expect((await keys('revoke web')).exit).toBe(0)
    const refused = async (secret: string): Promise<void> => expect(await answerOf(secret)).toBe('401 revoked-key')
    for (const secret of [rotated.stdout, web.secret]) {
      await vi.waitFor(() => refused(secret), { timeout: PATIENCE_MS, interval: 50 })
    }
    expect(await answerOf(made.stdout)).toBe('200')

    const again = await keys('rotate web')
    await served()
    expect(await answerOf(again.stdout)).toBe('200')
    await refused(rotated.stdout)
    // Two rotations ago: no longer in the config at all.
    expect(await answerOf(web.secret)).toBe('401 invalid-key')

    expect((await keys('revoke web --forever')).exit).toBe(0)
    await vi.waitFor(() => refused(again.stdout), { timeout: PATIENCE_MS, interval: 50 })
    expect((await keys('rotate web')).exit).toBe(1)

    const told = [...results.map(({ stderr }) => stderr), gateway.told()].join('\n')
    const files = readdirSync(cwd).filter((name) => name !== 'demo-keys.json')
    const written = files.map((name) => readFileSync(join(cwd, name), 'utf8')).join('\n')
    for (const { stdout: secret } of [made, rotated, again]) expect(formsIn(told + written, secret.trim())).toEqual([])
  },
)
