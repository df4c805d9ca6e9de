import { lstatSync, mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { appendLines } from '../../../compiler/tools/append-lines.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

test.each([
  ['', 'a\nb\n'],
  ['first\n', 'first\na\nb\n'],
  ['first', 'first\na\nb\n'],
  ['first\r\n', 'first\r\na\nb\n'],
])('lines go behind %j, each on its own', (before, after) => {
  const path = join(temporaryFolder({ list: before }), 'list')
  expect(appendLines(path, ['a', 'b'])).toEqual({ isNew: false })
  expect(readFileSync(path, 'utf8')).toBe(after)
})

test('a file that is not there is made, also where a link leads', () => {
  const folder = temporaryFolder()
  expect(appendLines(join(folder, 'list'), ['a'])).toEqual({ isNew: true })
  symlinkSync('real', join(folder, 'link'))
  expect(appendLines(join(folder, 'link'), ['a'])).toEqual({ isNew: true })
  expect(appendLines(join(folder, 'link'), ['b'])).toEqual({ isNew: false })
  expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true)
  expect(readFileSync(join(folder, 'real'), 'utf8')).toBe('a\nb\n')
  expect(statSync(join(folder, 'list')).mode & 0o022).toBe(0)
})

test('what is no file, or lies in no folder, is a fault', () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'folder'))
  expect(() => appendLines(join(folder, 'folder'), ['a'])).toThrow(/Cannot write .*: it is a folder\./)
  expect(() => appendLines(join(folder, 'no/list'), ['a'])).toThrow(/the folder does not exist/)
  expect(() => appendLines('/dev/null', ['a'])).toThrow('/dev/null is no regular file.')
})
