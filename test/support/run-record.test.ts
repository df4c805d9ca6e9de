import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findLeaks, recordCommand, RUN_VARIABLE } from './run-record.ts'
import { temporaryFolder } from './temporary-folder.ts'

const SECRET = randomBytes(24).toString('base64url')
const HEX = Buffer.from(SECRET).toString('hex')

test.each([
  ['as it is', `x ${SECRET} y`],
  ['as it is', JSON.stringify({ a: `Bearer ${SECRET}` })],
  ['backwards', [...SECRET].reverse().join('')],
  ['in hex', `0x${HEX}`],
  ['in hex', HEX.toUpperCase()],
  ['URL-encoded', HEX.replace(/../g, '%$&')],
  ['in base64', Buffer.from(SECRET).toString('base64')],
  ['in base64', Buffer.from(`u:${SECRET}`).toString('base64')],
  ['in base64', Buffer.from(`us:${SECRET} and more`).toString('base64')],
])('a secret is found %s', (form, text) => {
  const folder = temporaryFolder({ '1.secrets': `${SECRET}\n`, '2.output': `\n--- keysmith serve\nline\n${text}\n` })
  expect(findLeaks(folder).leaks).toContain(`keysmith serve: a secret, ${form}`)
})

test('what is no secret is not found, and what was looked at is counted', () => {
  const other = randomBytes(24).toString('base64url')
  const folder = temporaryFolder({ '1.secrets': `${SECRET}\n${SECRET}\n`, '2.output': `--- x\n${other} ${other}` })
  expect(findLeaks(folder)).toEqual({ leaks: [], secrets: 1, bytes: `--- x\n${other} ${other}`.length })
})

test('the line that "keys new" prints is not a leak; the same key in any other place is one', () => {
  const folder = temporaryFolder()
  const before = process.env[RUN_VARIABLE]
  process.env[RUN_VARIABLE] = folder
  try {
    const key = `acme_live_${randomBytes(19).toString('hex')}`
    recordCommand(['keys', 'new'], { stdout: `${key}\n`, stderr: '' })
    expect(findLeaks(folder)).toMatchObject({ leaks: [], secrets: 1 })
    writeFileSync(join(folder, 'other.output'), `--- the log\nkey=${key}\n`)
    expect(findLeaks(folder).leaks).toEqual(['the log: a secret, as it is'])
    writeFileSync(join(folder, 'other.output'), '')
    recordCommand(['keys', 'new'], { stdout: `the key is ${key}\n`, stderr: '' })
    expect(findLeaks(folder).leaks).toEqual(['keysmith keys new: a secret, as it is'])
  } finally {
    if (before === undefined) delete process.env[RUN_VARIABLE]
    else process.env[RUN_VARIABLE] = before
  }
})
