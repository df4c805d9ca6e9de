import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from './temporary-folder.ts'

/** A copy of an example that a test may change; gone when the test ends. */
export function exampleCopy(name: string): string {
  const folder = join(temporaryFolder(), name)
  cpSync(join('examples', name), folder, { recursive: true })
  return folder
}
