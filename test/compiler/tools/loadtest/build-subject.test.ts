import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { checkConfig } from '../../../../compiler/compile.ts'
import { buildSubject, type Subject } from '../../../../compiler/tools/loadtest/build-subject.ts'
import { SCHEMA_FOLDER, VALIDATORS } from '../../../support/check.ts'

async function built(example: string, changes: { readonly withoutIdentities?: true } = {}): Promise<Subject> {
  const file = join('examples', example, 'gateway.yaml')
  const options = { cwd: resolve('.'), schemaFolder: SCHEMA_FOLDER, validators: VALIDATORS, atMs: Date.now() }
  const { linked, findSpan } = checkConfig(file, options)
  if (linked === null) throw new Error(`${file} has errors`)
  const routes = linked.routes.map((route) => ({ ...route, identities: [] }))
  const config = changes.withoutIdentities === true ? { ...linked, identities: [], routes } : linked
  const request = { file, findSpan, runtimeFile: resolve('dist/runtime/main.js'), version: '0.0.0' }
  return buildSubject({ ...request, written: linked, config })
}

test('the runtime is the one that is deployed: without what the config does not ask for, and without its table', async () => {
  const { code, script, engineFile } = await built('quickstart')
  expect(script).toContain('corner-shop')
  expect(code).not.toContain('corner-shop')
  expect(code).toContain('startGateway')
  expect(code).not.toContain('key-fetcher.ts')
  expect(existsSync(engineFile)).toBe(true)
})

test('what only a load test does without is there nevertheless', async () => {
  const { code } = await built('tokens', { withoutIdentities: true })
  expect(code).toContain('key-fetcher.ts')
})
