import { lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { replaceFile } from '../../../compiler/tools/replace-file.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

test('a file that has changed since it was read is left alone', () => {
  const folder = temporaryFolder({ 'gateway.yaml': 'theirs' })
  const path = join(folder, 'gateway.yaml')
  expect(() => replaceFile(path, 'before', 'after')).toThrow(`${path} changed meanwhile. Try again.`)
  expect(readFileSync(path, 'utf8')).toBe('theirs')
  expect(readdirSync(folder)).toEqual(['gateway.yaml'])
})

test('a file that has become another kind of thing is a fault', () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'gateway.yaml'))
  expect(() => replaceFile(join(folder, 'gateway.yaml'), 'a', 'b')).toThrow(/Cannot write .*: it is a folder\./)
  expect(() => replaceFile(join(folder, 'gone.yaml'), 'a', 'b')).toThrow(/Cannot write .*gone\.yaml/)
})

test('a folder that takes no new file leaves the old one as it was', () => {
  // Nobody may add files there, not even root.
  const path = '/proc/self/comm'
  const before = readFileSync(path, 'utf8')
  expect(() => replaceFile(path, before, 'after')).toThrow(/^Cannot write \/proc\/self\/comm: /)
  expect(readFileSync(path, 'utf8')).toBe(before)
})

test('permissions, a byte order mark and a link to the file stay', () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, 'real'), '\ufeffa', { mode: 0o604 })
  symlinkSync('real', join(folder, 'link'))
  replaceFile(join(folder, 'link'), 'a', 'b')
  expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true)
  expect(readFileSync(join(folder, 'real'), 'utf8')).toBe('\ufeffb')
  expect(statSync(join(folder, 'real')).mode & 0o777).toBe(0o604)
  expect(readdirSync(folder).sort()).toEqual(['link', 'real'])
})
