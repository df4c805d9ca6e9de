import { readFileSync } from 'node:fs'
import type { SchemaValidateFunction } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { isAddress, parseAddressRange } from './addresses.ts'
import { parseInstant, quantityOf } from './units.ts'

/**
 * An ajv that knows the words in which the language's own JSON Schemas are written, with some of those schemas in it.
 *
 * @param folder   Where the schemas lie. Absolute.
 * @param sections Which of them, such as "units".
 * @throws When a schema is missing or broken: a bug of ours, not of the config.
 */
export function createSchemaAjv(folder: string, sections: readonly string[]): Ajv2020 {
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
  for (const section of sections) {
    ajv.addSchema(JSON.parse(readFileSync(`${folder}/${section}.schema.json`, 'utf8')))
  }
  return ajv
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

function isPattern(text: string): boolean {
  try {
    new RegExp(text, 'u')
    return true
  } catch {
    return false
  }
}
