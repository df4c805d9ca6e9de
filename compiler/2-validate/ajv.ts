import type { Ajv2020, ValidateFunction } from 'ajv/dist/2020.js'
import { createSchemaAjv } from './schema-ajv.ts'

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
  const ajv = createSchemaAjv(folder, SECTIONS)
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

function schemaOf(ajv: Ajv2020, id: string): ValidateFunction {
  const validate = ajv.getSchema(id)
  if (validate === undefined) throw new Error(`${id} is not there`)
  return validate
}
