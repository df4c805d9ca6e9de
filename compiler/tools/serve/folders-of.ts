import { lstatSync, readlinkSync } from 'node:fs'
import { parse, resolve, sep } from 'node:path'

/** A chain of links that is longer leads nowhere: the kernel's own bound. */
const LINKS_MAX = 40

/**
 * The folders in which something would have to happen for a file to become another: its own, and that of each symbolic link
 * on the way to it. Where the way ends early, the last folder that is there.
 *
 * @param path Absolute.
 */
export function foldersOf(path: string): string[] {
  const folders = new Set<string>()
  follow(path, folders, LINKS_MAX)
  return [...folders]
}

function follow(path: string, folders: Set<string>, linksLeft: number): void {
  const { root } = parse(path)
  let folder = root
  const segments = path.slice(root.length).split(sep)
  for (const [i, segment] of segments.entries()) {
    const next = resolve(folder, segment)
    const link = linkAt(next)
    if (link === 'missing') break
    if (link !== null) {
      folders.add(folder)
      if (linksLeft > 0) follow(resolve(folder, link, ...segments.slice(i + 1)), folders, linksLeft - 1)
      return
    }
    if (i < segments.length - 1) folder = next
  }
  folders.add(folder)
}

/** Where a symbolic link leads, or null for anything else. */
function linkAt(path: string): string | null | 'missing' {
  try {
    return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : null
  } catch {
    // Unreadable is as good as not there: the compiler will say what is wrong with it.
    return 'missing'
  }
}
