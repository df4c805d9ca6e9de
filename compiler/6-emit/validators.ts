import { build } from 'esbuild'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import type { ValidatorSchemas } from '../5-lower/draft.ts'
import { createBodyAjv } from './body-ajv.ts'
import { GENERATED_MARK } from './generated-mark.ts'

export interface EmittedValidators {
  /** What validators.js exports. */
  readonly names: readonly string[]
  /** validators.js and its types; nothing when there is nothing to validate. */
  readonly files: Readonly<Record<string, string>>
}

/**
 * Compiles schemas to validators as plain functions: ajv's standalone code, bundled into a module without imports.
 *
 * @throws When a schema does not compile: check has looked at all of them before.
 */
export async function emitValidators(schemas: ValidatorSchemas): Promise<EmittedValidators> {
  const named = [
    ...schemas.bodies.map((schema, i) => [`body${i}`, schema] as const),
    ...schemas.queries.map((schema, i) => [`query${i}`, schema] as const),
  ]
  const names = named.map(([name]) => name)
  if (names.length === 0) return { names, files: {} }
  return { names, files: { 'validators.js': await bundleStandalone(named), 'validators.d.ts': typesOf(names) } }
}

async function bundleStandalone(named: readonly (readonly [name: string, schema: unknown])[]): Promise<string> {
  const { default: standalone } = await import('ajv/dist/standalone/index.js')
  const ajv = createBodyAjv()
  const refs: Record<string, string> = {}
  for (const [name, schema] of named) {
    const key = `keysmith:${name}`
    // Safe: check has compiled every schema, so it is an object or a boolean.
    ajv.addSchema(schema as object, key)
    refs[name] = key
  }
  const code = standalone.default(ajv, refs)
  const result = await build({
    stdin: { contents: code, resolveDir: ajvFolder(), loader: 'js' },
    // Paths of the helpers stand in the text: the same on every machine, wherever the packages lie.
    absWorkingDir: dirname(ajvFolder()),
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['main'],
    write: false,
    charset: 'utf8',
    banner: { js: `${GENERATED_MARK}. Do not edit.` },
    logLevel: 'silent',
  })
  return result.outputFiles[0]?.text ?? ''
}

/** Where the generated code finds the few helpers that it requires. */
function ajvFolder(): string {
  return dirname(createRequire(import.meta.url).resolve('ajv/package.json'))
}

function typesOf(names: readonly string[]): string {
  return [
    `${GENERATED_MARK}. Do not edit.`,
    "import type { Validator } from 'keysmith/table'",
    ...names.map((name) => `export const ${name}: Validator`),
    '',
  ].join('\n')
}
