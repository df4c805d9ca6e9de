import { lstatSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { parse } from 'yaml'
import { CommandFault, fileFault } from '../../command-fault.ts'
import { checkConfig, type CompileOptions } from '../../compile.ts'
import { EXIT } from '../../exit-codes.ts'
import { endText } from '../keys/end-text.ts'
import { digestOf, makeSecret } from '../keys/make-secret.ts'
import { initFiles } from './init-files.ts'
import { schemaPath } from './schema-path.ts'

/** Long enough that a new folder passes its own CI for most of a year. */
const FIRST_KEY_LIFE = '365d'
const NAME_CHARACTERS_MAX = 64
const PREFIX_CHARACTERS_MAX = 16

export interface NewGateway {
  /** Of its first key. */
  readonly secret: string
  /** Names of the files that were written. */
  readonly files: readonly string[]
}

/**
 * Writes a small gateway that runs into a folder, which is made when it is not there.
 *
 * @param folder Absolute.
 * @param pick   A random whole number from 0 to below its argument.
 * @throws A `CommandFault` when one of the files is there already, or cannot be written; then there is none of them.
 */
export function init(folder: string, options: CompileOptions, pick: (below: number) => number): NewGateway {
  const { name, prefix } = namesFor(basename(folder))
  const secret = makeSecret(prefix, 'live', pick)
  const files = initFiles({
    name,
    prefix,
    digest: digestOf(secret),
    expires: endText('--expires', FIRST_KEY_LIFE, options.atMs),
    schema: schemaPath(folder, options.schemaFolder),
  })
  requireSound(join(folder, 'gateway.yaml'), files['gateway.yaml'] ?? '', options)
  requireAbsent(folder, Object.keys(files))
  writeAll(folder, files)
  return { secret, files: Object.keys(files) }
}

/** Names that the language takes, as near to the folder's as they can be. */
function namesFor(folderName: string): { name: string; prefix: string } {
  const words = folderName.toLowerCase().match(/[a-z0-9]+/g) ?? []
  const name = words.join('-').slice(0, NAME_CHARACTERS_MAX)
  const prefix = words
    .join('')
    .replace(/^[0-9]+/, '')
    .slice(0, PREFIX_CHARACTERS_MAX)
  return { name: isText(name) ? name : 'gateway', prefix: isText(prefix) && prefix.length > 1 ? prefix : 'key' }
}

/** "7" and "null" would not be text in YAML. */
function isText(value: string): boolean {
  return typeof parse(value) === 'string'
}

/** What is written has no diagnostic, not even a warning. */
function requireSound(file: string, text: string, options: CompileOptions): void {
  const { diagnostics } = checkConfig(file, { ...options, texts: new Map([[file, text]]) })
  const [first] = diagnostics
  if (first !== undefined) throw new Error(`the new config has a diagnostic: ${first.code}: ${first.message}`)
}

function requireAbsent(folder: string, names: readonly string[]): void {
  const present = names.filter((name) => isThere(join(folder, name)))
  if (present.length === 0) return
  const verb = present.length === 1 ? 'is' : 'are'
  throw new CommandFault(EXIT.surroundings, `${present.join(', ')} ${verb} there already. Nothing was written.`)
}

/** What stands in the way of a folder is found when it is to be made. */
function isThere(path: string): boolean {
  try {
    lstatSync(path)
    return true
  } catch {
    return false
  }
}

function writeAll(folder: string, files: Readonly<Record<string, string>>): void {
  const written: string[] = []
  try {
    for (const [name, text] of Object.entries(files)) {
      const path = join(folder, name)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, text, { flag: 'wx' })
      written.push(path)
    }
  } catch (error) {
    for (const path of written) rmSync(path)
    throw fileFault(`write to ${folder}`, error)
  }
}
