import { createHash } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { extractEngine } from '../../../runtime/bundle/extract-engine.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const ADDON = Buffer.from('the bytes of an addon')
const SHA256 = createHash('sha256').update(ADDON).digest('hex')
const USER = process.geteuid?.() ?? 0
const OWN = `keysmith-${USER}`
const PERMISSIONS = 0o777

function extract(...folders: string[]): string {
  return extractEngine(ADDON, SHA256, folders)
}

test('the addon lies in a folder that is the user’s alone, and cannot be changed by mistake', () => {
  const parent = temporaryFolder()
  const file = extract(parent)
  expect(file).toBe(join(parent, OWN, `${SHA256}.node`))
  expect(readFileSync(file).equals(ADDON)).toBe(true)
  expect(lstatSync(join(parent, OWN)).mode & PERMISSIONS).toBe(0o700)
  expect(lstatSync(file).mode & PERMISSIONS).toBe(0o500)
  expect(readdirSync(join(parent, OWN))).toEqual([`${SHA256}.node`])
})

test('what is there already is taken as it is', () => {
  const parent = temporaryFolder()
  const before = lstatSync(extract(parent)).ino
  expect(lstatSync(extract(parent)).ino).toBe(before)
})

test('a file with other bytes, or one that could be changed, is replaced', () => {
  const parent = temporaryFolder()
  const file = extract(parent)
  chmodSync(file, 0o700)
  writeFileSync(file, 'something else')
  chmodSync(file, 0o500)
  expect(readFileSync(extract(parent)).equals(ADDON)).toBe(true)
  chmodSync(file, 0o700)
  expect(lstatSync(extract(parent)).mode & PERMISSIONS).toBe(0o500)
})

test('a link in the file’s place is not followed', () => {
  const parent = temporaryFolder({ elsewhere: ADDON.toString() })
  mkdirSync(join(parent, OWN), { mode: 0o700 })
  symlinkSync(join(parent, 'elsewhere'), join(parent, OWN, `${SHA256}.node`))
  expect(() => extract(parent)).toThrow('ELOOP')
})

test('a folder that is a link, open to others, or of another user is passed by', () => {
  const [linked, open, good] = [temporaryFolder(), temporaryFolder(), temporaryFolder()]
  symlinkSync(good, join(linked, OWN))
  mkdirSync(join(open, OWN))
  chmodSync(join(open, OWN), 0o755)
  expect(extract(linked, open, good)).toBe(join(good, OWN, `${SHA256}.node`))
  expect(readdirSync(good)).toEqual([OWN])
})

test.runIf(USER === 0)('a folder that another user planted is passed by', () => {
  const [planted, good] = [temporaryFolder(), temporaryFolder()]
  mkdirSync(join(planted, OWN), { mode: 0o700 })
  chownSync(join(planted, OWN), 65_534, 65_534)
  expect(extract(planted, good)).toContain(good)
})

test('where no folder serves, each is told with its reason and with what to do', () => {
  const [first, second] = [temporaryFolder(), temporaryFolder({ [OWN]: 'a file' })]
  const missing = join(first, 'missing')
  expect(() => extract(missing, second)).toThrow(
    new RegExp(
      `${missing}: ENOENT\\n  ${second}: ${second}/${OWN} is not a folder of this user alone\\nSet KEYSMITH_NATIVE_DIR`,
    ),
  )
})

test('an executable whose addon is damaged writes nothing', () => {
  const parent = temporaryFolder()
  expect(() => extractEngine(Buffer.from('other bytes'), SHA256, [parent])).toThrow('is damaged')
  expect(readdirSync(join(parent, OWN))).toEqual([])
})

test('an addon that was laid ready is used where it is', () => {
  const ready = temporaryFolder({ 'uws.node': 'whoever loads it compares its checksum' })
  expect(extract(ready)).toBe(join(ready, 'uws.node'))
  expect(readdirSync(ready)).toEqual(['uws.node'])
})
