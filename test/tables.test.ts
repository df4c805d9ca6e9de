import { readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { SCANNER_RULE_FILE } from '../compiler/6-emit/scanner-rule.ts'
import { compile } from '../compiler/compile.ts'
import { AT_MS, SCHEMA_FOLDER, VALIDATORS, summaryOf } from './support/check.ts'

const FOLDER = 'test/tables'
const CASES = readdirSync(FOLDER)

test.each(CASES)('the table of %s is as it was reviewed', async (name) => {
  const { diagnostics, files } = await compileCase(name, AT_MS)
  expect(summaryOf(diagnostics)).toEqual([])
  for (const [file, text] of Object.entries(files ?? {})) {
    // One prefix is as good as another: it has its own test.
    if (file === SCANNER_RULE_FILE) continue
    await expect(text).toMatchFileSnapshot(`tables/${name}/${file}`)
  }
})

test.each(CASES)('the table of %s does not depend on the clock', async (name) => {
  const today = await compileCase(name, AT_MS)
  const inAges = await compileCase(name, Date.parse('2099-12-31T00:00:00Z'))
  expect(today.files).not.toBeNull()
  expect(inAges.files).toEqual(today.files)
})

function compileCase(name: string, atMs: number): ReturnType<typeof compile> {
  const cwd = resolve(FOLDER, name)
  return compile(`${cwd}/gateway.yaml`, { schemaFolder: SCHEMA_FOLDER, validators: VALIDATORS, atMs, cwd })
}
