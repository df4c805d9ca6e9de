import { existsSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import type { RuntimeModule } from '../../../schemas/start.ts'
import { CommandFault } from '../../command-fault.ts'
import { EXIT } from '../../exit-codes.ts'

/**
 * Loads the runtime, which is a program of its own: the compiler knows it by its file.
 *
 * @param file The runtime's built main file. Absolute.
 */
export async function loadRuntime(file: string): Promise<RuntimeModule> {
  if (!existsSync(file)) {
    throw new CommandFault(EXIT.surroundings, `${file} is missing. Keysmith is not installed whole: install it again.`)
  }
  // Safe: the file is built together with this one, and its start function has the type that both know.
  return (await import(pathToFileURL(file).href)) as RuntimeModule
}
