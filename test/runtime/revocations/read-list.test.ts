import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findDigest } from '../../../runtime/identity/digest-table.ts'
import { digestOf } from '../../../runtime/identity/digest-index.ts'
import { LIST_BYTES_MAX, LIST_LINES_MAX, readList, type ListReading } from '../../../runtime/revocations/read-list.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const lineOf = (secret: string): string => `sha256:${createHash('sha256').update(secret).digest('hex')}`

function fileOf(text: string | Buffer): string {
  const file = join(temporaryFolder(), 'revoked.txt')
  writeFileSync(file, text)
  return file
}

async function listOf(text: string | Buffer): Promise<ListReading> {
  const reading = await readList(fileOf(text))
  if ('fault' in reading) throw new Error(`${reading.fault} ${reading.line}`)
  return reading
}

const holds = ({ list }: ListReading, secret: string): boolean => findDigest(list.digests, digestOf(secret)) >= 0

test('a list is read whatever its line ends, marks and repetitions', async () => {
  const text = [
    '\ufeff# revoked',
    lineOf('a'),
    '',
    'key:one',
    lineOf('a'),
    'key:one',
    'subject:https://i/ü',
    lineOf('b'),
  ]
  for (const end of ['\n', '\r\n']) {
    const reading = await listOf(text.join(end) + end)
    expect([holds(reading, 'a'), holds(reading, 'b'), holds(reading, 'c')]).toEqual([true, true, false])
    const { digestCount, keys, subjects } = reading.list
    expect([digestCount, keys, subjects]).toEqual([2, ['one'], ['https://i/ü']])
    expect(reading.isUnfinished).toBe(false)
  }
  expect(await listOf('')).toMatchObject({ list: { digestCount: 0 }, isUnfinished: false })
  expect(await listOf('key:one')).toMatchObject({ list: { keys: ['one'] }, isUnfinished: true })
})

test('lines across the pieces in which a file is read are whole', async () => {
  const secrets = Array.from({ length: 5000 }, (_, i) => `secret ${i}`)
  const reading = await listOf(
    secrets.map((secret, i) => `${lineOf(secret)} ${'#'.repeat(i % 97)}`.trimEnd()).join('\n'),
  )
  expect(reading.list.digestCount).toBe(secrets.length)
  expect(secrets.every((secret) => holds(reading, secret))).toBe(true)
})

test('a broken line is named by its number', async () => {
  expect(await readList(fileOf('# one\n\nkey:two\nwhat is this\n'))).toMatchObject({ line: 4, mayPass: false })
  expect(await readList(fileOf('key:one\nsha256:12'))).toMatchObject({ line: 2 })
  expect(await readList(fileOf(Buffer.from('# one\nsubject:i/\xff\n', 'latin1')))).toMatchObject({ line: 2 })
  expect(await readList(fileOf(Buffer.from('# caf\xe9\n', 'latin1')))).toMatchObject({ line: 1 })
  expect(await readList(fileOf(`key:one\n#${'x'.repeat(200_000)}\n`))).toMatchObject({ line: 2 })
})

test('what is no file, or too much, is told of and not waited for', async () => {
  const folder = temporaryFolder()
  expect(await readList(folder)).toMatchObject({ fault: 'is a folder' })
  execFileSync('mkfifo', [join(folder, 'pipe')])
  expect(await readList(join(folder, 'pipe'))).toMatchObject({ fault: 'is not a regular file' })
  expect(await readList(join(folder, 'none'))).toMatchObject({ fault: 'does not exist', mayPass: true })
  expect(await readList(fileOf('\n'.repeat(LIST_LINES_MAX + 1)))).toMatchObject({
    fault: `has more than ${LIST_LINES_MAX} lines`,
  })
  expect(await readList(fileOf(Buffer.alloc(LIST_BYTES_MAX + 1, '# 345678\n')))).toMatchObject({ line: null })
  if (process.getuid?.() === 0) return
  mkdirSync(join(folder, 'closed'))
  chmodSync(join(folder, 'closed'), 0)
  expect(await readList(join(folder, 'closed', 'x'))).toMatchObject({ fault: 'may not be read by this user' })
})

test('half a million lines are read without stopping what else there is to do', async () => {
  const words = Array.from({ length: 500_000 }, (_, i) => `sha256:${i.toString(16).padStart(8, '0').repeat(8)}`)
  const file = fileOf(words.join('\n') + '\n')
  let longestMs = 0
  let lastMs = performance.now()
  const beat = setInterval(() => {
    longestMs = Math.max(longestMs, performance.now() - lastMs)
    lastMs = performance.now()
  }, 1)
  const reading = await readList(file)
  clearInterval(beat)
  expect('list' in reading && reading.list.digestCount).toBe(words.length)
  process.stdout.write(
    `revocations: 500 000 lines kept nothing else waiting for more than ${longestMs.toFixed(0)} ms\n`,
  )
  expect(longestMs).toBeLessThan(500)
})
