import type { LoadedPath, LoadedTable, TreeNode } from './load-table.ts'

/** Where the parameters of a path stand in it: start and end of each, in the path's own order. */
export type Parameters = number[]

const SLASH = 0x2f

/**
 * Finds the path that a request's path has. Segments are compared left to right: a literal before a parameter before the
 * rest, going back when a branch has no end. One trailing slash makes no difference.
 *
 * @param path       In its one form.
 * @param parameters Filled with the places of the parameters.
 */
export function matchPath(table: LoadedTable, path: string, parameters: Parameters): LoadedPath | null {
  parameters.length = 0
  const end = path.length > 1 && path.charCodeAt(path.length - 1) === SLASH ? path.length - 1 : path.length
  return walk(table.root, path, 1, end, parameters)
}

/** @param start Behind the slash that begins the next segment; beyond the end when there is none. */
function walk(node: TreeNode, path: string, start: number, end: number, parameters: Parameters): LoadedPath | null {
  if (start >= end) {
    if (node.end !== null) return node.end
    if (node.rest === null) return null
    parameters.push(path.length, path.length)
    return node.rest
  }
  const slash = path.indexOf('/', start)
  const stop = slash < 0 || slash > end ? end : slash

  const literal = node.literals?.get(path.slice(start, stop))
  if (literal !== undefined) {
    const found = walk(literal, path, stop + 1, end, parameters)
    if (found !== null) return found
  }
  if (node.parameter !== null) {
    const depth = parameters.push(start, stop)
    const found = walk(node.parameter, path, stop + 1, end, parameters)
    if (found !== null) return found
    parameters.length = depth - 2
  }
  if (node.rest === null) return null
  parameters.push(start, path.length)
  return node.rest
}
