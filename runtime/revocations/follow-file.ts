import { watch, type FSWatcher } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

/** Tells that a file may have become another. */
export interface FileFollower {
  /** Looks again where the file lies: folders that were replaced, and links that were turned, are watched anew. */
  readonly refresh: () => Promise<void>
  readonly stop: () => void
}

/** Several changes that come together are one. */
const SETTLE_MS = 10

/**
 * Watches the folder of a file, and the folder that its links lead to: a file that is replaced by another of its name is still
 * the one meant. Where nothing can be watched, nothing is told: whoever asks must look for himself from time to time, too.
 *
 * @param onChange Called for whatever happens in these folders.
 */
export function followFile(path: string, onChange: () => void): FileFollower {
  const watchers = new Map<string, FSWatcher>()
  let timer: NodeJS.Timeout | null = null
  let isStopped = false

  const tellSoon = (): void => {
    timer ??= setTimeout(() => {
      timer = null
      onChange()
    }, SETTLE_MS)
  }
  return {
    refresh: async () => {
      const wanted = await foldersOf(path)
      if (isStopped) return
      for (const [identity, watcher] of watchers) {
        if (wanted.has(identity)) continue
        watcher.close()
        watchers.delete(identity)
      }
      for (const [identity, folder] of wanted) {
        if (watchers.has(identity)) continue
        const watcher = tryWatch(folder, tellSoon)
        if (watcher !== null) watchers.set(identity, watcher)
      }
    },
    stop: () => {
      isStopped = true
      if (timer !== null) clearTimeout(timer)
      for (const watcher of watchers.values()) watcher.close()
      watchers.clear()
    },
  }
}

/** By what tells a folder from another that took its name. */
async function foldersOf(path: string): Promise<Map<string, string>> {
  const folders = [dirname(resolve(path)), await orNull(realpath(path).then(dirname))]
  const found = new Map<string, string>()
  for (const folder of folders) {
    const stats = folder === null ? null : await orNull(stat(folder))
    if (folder !== null && stats !== null) found.set(`${stats.dev}:${stats.ino} ${folder}`, folder)
  }
  return found
}

/** A folder that is not there, or not for us, is not watched. */
async function orNull<Value>(value: Promise<Value>): Promise<Value | null> {
  return value.catch(() => null)
}

function tryWatch(folder: string, onChange: () => void): FSWatcher | null {
  try {
    return watch(folder, { persistent: false }, onChange).on('error', onChange)
  } catch {
    // No watches are left, or the folder has just gone: looking from time to time finds what changes.
    return null
  }
}
