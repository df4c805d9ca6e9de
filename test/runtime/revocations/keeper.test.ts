import { appendFileSync, mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { keepRevocations, type RevocationKeeper } from '../../../runtime/revocations/keeper.ts'
import { StartFault } from '../../../runtime/start-faults.ts'
import { until } from '../../support/running-gateway.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const PROMISE_MS = 1000

interface Kept {
  readonly keeper: RevocationKeeper
  readonly file: string
  readonly folder: string
  readonly told: string[]
  /** Waits until these keys are revoked, and no others. */
  readonly holds: (...keys: string[]) => Promise<void>
}

async function kept(text: string | null, name = 'revoked.txt', folder = temporaryFolder()): Promise<Kept> {
  const file = join(folder, name)
  if (text !== null) writeFileSync(file, text)
  const told: string[] = []
  const keeper = await keepRevocations(file, { tell: (line) => void told.push(line), onList: () => undefined })
  onTestFinished(() => keeper.stop())
  const holds = (...keys: string[]): Promise<void> =>
    until(() => JSON.stringify(keeper.list().keys) === JSON.stringify(keys), PROMISE_MS)
  return { keeper, file, folder, told, holds }
}

const later = (ms: number) => new Promise((done) => setTimeout(done, ms))

test('a file need not be there, and is found when it comes', async () => {
  const { keeper, file, holds, told } = await kept(null)
  expect(keeper.health()).toMatchObject({ entries: 0, readAt: null, fault: null })
  writeFileSync(file, 'key:one\n')
  await holds('one')
  expect(told).toEqual([])
})

test('what is appended, replaced and taken out holds within the second', async () => {
  const { file, folder, holds } = await kept('key:one\n')
  appendFileSync(file, 'key:two\n')
  await holds('one', 'two')
  writeFileSync(join(folder, 'next'), 'key:two\nkey:three\n')
  renameSync(join(folder, 'next'), file)
  await holds('two', 'three')
  writeFileSync(file, 'key:three\n')
  await holds('three')
  writeFileSync(file, '')
  await holds()
})

test('a change that leaves size and time as they were is seen', async () => {
  const { file, holds } = await kept('key:one\n')
  await later(300)
  const time = new Date('2026-01-01T00:00:00Z')
  utimesSync(file, time, time)
  await later(300)
  writeFileSync(file, 'key:two\n')
  utimesSync(file, time, time)
  await holds('two')
})

test('a link that is turned elsewhere is followed, as where a folder of links is mounted', async () => {
  const folder = temporaryFolder({ 'a/revoked.txt': 'key:one\n', 'b/revoked.txt': 'key:two\n' })
  symlinkSync('a', join(folder, '..data'))
  symlinkSync('..data/revoked.txt', join(folder, 'revoked.txt'))
  const { holds } = await kept(null, 'revoked.txt', folder)
  await holds('one')
  symlinkSync('b', join(folder, '..next'))
  renameSync(join(folder, '..next'), join(folder, '..data'))
  await holds('two')
  appendFileSync(join(folder, 'b/revoked.txt'), 'key:three\n')
  await holds('two', 'three')
})

test('a folder that goes and comes back is watched again', async () => {
  const root = temporaryFolder({ 'lists/revoked.txt': 'key:one\n' })
  const folder = join(root, 'lists')
  const { file, holds, keeper } = await kept(null, 'revoked.txt', folder)
  rmSync(folder, { recursive: true })
  await until(() => keeper.health().fault !== null)
  await holds('one')
  mkdirSync(folder)
  writeFileSync(file, 'key:two\n')
  await holds('two')
  appendFileSync(file, 'key:three\n')
  await holds('two', 'three')
})

test('a file that goes away opens nothing that it closed, and is told of once', async () => {
  const { file, holds, keeper, told } = await kept('key:one\n')
  rmSync(file)
  await until(() => keeper.health().fault !== null)
  await later(700)
  await holds('one')
  expect(told).toEqual([`The revocations ${JSON.stringify(file)} does not exist any more. Those of before still hold.`])
  expect(keeper.health()).toMatchObject({ entries: 1, faults: 1 })
  writeFileSync(file, 'key:one\n')
  await until(() => keeper.health().fault === null)
  expect(told).toHaveLength(2)
})

test('a broken line leaves the last good list, is told of by its number alone, and once', async () => {
  const { file, holds, keeper, told } = await kept('key:one\n')
  writeFileSync(file, 'key:two\nsecret_live_0123456789\n')
  await until(() => keeper.health().fault !== null)
  await later(700)
  await holds('one')
  const fault = `${JSON.stringify(file)}, line 2, is no digest, key or subject`
  expect(keeper.health()).toMatchObject({ fault, faults: 1, entries: 1 })
  expect(told).toEqual([`The revocations ${fault}. Those of before still hold.`])
  writeFileSync(file, 'key:two\n')
  await holds('two')
  expect(keeper.health().fault).toBeNull()
})

test('a folder in its place leaves the last good list', async () => {
  const { file, keeper, holds } = await kept('key:one\n')
  rmSync(file)
  mkdirSync(file)
  await until(() => keeper.health().fault?.endsWith('is a folder') === true)
  await holds('one')
})

test('a file that is being written anew opens nothing meanwhile', async () => {
  const { file, keeper, holds, told } = await kept('key:one\nkey:two\n')
  const seen = new Set<string>()
  const look = setInterval(() => seen.add(keeper.list().keys.join()), 1)
  for (const text of ['', 'key:one\nke', 'key:one\nkey:two\nkey:th', 'key:one\nkey:two\nkey:three\n']) {
    writeFileSync(file, text)
    await later(30)
  }
  await holds('one', 'two', 'three')
  clearInterval(look)
  expect([...seen].filter((keys) => !keys.startsWith('one,two'))).toEqual([])
  expect(seen.has('one,two,th')).toBe(false)
  expect(told).toEqual([])
})

test('a file that never rests is taken as it is after a moment', async () => {
  const { file, holds } = await kept('key:one\nkey:two\n')
  const write = setInterval(() => writeFileSync(file, `key:two\n#${Math.random()}\n`), 20)
  await holds('two').finally(() => clearInterval(write))
})

test('what cannot be read at the start stops it: there is no list to go on with', async () => {
  await expect(kept('key:one\nwhat\n')).rejects.toThrow(StartFault)
  await expect(kept('key:one\nwhat\n')).rejects.toThrow(/line 2, is no digest, key or subject/)
})

test('asked to look, it looks at once', async () => {
  const file = join(temporaryFolder(), 'none', 'revoked.txt')
  const options = { tell: () => undefined, onList: () => undefined, pollMs: 100_000 }
  const keeper = await keepRevocations(file, options)
  onTestFinished(() => keeper.stop())
  await later(400)
  mkdirSync(join(file, '..'))
  writeFileSync(file, 'key:one\n')
  await later(100)
  expect(keeper.list().keys).toEqual([])
  keeper.look()
  await until(() => keeper.list().keys.length === 1)
})
