import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { EngineFile, Host } from '../../schemas/start.ts'
import { StartFault } from '../start-faults.ts'
import { PINNED_ENGINES, type PinnedEngine } from './pinned.ts'
import type { Engine } from './types.ts'

/** Where an addon that lies outside node_modules is looked for. */
const FOLDER_VARIABLE = 'KEYSMITH_NATIVE_DIR'
const ADDON_FILE = 'uws.node'

/** The Node and machine that run this. */
export function thisHost(): Host {
  return { nodeMajor: Number(process.versions.node.split('.')[0]), platform: `${process.platform}-${process.arch}` }
}

/**
 * Finds the engine that fits this Node and compares its file with the pinned checksum. Once a process: threads open it.
 *
 * @param ownFile Where it lies when it is not installed; left out, it is one of Keysmith's packages.
 * @returns The addon's path.
 * @throws StartFault that says what to install, when there is none or when it is not the pinned one.
 */
export function findEngine(host: Host = thisHost(), ownFile?: string): string {
  const pinned = pinnedFor(host)
  const path = findAddon(pinned, ownFile)
  const sha256 = createHash('sha256').update(readAddon(path)).digest('hex')
  if (sha256 === pinned.sha256) return path
  throw new StartFault(
    `the engine ${path} is not the one that Keysmith was built with (SHA-256 ${sha256}, expected ${pinned.sha256}): ${ownFile === undefined ? 'run "npm ci"' : 'build the bundle anew'}, or set ${FOLDER_VARIABLE} to a folder with the right ${ADDON_FILE}`,
  )
}

/**
 * The engine for a Node that need not be this one, to be taken along.
 *
 * @throws StartFault as `findEngine` does.
 */
export function engineFileFor(host: Host): EngineFile {
  const { version, sha256 } = pinnedFor(host)
  return { path: findEngine(host), version, sha256 }
}

/**
 * Opens the addon that `findEngine` found.
 *
 * `UWS_HTTP_MAX_HEADERS_SIZE` must be in the process's environment before: the addon reads it once.
 *
 * @throws StartFault when it does not load here.
 */
export function openEngine(path: string): Engine {
  const module = { exports: {} }
  try {
    process.dlopen(module, path)
  } catch (error) {
    const message = messageOf(error)
    const hint = /GLIBC/.test(message)
      ? "this system's C library is older than the engine needs: use Node 20 or 22, or a newer system"
      : `the folder may forbid execution (noexec), or the system is not glibc: set ${FOLDER_VARIABLE} to a folder where addons may be loaded`
    throw new StartFault(`the engine ${path} does not load (${message}): ${hint}`)
  }
  // Safe: the file's checksum says that it is the addon whose calls types.ts describes.
  const engine = module.exports as Engine
  engine._cfg('silent')
  return engine
}

export function pinnedFor(host: Host): PinnedEngine {
  const pinned = PINNED_ENGINES.find(
    (engine) => engine.nodeMajor === host.nodeMajor && engine.platform === host.platform,
  )
  if (pinned !== undefined) return pinned
  const tried = PINNED_ENGINES.map((engine) => `${engine.platform} with Node ${engine.nodeMajor}`).join(', ')
  throw new StartFault(
    `there is no engine for ${host.platform} with Node ${host.nodeMajor}; there are ones for ${tried}`,
  )
}

function findAddon(pinned: PinnedEngine, ownFile: string | undefined): string {
  const folder = process.env[FOLDER_VARIABLE]
  if (folder !== undefined && folder !== '') {
    const chosen = join(folder, ADDON_FILE)
    if (ownFile === undefined || existsSync(chosen)) return chosen
  }
  if (ownFile !== undefined) return ownFile
  try {
    return createRequire(import.meta.url).resolve(`${pinned.name}/${ADDON_FILE}`)
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error)
    throw new StartFault(
      `the engine "${pinned.name}" is not installed (${reason}): npm takes it where there is glibc, for the Node that runs npm; run "npm ci" with Node ${pinned.nodeMajor}, or set ${FOLDER_VARIABLE} to a folder that holds its ${ADDON_FILE}`,
    )
  }
}

function readAddon(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (error) {
    throw new StartFault(`the engine ${path} cannot be read (${messageOf(error)})`)
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
