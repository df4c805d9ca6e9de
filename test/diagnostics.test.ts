import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { APIS } from '../compiler/diagnostics/catalog/apis.ts'
import { CERTIFICATES } from '../compiler/diagnostics/catalog/certificates.ts'
import { EXPRESSIONS } from '../compiler/diagnostics/catalog/expressions.ts'
import { FILES } from '../compiler/diagnostics/catalog/files.ts'
import { IDENTITY } from '../compiler/diagnostics/catalog/identity.ts'
import { KEYS } from '../compiler/diagnostics/catalog/keys.ts'
import { NAMES } from '../compiler/diagnostics/catalog/names.ts'
import { OBJECTS } from '../compiler/diagnostics/catalog/objects.ts'
import { PROTECT } from '../compiler/diagnostics/catalog/protect.ts'
import { SIGNING } from '../compiler/diagnostics/catalog/signing.ts'
import { VALUES } from '../compiler/diagnostics/catalog/values.ts'
import { CATALOG, type DiagnosticCode } from '../compiler/diagnostics/catalog.ts'
import { formatText } from '../compiler/diagnostics/text.ts'
import { BESIDE, SURROUNDINGS } from './diagnostics/surroundings.ts'
import { checkFile } from './support/check.ts'

const FOLDER = 'test/diagnostics'
// Safe: the names of the object that the type is made from.
const CODES = Object.keys(CATALOG) as DiagnosticCode[]
const copies: string[] = []

afterAll(() => {
  for (const copy of copies) rmSync(copy, { recursive: true })
})

test('each code has exactly one fixture folder', () => {
  const folders = readdirSync(FOLDER, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  expect(folders.map(({ name }) => name).sort()).toEqual(CODES.toSorted())
})

test.each(CODES)('%s', async (code) => {
  const all = checkFile(join(fixtureOf(code), 'gateway.yaml'))
  const diagnostics = all.filter((diagnostic) => diagnostic.code !== BESIDE[code])
  expect(diagnostics.map((diagnostic) => diagnostic.code)).toEqual([code])
  const text = diagnostics.map((diagnostic) => formatText(diagnostic)).join('\n')
  await expect(text + '\n').toMatchFileSnapshot(`diagnostics/${code}/expected.txt`)
})

/** The folder of a code's fixture; a copy of it where files must be made that no repository should hold. */
function fixtureOf(code: DiagnosticCode): string {
  const folder = join(FOLDER, code)
  const make = SURROUNDINGS[code]
  if (make === undefined) return folder
  const copy = mkdtempSync(join(tmpdir(), 'keysmith-fixture-'))
  copies.push(copy)
  cpSync(folder, copy, { recursive: true, verbatimSymlinks: true })
  make(copy)
  return copy
}

test('no code stands in two parts of the catalog, where the later one would win', () => {
  const parts = [FILES, NAMES, APIS, KEYS, IDENTITY, OBJECTS, CERTIFICATES, PROTECT, SIGNING, EXPRESSIONS, VALUES].map(
    (part) => Object.keys(part),
  )
  expect(parts.flat()).toEqual(Object.keys(CATALOG))
})
