import { statSync, watch, type FSWatcher } from 'node:fs'
import { readFile } from '../../1-load/read-file.ts'
import { foldersOf } from './folders-of.ts'

/** Editors write in several steps; what they leave in between is not looked at. */
const SETTLE_MS = 60

/** What files hold, by absolute path; null for one that cannot be read. */
export type FileTexts = ReadonlyMap<string, string | null>

export interface FileWatch {
  /** Watches these from now on, for something else than what was seen in them. */
  readonly watch: (seen: FileTexts) => void
  readonly stop: () => void
}

/**
 * Tells when one of some files holds something else than was seen. Folders are watched, not files: a file that is replaced by
 * another of its name, or reached by a link that is turned elsewhere, is still the one meant.
 *
 * @param onChange Called once for changes that come together, and again until `watch` is told what is there.
 * @param onBlind  Called for a folder that cannot be watched, with the reason.
 */
export function watchFiles(onChange: () => void, onBlind: (folder: string, reason: string) => void): FileWatch {
  const watchers = new Map<string, FSWatcher>()
  let seen: FileTexts = new Map()
  let timer: NodeJS.Timeout | null = null

  const look = (): void => {
    timer = null
    follow()
    if ([...seen].some(([path, text]) => textOf(path) !== text)) onChange()
  }
  const lookSoon = (): void => {
    if (timer === null) timer = setTimeout(look, SETTLE_MS)
    else timer.refresh()
  }
  /** Links may have turned, and a folder of the same name may be another one. */
  const follow = (): void => {
    const wanted = new Map([...seen.keys()].flatMap(foldersOf).map((folder) => [identityOf(folder), folder]))
    for (const [identity, watcher] of watchers) {
      if (wanted.has(identity)) continue
      watcher.close()
      watchers.delete(identity)
    }
    for (const [identity, folder] of wanted) {
      if (watchers.has(identity)) continue
      try {
        watchers.set(identity, watch(folder, lookSoon).on('error', lookSoon))
      } catch (error) {
        onBlind(folder, reasonOf(error))
      }
    }
  }

  return {
    watch: (next) => {
      seen = next
      follow()
      // What changed since it was seen came before anything watched.
      lookSoon()
    },
    stop: () => {
      if (timer !== null) clearTimeout(timer)
      for (const watcher of watchers.values()) watcher.close()
      watchers.clear()
      seen = new Map()
    },
  }
}

function textOf(path: string): string | null {
  const read = readFile(path)
  return 'text' in read ? read.text : null
}

/** Tells a folder from another that took its name. */
function identityOf(folder: string): string {
  try {
    const { dev, ino } = statSync(folder)
    return `${dev}:${ino} ${folder}`
  } catch (error) {
    return `${reasonOf(error)} ${folder}`
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}
