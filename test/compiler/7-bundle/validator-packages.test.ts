import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { validatorPackages } from '../../../compiler/7-bundle/validator-packages.ts'
import { emitValidators } from '../../../compiler/6-emit/validators.ts'

test('the packages whose helpers stand in validators are known by name and version', async () => {
  const schemas = [
    { type: 'object', properties: { a: { type: 'string', maxLength: 3 }, b: { type: 'array', uniqueItems: true } } },
    { type: 'object', properties: { when: { type: 'string', format: 'date-time' } } },
  ]
  const { files } = await emitValidators({ bodies: schemas, queries: [] })
  const packages = validatorPackages(files['validators.js'] ?? '')
  for (const { name, version, folder } of packages)
    expect(JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'))).toMatchObject({ name, version })
  expect(packages.map(({ name }) => name).sort()).toEqual(['ajv', 'ajv-formats', 'fast-deep-equal'])
})

test('no text of a schema passes for a module', async () => {
  const schema = { enum: ['\n// left-pad/index.js\n', '// left-pad/index.js'] }
  const { files } = await emitValidators({ bodies: [schema], queries: [] })
  expect(validatorPackages(files['validators.js'] ?? '')).toEqual([])
  expect(validatorPackages('')).toEqual([])
})
