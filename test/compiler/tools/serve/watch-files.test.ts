import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test, vi } from 'vitest'
import { watchFiles } from '../../../../compiler/tools/serve/watch-files.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

/** Longer than changes are let settle. */
const QUIET_MS = 250

/** A watch over a file with "one" in it, and how often it told of a change. */
async function watched(path: string): Promise<() => number> {
  let told = 0
  const files = watchFiles(
    () => told++,
    (folder, reason) => {
      throw new Error(`${folder}: ${reason}`)
    },
  )
  onTestFinished(files.stop)
  files.watch(new Map([[path, 'one']]))
  await sleep(QUIET_MS)
  return () => told
}

async function toldOnce(told: () => number): Promise<void> {
  await vi.waitFor(() => expect(told()).toBeGreaterThan(0), { timeout: 3000, interval: 20 })
}

test('a file that is written anew is told of', async () => {
  const folder = temporaryFolder({ 'a.yaml': 'one' })
  const told = await watched(join(folder, 'a.yaml'))
  expect(told()).toBe(0)
  writeFileSync(join(folder, 'a.yaml'), 'two')
  await toldOnce(told)
})

test('a file that another takes the place of is told of, and so is the next', async () => {
  const folder = temporaryFolder({ 'a.yaml': 'one', 'b.yaml': 'one', 'c.yaml': 'two' })
  const told = await watched(join(folder, 'a.yaml'))
  renameSync(join(folder, 'b.yaml'), join(folder, 'a.yaml'))
  await sleep(QUIET_MS)
  expect(told(), 'the same text again is no change').toBe(0)
  renameSync(join(folder, 'c.yaml'), join(folder, 'a.yaml'))
  await toldOnce(told)
})

test('a link that is turned elsewhere is told of, wherever on the way it is', async () => {
  const folder = temporaryFolder({ 'v1/a.yaml': 'one', 'v2/a.yaml': 'two' })
  mkdirSync(join(folder, 'conf'))
  symlinkSync('v1', join(folder, 'current'))
  symlinkSync('../current/a.yaml', join(folder, 'conf/a.yaml'))
  const told = await watched(join(folder, 'conf/a.yaml'))
  symlinkSync('v2', join(folder, 'next'))
  renameSync(join(folder, 'next'), join(folder, 'current'))
  await toldOnce(told)
})

test('a change behind a turned link is told of', async () => {
  const folder = temporaryFolder({ 'v1/a.yaml': 'one', 'v2/a.yaml': 'one' })
  symlinkSync('v1', join(folder, 'current'))
  const told = await watched(join(folder, 'current/a.yaml'))
  symlinkSync('v2', join(folder, 'next'))
  renameSync(join(folder, 'next'), join(folder, 'current'))
  await sleep(QUIET_MS)
  expect(told()).toBe(0)
  writeFileSync(join(folder, 'v2/a.yaml'), 'two')
  await toldOnce(told)
})

test('a file that is not there is told of when it comes, its folder with it', async () => {
  const folder = temporaryFolder()
  let told = 0
  const files = watchFiles(
    () => told++,
    () => undefined,
  )
  onTestFinished(files.stop)
  files.watch(new Map([[join(folder, 'deep/er/a.yaml'), null]]))
  await sleep(QUIET_MS)
  mkdirSync(join(folder, 'deep/er'), { recursive: true })
  await sleep(QUIET_MS)
  expect(told).toBe(0)
  writeFileSync(join(folder, 'deep/er/a.yaml'), 'one')
  await toldOnce(() => told)
})

test('a folder that is removed and made again is watched again', async () => {
  const folder = temporaryFolder({ 'conf/a.yaml': 'one' })
  const told = await watched(join(folder, 'conf/a.yaml'))
  rmSync(join(folder, 'conf'), { recursive: true })
  await toldOnce(told)
  const before = told()
  mkdirSync(join(folder, 'conf'))
  await sleep(QUIET_MS)
  writeFileSync(join(folder, 'conf/a.yaml'), 'two')
  await vi.waitFor(() => expect(told()).toBeGreaterThan(before), { timeout: 3000 })
})

test('what changed between being seen and being watched is told of', async () => {
  const folder = temporaryFolder({ 'a.yaml': 'two' })
  await toldOnce(await watched(join(folder, 'a.yaml')))
})
