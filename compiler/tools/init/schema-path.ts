import { existsSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'

const SCHEMA_FILE = 'gateway.schema.json'
const INSTALLED = join('node_modules', 'keysmith', 'schemas', SCHEMA_FILE)

/**
 * Where an editor finds the language's schema, as a path from a folder: where Keysmith is installed for that folder or one
 * above it. Where it is not, the place in which it will be.
 *
 * @param folder       Absolute. It need not exist.
 * @param schemaFolder That of the program which runs. Absolute.
 */
export function schemaPath(folder: string, schemaFolder: string): string {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, INSTALLED))) return pathFrom(folder, join(at, INSTALLED))
    // A folder inside of Keysmith's own.
    if (at === dirname(schemaFolder)) return pathFrom(folder, join(schemaFolder, SCHEMA_FILE))
    if (at === dirname(at)) return pathFrom(folder, join(folder, INSTALLED))
  }
}

function pathFrom(folder: string, file: string): string {
  const path = relative(folder, file).split(sep).join('/')
  return path.startsWith('.') ? path : `./${path}`
}
