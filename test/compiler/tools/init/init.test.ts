import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { init, type NewGateway } from '../../../../compiler/tools/init/init.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

function initIn(folder: string): NewGateway {
  return init(folder, { schemaFolder: resolve('schemas'), cwd: folder, atMs: Date.UTC(2026, 10, 22, 12) }, () => 0)
}

test.each(['.github/workflows/keysmith.yml', '.gitignore', 'README.md', 'gateway.yaml'])(
  '%s that is there already is not replaced, and nothing else is written',
  (file) => {
    const folder = temporaryFolder({ [file]: 'mine' })
    expect(() => initIn(folder)).toThrow(`${file} is there already. Nothing was written.`)
    expect(readFileSync(join(folder, file), 'utf8')).toBe('mine')
    const others = ['.github/workflows/keysmith.yml', '.gitignore', 'README.md', 'gateway.yaml'].filter(
      (name) => name !== file,
    )
    expect(others.filter((name) => existsSync(join(folder, name)))).toEqual([])
  },
)

test('when the last file cannot be written, the first are taken away again', () => {
  const folder = temporaryFolder()
  writeFileSync(join(folder, '.github'), 'a file where a folder is needed')
  expect(() => initIn(folder)).toThrow(/^Cannot write to /)
  expect(['.gitignore', 'README.md', 'gateway.yaml'].filter((name) => existsSync(join(folder, name)))).toEqual([])
})

test.each([
  { folder: 'My Gate.way 3', name: 'my-gate-way-3', prefix: 'mygateway3' },
  { folder: '7', name: 'gateway', prefix: 'key' },
  { folder: 'null', name: 'gateway', prefix: 'key' },
  { folder: 'Ä!', name: 'gateway', prefix: 'key' },
  { folder: '2-fast', name: '2-fast', prefix: 'fast' },
  { folder: 'x'.repeat(100), name: 'x'.repeat(64), prefix: 'x'.repeat(16) },
])('a folder "$folder" makes a gateway "$name" whose keys begin with "$prefix"', ({ folder, name, prefix }) => {
  const path = join(temporaryFolder(), folder)
  expect(initIn(path).secret.startsWith(`${prefix}_live_`)).toBe(true)
  expect(readFileSync(join(path, 'gateway.yaml'), 'utf8')).toContain(`\n  name: ${name}\n`)
})
