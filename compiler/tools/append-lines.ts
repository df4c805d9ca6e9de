import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs'
import { CommandFault, fileFault } from '../command-fault.ts'
import { EXIT } from '../exit-codes.ts'

const LINE_FEED = 0x0a

/**
 * Appends whole lines to a file, and to no line that was left without an end. A file that is not there is made; of a symbolic
 * link, what it leads to is appended to. On the disk when this returns.
 *
 * @returns True when the file was made.
 * @throws A `CommandFault`; then the file holds what it did.
 */
export function appendLines(path: string, lines: readonly string[]): { readonly isNew: boolean } {
  let descriptor: number | null = null
  try {
    const isNew = !existsSync(path)
    const { O_APPEND, O_CREAT, O_NONBLOCK, O_RDWR } = constants
    descriptor = openSync(path, O_RDWR | O_APPEND | O_CREAT | O_NONBLOCK, 0o644)
    const stats = fstatSync(descriptor)
    if (!stats.isFile()) throw new CommandFault(EXIT.surroundings, `${path} is no regular file.`)
    const isLineBegun = stats.size > 0 && lastByte(descriptor, stats.size) !== LINE_FEED
    writeWhole(descriptor, (isLineBegun ? '\n' : '') + lines.map((line) => line + '\n').join(''), stats.size)
    fsyncSync(descriptor)
    return { isNew }
  } catch (error) {
    throw error instanceof CommandFault ? error : fileFault(`write ${path}`, error)
  } finally {
    if (descriptor !== null) closeSync(descriptor)
  }
}

function lastByte(descriptor: number, size: number): number | undefined {
  const byte = Buffer.alloc(1)
  return readSync(descriptor, byte, 0, 1, size - 1) === 1 ? byte[0] : undefined
}

/** Half a line would be worse than none: what was begun is taken back when the rest does not fit on the disk. */
function writeWhole(descriptor: number, text: string, sizeBefore: number): void {
  const bytes = Buffer.from(text)
  let written = 0
  try {
    while (written < bytes.length) written += writeSync(descriptor, bytes, written)
  } catch (error) {
    if (fstatSync(descriptor).size === sizeBefore + written) ftruncateSync(descriptor, sizeBefore)
    throw error
  }
}
