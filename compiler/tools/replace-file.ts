import { randomBytes } from 'node:crypto'
import { chmodSync, readFileSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { CommandFault, fileFault } from '../command-fault.ts'
import { EXIT } from '../exit-codes.ts'

const PERMISSIONS = 0o7777
const BYTE_ORDER_MARK = '\ufeff'

/**
 * Puts an edited text in the place of a file, whole or not at all. Permissions stay; of a symbolic link, what it leads to is
 * replaced.
 *
 * @param before What the edit began from, without a byte order mark: a file that has changed since is left alone.
 * @throws A `CommandFault`; then the file is as it was.
 */
export function replaceFile(path: string, before: string, after: string): void {
  const suffix = randomBytes(6).toString('hex')
  let pending: string | null = null
  try {
    const target = realpathSync(path)
    const current = readFileSync(target, 'utf8')
    const mark = current.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : ''
    if (current !== mark + before) throw new CommandFault(EXIT.surroundings, `${path} changed meanwhile. Try again.`)
    const { mode } = statSync(target)
    pending = `${target}.${suffix}`
    writeFileSync(pending, mark + after, { flag: 'wx', mode: mode & PERMISSIONS })
    // The process's own mask has been taken off above.
    chmodSync(pending, mode & PERMISSIONS)
    renameSync(pending, target)
  } catch (error) {
    if (pending !== null) rmSync(pending, { force: true })
    throw error instanceof CommandFault ? error : fileFault(`write ${path}`, error)
  }
}
