import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GROUPS, missingFor, type GroupName } from './needs.ts'
import { findLeaks, RUN_VARIABLE } from './run-record.ts'

/**
 * Under CI nothing may be skipped; elsewhere the run ends with one line that names what was. When all tests are over, what
 * their processes wrote is searched for the secrets that they were given: the run fails when there is one.
 */
export default function setup(): () => void {
  // Safe: the names of an object that is declared with them.
  const names = Object.keys(GROUPS) as GroupName[]
  const skipped = names.filter((name) => missingFor(name).length > 0)
  const advice = [...new Set(skipped.flatMap(missingFor))].join('; ')
  if (skipped.length > 0 && process.env['CI'] !== undefined) throw new Error(`tests need ${advice}`)
  const folder = mkdtempSync(join(tmpdir(), 'keysmith-run-'))
  process.env[RUN_VARIABLE] = folder
  return () => {
    if (skipped.length > 0) process.stdout.write(`\nSkipped: ${skipped.join(', ')}. They need ${advice}.\n`)
    const { leaks, secrets, bytes } = findLeaks(folder)
    rmSync(folder, { recursive: true })
    if (secrets > 0)
      process.stdout.write(`\n${bytes} bytes of output hold none of ${secrets} secrets: ${leaks.length === 0}\n`)
    if (leaks.length > 0) throw new Error(`secrets stand in what the tests wrote:\n${leaks.join('\n')}`)
  }
}
