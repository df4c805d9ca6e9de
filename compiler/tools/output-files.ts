import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CommandFault, fileFault } from '../command-fault.ts'
import { EXIT } from '../exit-codes.ts'
import { KEY_FILE, KEY_FILE_MARK } from '../6-emit/key-file.ts'
import { isGenerated } from '../6-emit/generated-mark.ts'
import { SCANNER_RULE_FILE } from '../6-emit/scanner-rule.ts'

/** What a config can compile to. One of them that a config no longer compiles to is left over. */
const OUTPUT_NAMES = ['table.ts', 'validators.js', 'validators.d.ts', SCANNER_RULE_FILE, KEY_FILE] as const

/** What a folder is to hold, by name: text, or bytes. */
export type OutputFiles = Readonly<Record<string, string | Uint8Array>>

/** What has to be done so that a folder holds what a config compiles to. */
export interface OutputChanges {
  /** Names of files that are missing or differ. */
  readonly write: readonly string[]
  /** Names of files that are left over. */
  readonly remove: readonly string[]
}

/**
 * Compares a folder with what a config compiles to.
 *
 * @throws A `CommandFault` when a file that would be replaced is not one of ours, or cannot be read.
 */
export function compareOutput(folder: string, files: OutputFiles): OutputChanges {
  const write: string[] = []
  const remove: string[] = []
  for (const name of OUTPUT_NAMES) {
    const wanted = files[name]
    const present = readOutput(join(folder, name))
    const isOurs = present === null || isOurFile(name, present)
    if (wanted !== undefined && !isOurs) throw notOurs(join(folder, name))
    if (wanted !== undefined && (present === null || !present.equals(asBytes(wanted)))) write.push(name)
    if (wanted === undefined && present !== null && isOurs) remove.push(name)
  }
  return { write, remove }
}

/**
 * Makes the changes: all files are written beside their place before the first takes it.
 *
 * @throws A `CommandFault` when the folder does not take them; then nothing in it has changed.
 */
export function writeOutput(folder: string, files: OutputFiles, changes: OutputChanges): void {
  const suffix = randomBytes(6).toString('hex')
  const pending = changes.write.map((name) => ({ from: join(folder, `.${name}.${suffix}`), to: join(folder, name) }))
  try {
    mkdirSync(folder, { recursive: true })
    for (const [i, { from }] of pending.entries())
      writeFileSync(from, files[changes.write[i] ?? ''] ?? '', { flag: 'wx' })
    for (const { from, to } of pending) renameSync(from, to)
    for (const name of changes.remove) rmSync(join(folder, name))
  } catch (error) {
    for (const { from } of pending) rmSync(from, { force: true })
    throw fileFault(`write to ${folder}`, error)
  }
}

/** A file's bytes, or null when there is none. */
function readOutput(path: string): Buffer | null {
  try {
    return readFileSync(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw fileFault(`read ${path}`, error)
  }
}

function isOurFile(name: string, bytes: Buffer): boolean {
  if (name === KEY_FILE) return bytes.subarray(0, KEY_FILE_MARK.length).toString('latin1') === KEY_FILE_MARK
  return isGenerated(bytes.toString())
}

function asBytes(content: string | Uint8Array): Uint8Array {
  return typeof content === 'string' ? Buffer.from(content) : content
}

function notOurs(path: string): CommandFault {
  return new CommandFault(
    EXIT.surroundings,
    `${path} was not written by "keysmith compile" and is left alone. Move it, or choose another folder with -o.`,
  )
}
