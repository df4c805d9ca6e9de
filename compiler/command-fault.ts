import { EXIT, type ExitCode } from './exit-codes.ts'

/** What ends a command and is no bug: a message for the person who gave it. */
export class CommandFault extends Error {
  override readonly name = 'CommandFault'
  readonly exit: ExitCode

  constructor(exit: ExitCode, message: string) {
    super(message)
    this.exit = exit
  }
}

/** The command was used wrongly. */
export function usageFault(message: string): CommandFault {
  return new CommandFault(EXIT.usage, message)
}

/**
 * Puts a failed call of the file system into words.
 *
 * @param doing What was tried, such as "write gateway.yaml".
 */
export function fileFault(doing: string, error: unknown): CommandFault {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
  return new CommandFault(EXIT.surroundings, `Cannot ${doing}: ${REASONS[code] ?? code}.`)
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EEXIST: 'there is something of that name already',
  EISDIR: 'it is a folder',
  ENOENT: 'the folder does not exist',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is not a folder',
  EPERM: 'permission denied',
  EROFS: 'the disk is read-only',
}
