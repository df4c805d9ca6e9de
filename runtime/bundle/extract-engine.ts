import { createHash, randomBytes } from 'node:crypto'
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { StartFault } from '../start-faults.ts'

const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW, X_OK } = constants
const ADDON_FILE = 'uws.node'
const FOLDER_MODE = 0o700
const FILE_MODE = 0o500
const OTHERS_MASK = 0o077
const WRITE_MASK = 0o222

/** Where an executable's engine may be put, the first that takes it. */
function engineFolders(environment: Readonly<Record<string, string | undefined>> = process.env): string[] {
  const chosen = environment['KEYSMITH_NATIVE_DIR']
  return [...(chosen === undefined || chosen === '' ? [] : [chosen]), '/dev/shm', tmpdir(), dirname(process.execPath)]
}

/**
 * Writes the engine that an executable holds to a file: an addon can be loaded from nothing else. The file lies in a folder
 * that is this user's alone, and one that is there already is taken only when it is the same, byte for byte.
 *
 * @param sha256 Of the addon.
 * @param folders Where to, the first that takes it. One that has the addon in it already, under its own name, needs nothing
 *                written; whoever loads it compares its checksum.
 * @returns The file.
 * @throws A `StartFault` that says of each folder why it does not serve.
 */
export function extractEngine(addon: Uint8Array, sha256: string, folders = engineFolders()): string {
  const [first = ''] = folders
  if (existsSync(join(first, ADDON_FILE))) return join(first, ADDON_FILE)
  const reasons: string[] = []
  for (const folder of folders) {
    try {
      return extractTo(folder, addon, sha256)
    } catch (error) {
      if (error instanceof StartFault) throw error
      reasons.push(`  ${folder}: ${error instanceof Unfit ? error.message : codeOf(error)}`)
    }
  }
  const advice =
    'Set KEYSMITH_NATIVE_DIR to a folder where this user may write and files may be executed, or deploy gateway.mjs with the addon beside it.'
  throw new StartFault(['the engine can be written to none of these:', ...reasons, advice].join('\n'))
}

/** Why a folder does not serve. */
class Unfit extends Error {
  override readonly name = 'Unfit'
}

function extractTo(parent: string, addon: Uint8Array, sha256: string): string {
  const folder = join(parent, `keysmith-${process.geteuid?.() ?? 0}`)
  requireOwnFolder(folder)
  const file = join(folder, `${sha256}.node`)
  if (isSame(file, sha256)) return file
  if (digestOf(addon) !== sha256) throw new StartFault('the engine in this executable is damaged: copy it here again')
  const pending = join(folder, `.${randomBytes(8).toString('hex')}`)
  try {
    const descriptor = openSync(pending, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, FILE_MODE)
    try {
      writeFileSync(descriptor, addon)
      fchmodSync(descriptor, FILE_MODE)
    } finally {
      closeSync(descriptor)
    }
    renameSync(pending, file)
  } catch (error) {
    rmSync(pending, { force: true })
    throw error
  }
  if (!isSame(file, sha256)) throw new Unfit('what was written there is not what is read')
  return file
}

/** In a folder that anybody may write to, somebody else could have made ours, or a link in its place. */
function requireOwnFolder(folder: string): void {
  try {
    mkdirSync(folder, { mode: FOLDER_MODE })
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  }
  const stats = lstatSync(folder)
  if (!stats.isDirectory() || stats.uid !== process.geteuid?.() || (stats.mode & OTHERS_MASK) !== 0)
    throw new Unfit(`${folder} is not a folder of this user alone`)
}

/** True for a file that holds the very bytes, is nobody else's to change, and lies where files may be executed. */
function isSame(file: string, sha256: string): boolean {
  let descriptor: number
  try {
    descriptor = openSync(file, O_RDONLY | O_NOFOLLOW)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
  try {
    const stats = fstatSync(descriptor)
    const isOurs = stats.isFile() && stats.uid === process.geteuid?.() && (stats.mode & WRITE_MASK) === 0
    if (!isOurs || digestOf(readFileSync(descriptor)) !== sha256) return false
  } finally {
    closeSync(descriptor)
  }
  requireExecutable(file)
  return true
}

/** The kernel refuses this right for every file of a file system that is mounted noexec. */
function requireExecutable(file: string): void {
  try {
    accessSync(file, X_OK)
  } catch {
    throw new Unfit('files there may not be executed (noexec)')
  }
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}
