import { join } from 'node:path'
import { expect, test } from 'vitest'
import { schemaPath } from '../../../../compiler/tools/init/schema-path.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const INSTALLED = { 'node_modules/keysmith/schemas/gateway.schema.json': '{}' }

test('the schema is that of the installation for the folder, or for one above', () => {
  const folder = temporaryFolder(INSTALLED)
  expect(schemaPath(folder, '/elsewhere/schemas')).toBe('./node_modules/keysmith/schemas/gateway.schema.json')
  expect(schemaPath(join(folder, 'a/b'), '/elsewhere/schemas')).toBe(
    '../../node_modules/keysmith/schemas/gateway.schema.json',
  )
})

test("inside of Keysmith's own folder it is the one there", () => {
  const folder = temporaryFolder({ 'schemas/gateway.schema.json': '{}' })
  expect(schemaPath(join(folder, 'examples/new'), join(folder, 'schemas'))).toBe('../../schemas/gateway.schema.json')
  expect(schemaPath(folder, join(folder, 'schemas'))).toBe('./schemas/gateway.schema.json')
})

test('where nothing is installed yet it is where it will be', () => {
  expect(schemaPath(temporaryFolder(), '/elsewhere/schemas')).toBe(
    './node_modules/keysmith/schemas/gateway.schema.json',
  )
})
