import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'

/** No config file that people edit is larger; more keys go to `keysFrom`. */
export const FILE_BYTES_MAX = 4 * 1024 * 1024

export type FileFault = {
  readonly fault: 'missing' | 'not-a-file' | 'too-large' | 'not-utf8' | 'unreadable'
  readonly detail: string
}

/**
 * Reads a text file whole. Refuses devices, pipes and folders, and anything over so many bytes, before reading it.
 *
 * @returns The text without a byte order mark, or what is wrong with the file.
 * @throws Nothing.
 */
export function readFile(path: string, bytesMax = FILE_BYTES_MAX): { readonly text: string } | FileFault {
  let descriptor: number
  try {
    // Without O_NONBLOCK, opening a named pipe would wait for its writer.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (error) {
    return faultOf(error)
  }
  try {
    const stat = fstatSync(descriptor)
    if (!stat.isFile()) return { fault: 'not-a-file', detail: stat.isDirectory() ? 'a folder' : 'a device or a pipe' }
    if (stat.size > bytesMax) return { fault: 'too-large', detail: `${stat.size} bytes` }
    return decode(readAll(descriptor, bytesMax), bytesMax)
  } catch (error) {
    return faultOf(error)
  } finally {
    closeSync(descriptor)
  }
}

/** Files such as those of /proc say size 0 and have content: the bound is kept while reading, too. */
function readAll(descriptor: number, bytesMax: number): Buffer {
  const chunks: Buffer[] = []
  let total = 0
  while (total <= bytesMax) {
    const chunk = Buffer.allocUnsafe(64 * 1024)
    const count = readSync(descriptor, chunk)
    if (count === 0) break
    chunks.push(chunk.subarray(0, count))
    total += count
  }
  return Buffer.concat(chunks)
}

function decode(bytes: Buffer, bytesMax: number): { readonly text: string } | FileFault {
  if (bytes.length > bytesMax) return { fault: 'too-large', detail: `over ${bytesMax} bytes` }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch {
    return { fault: 'not-utf8', detail: 'not UTF-8' }
  }
}

function faultOf(error: unknown): FileFault {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  if (code === 'ENOENT' || code === 'ENOTDIR') return { fault: 'missing', detail: code }
  return { fault: 'unreadable', detail: code }
}
