import { readFileSync } from 'node:fs'
import type { SchemaValidateFunction } from 'ajv'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { isAddress, parseAddressRange } from './addresses.ts'
import { parseInstant, quantityOf } from './units.ts'

const SECTIONS = [
  'units',
  'limits',
  'settings',
  'upstream',
  'identity',
  'api',
  'ai',
  'tenant',
  'tenant-file',
  'include',
  'gateway',
] as const

/** Validators of the two kinds of file that people write. */
export interface ConfigValidators {
  readonly gateway: ValidateFunction
  readonly tenantFile: ValidateFunction
  /** A key of a file of keys: its id alone, and its other members. */
  readonly keyId: ValidateFunction
  readonly key: ValidateFunction
}

/**
 * Compiles the config's JSON Schemas.
 *
 * @param folder Where the schemas lie. Absolute.
 * @throws When a schema is missing or broken: a bug of ours, not of the config.
 */
export function compileSchemas(folder: string): ConfigValidators {
  const ajv = new Ajv2020({
    allErrors: true,
    verbose: true,
    allowUnionTypes: true,
    strictTuples: false,
    strictRequired: false,
  })
  // Notes for people and for one-cause.ts; they decide nothing.
  ajv.addVocabulary(['form', 'unit', 'words', 'hidden'])
  ajv.addKeyword({ keyword: 'notSupportedYet', schemaType: 'boolean', validate: () => false, errors: false })
  ajv.addKeyword({
    keyword: 'supportedValues',
    schemaType: 'array',
    validate: (supported: readonly unknown[], value: unknown) => supported.includes(value),
    errors: false,
  })
  ajv.addKeyword({
    keyword: 'atLeastOneOf',
    schemaType: 'array',
    type: 'object',
    validate: (names: readonly string[], value: object) => names.some((name) => Object.hasOwn(value, name)),
    errors: false,
  })
  ajv.removeKeyword('uniqueItems')
  ajv.addKeyword({ keyword: 'uniqueItems', type: 'array', schemaType: 'boolean', validate: uniqueItems, errors: true })
  ajv.addKeyword({ keyword: 'most', type: 'string', schemaType: 'string', validate: isAtMost, errors: false })
  ajv.addFormat('instant', (text) => parseInstant(text) !== null)
  ajv.addFormat('address', isAddress)
  ajv.addFormat('address-range', (text) => parseAddressRange(text) !== null)
  ajv.addFormat('regex', isPattern)
  for (const section of SECTIONS) {
    ajv.addSchema(JSON.parse(readFileSync(`${folder}/${section}.schema.json`, 'utf8')))
  }
  return {
    gateway: schemaOf(ajv, 'gateway.schema.json'),
    tenantFile: schemaOf(ajv, 'tenant-file.schema.json'),
    keyId: ajv.compile({
      type: 'object',
      required: ['id'],
      properties: { id: { $ref: 'units.schema.json#/$defs/name' } },
    }),
    key: schemaOf(ajv, 'tenant.schema.json#/$defs/key'),
  }
}

/** A text that is no quantity is told of by its pattern. */
function isAtMost(most: string, text: string): boolean {
  return (quantityOf(text) ?? 0) <= (quantityOf(most) ?? 0)
}

/** ajv's own compares each item with each; lists of a config hold texts and numbers, which can be looked up. */
const uniqueItems: SchemaValidateFunction = (isWanted: boolean, items: readonly unknown[]) => {
  const firsts = new Map<string, number>()
  for (const [i, item] of isWanted ? items.entries() : []) {
    const identity = JSON.stringify(item)
    const j = firsts.get(identity)
    if (j !== undefined) {
      uniqueItems.errors = [{ keyword: 'uniqueItems', params: { i, j }, message: 'names the same twice' }]
      return false
    }
    firsts.set(identity, i)
  }
  return true
}

function schemaOf(ajv: Ajv2020, id: string): ValidateFunction {
  const validate = ajv.getSchema(id)
  if (validate === undefined) throw new Error(`${id} is not there`)
  return validate
}

function isPattern(text: string): boolean {
  try {
    new RegExp(text, 'u')
    return true
  } catch {
    return false
  }
}
