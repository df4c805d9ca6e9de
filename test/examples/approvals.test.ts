import { join } from 'node:path'
import { expect, test } from 'vitest'
import demoKeys from '../../examples/approvals/demo-keys.json' with { type: 'json' }
import { editFile } from '../support/edit-file.ts'
import { exampleCopy } from '../support/example-copy.ts'
import { runKeysmith, type CommandResult } from '../support/run-keysmith.ts'
import { serveKeysmith } from '../support/serve-keysmith.ts'

const AT = ['--at', '2026-11-25']
const SECRET = demoKeys.keys['initech-web'].secret
const COMMENT = '      # reports: { status: approved, by: data-owners, since: 2026-11-25 }'
const APPROVAL = '      reports: { status: approved, by: data-owners, since: 2026-11-25 }'

function subscriptions(cwd: string, ...args: string[]): Promise<CommandResult> {
  return runKeysmith(['subscriptions', ...args, ...AT], { cwd })
}

test('who uses what is listed, and who approved or rejected it', async () => {
  const { stdout } = await subscriptions(exampleCopy('approvals'))
  const rows = stdout.split('\n').map((line) => line.split(/ +/).slice(0, 4).join(' '))
  expect(rows.slice(1)).toEqual([
    'globex orders approved platform-team',
    'globex reports rejected data-owners',
    'initech orders approved platform-team',
    'initech reports asked -',
    '',
  ])
})

test('who waits is listed, and no longer once there is an answer', async () => {
  const cwd = exampleCopy('approvals')
  const before = await subscriptions(cwd, '--pending')
  expect(before.stdout.split('\n').slice(1)).toEqual(['initech  reports  asked  -   -      -      -', ''])
  editFile(join(cwd, 'gateway.yaml'), COMMENT, APPROVAL)
  expect(await subscriptions(cwd, '--pending')).toEqual({ exit: 0, stdout: '', stderr: 'Nobody waits.\n' })
  const after = await subscriptions(cwd, '--tenant', 'initech')
  expect(after.stdout).toMatch(/^initech +reports +approved +data-owners +2026-11-25 /m)
})

test('an approval opens the api while the gateway serves; one by somebody else opens nothing', async () => {
  const cwd = exampleCopy('approvals')
  const config = join(cwd, 'gateway.yaml')
  const { base, tells } = await serveKeysmith(['--stub', '--watch'], { cwd })
  const answerOf = async (path: string): Promise<[number, unknown]> => {
    const answer = await fetch(base + path, { headers: { 'x-api-key': SECRET } })
    const text = await answer.text()
    return [answer.status, answer.ok ? null : JSON.parse(text).code]
  }
  expect(await answerOf('/orders')).toEqual([200, null])
  expect(await answerOf('/reports')).toEqual([403, 'subscription-missing'])

  editFile(config, COMMENT, APPROVAL.replace('data-owners', 'data-owner'))
  await tells('approver-not-entitled')
  await tells('Did you mean "data-owners"?')
  expect(await answerOf('/reports')).toEqual([403, 'subscription-missing'])

  editFile(config, 'by: data-owner, since', 'by: data-owners, since')
  await tells('The new table serves now.')
  expect(await answerOf('/reports')).toEqual([200, null])
})

test('an approval ends by itself at its time, and begins so', async () => {
  const cwd = exampleCopy('approvals')
  const endMs = Date.now() + 5_000
  const instant = new Date(endMs).toISOString()
  const ending = `orders: { status: approved, by: platform-team, since: 2026-11-10, until: "${instant}" }`
  editFile(join(cwd, 'gateway.yaml'), 'orders: { status: approved, by: platform-team, since: 2026-11-10 }', ending)
  editFile(join(cwd, 'gateway.yaml'), COMMENT, APPROVAL.replace('2026-11-25', `"${instant}"`))
  const { base } = await serveKeysmith(['--stub'], { cwd })
  const statusOf = async (path: string): Promise<number> => {
    const answer = await fetch(base + path, { headers: { 'x-api-key': SECRET } })
    await answer.arrayBuffer()
    return answer.status
  }
  // Asked before and behind the end, so that a slow machine proves nothing wrong.
  const before = [await statusOf('/orders'), await statusOf('/reports')]
  if (Date.now() < endMs) expect(before).toEqual([200, 403])
  await new Promise((done) => setTimeout(done, Math.max(0, endMs - Date.now()) + 1))
  expect([await statusOf('/orders'), await statusOf('/reports')]).toEqual([403, 200])
})

test.each(['subscriptions:\n  reports: { status: approved, by: data-owners }\n', 'plan: free\n', 'maxKeys: 50\n'])(
  "the tenant's own file decides nothing: %j",
  async (decision) => {
    const cwd = exampleCopy('approvals')
    editFile(join(cwd, 'tenants/initech.yaml'), 'title: Initech\n', `title: Initech\n${decision}`)
    const { exit, stdout } = await runKeysmith(['check', ...AT], { cwd })
    expect(exit).toBe(1)
    expect(stdout).toMatch(/^tenants\/initech\.yaml:3:1 error tenant-file-decides\n/)
  },
)
