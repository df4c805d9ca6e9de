import { appendFileSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { takeLog } from './access-log.ts'

const QUIET_MS = 300

test('lines are counted, those that come late too, and the log is empty after', async () => {
  const folder = temporaryFolder({ log: '{"a":1}\n{"a":2}\n' })
  const counted = takeLog(`${folder}/log`, QUIET_MS)
  await sleep(100)
  appendFileSync(`${folder}/log`, '{"a":3}\n')
  expect(await counted).toEqual({ lines: 3, lastLine: '{"a":3}' })
  expect(readFileSync(`${folder}/log`, 'utf8')).toBe('')
})

test('a log beyond what is read at once is counted whole', async () => {
  const folder = temporaryFolder({ log: `${'x'.repeat(99)}\n`.repeat(30_000) + 'last\n' })
  expect(await takeLog(`${folder}/log`, QUIET_MS)).toEqual({ lines: 30_001, lastLine: 'last' })
})

test('an empty log has no last line', async () => {
  const folder = temporaryFolder({ log: '' })
  expect(await takeLog(`${folder}/log`, QUIET_MS)).toEqual({ lines: 0, lastLine: '' })
})
