import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CommandFault, fileFault } from '../../command-fault.ts'
import { EXIT } from '../../exit-codes.ts'
import { GENERATOR, MANIFEST_NAME } from './manifest.ts'

export interface OutputFile {
  readonly name: string
  readonly content: string | Uint8Array
  readonly executable?: true
}

const EXECUTABLE = 0o755
const PLAIN = 0o644

/**
 * Puts files in place of those that an earlier build left in a folder: all are written beside their places before the first
 * takes its own, and a gateway that runs keeps those that it began with.
 *
 * @param names Every name that a build can write. What is left over of an earlier one goes.
 * @throws A `CommandFault` when the folder does not take them, or holds such a file that no build wrote: then nothing in it
 *         has changed.
 */
export function replaceOutput(folder: string, files: readonly OutputFile[], names: readonly string[]): void {
  requireOwn(folder, names)
  const suffix = randomBytes(6).toString('hex')
  const pending = files.map((file) => ({ ...file, from: join(folder, `.${file.name}.${suffix}`) }))
  try {
    mkdirSync(folder, { recursive: true })
    for (const { from, content, executable } of pending) {
      writeFileSync(from, content, { flag: 'wx' })
      // The process's own mask would leave out others, who may be who runs it.
      chmodSync(from, executable === true ? EXECUTABLE : PLAIN)
    }
    for (const { from, name } of pending) renameSync(from, join(folder, name))
    const written = new Set(files.map(({ name }) => name))
    for (const name of names) if (!written.has(name)) rmSync(join(folder, name), { force: true })
  } catch (error) {
    for (const { from } of pending) rmSync(from, { force: true })
    throw fileFault(`write to ${folder}`, error)
  }
}

/** A folder whose manifest says that a build wrote it is ours; in another one nothing may stand where we would write. */
function requireOwn(folder: string, names: readonly string[]): void {
  if (isOurs(join(folder, MANIFEST_NAME))) return
  const taken = names.find((name) => existsSync(join(folder, name)))
  if (taken === undefined) return
  throw new CommandFault(
    EXIT.surroundings,
    `${join(folder, taken)} was not written by "keysmith build" and is left alone. Move it, or choose another folder with -o.`,
  )
}

function isOurs(manifest: string): boolean {
  try {
    const value: unknown = JSON.parse(readFileSync(manifest, 'utf8'))
    return typeof value === 'object' && value !== null && 'generator' in value && value.generator === GENERATOR
  } catch (error) {
    if (error instanceof SyntaxError) return false
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return false
    throw fileFault(`read ${manifest}`, error)
  }
}
