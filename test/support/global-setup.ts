import { GROUPS, missingFor, type GroupName } from './needs.ts'

/** Under CI nothing may be skipped; elsewhere the run ends with one line that names what was. */
export default function setup(): () => void {
  // Safe: the names of an object that is declared with them.
  const names = Object.keys(GROUPS) as GroupName[]
  const skipped = names.filter((name) => missingFor(name).length > 0)
  const advice = [...new Set(skipped.flatMap(missingFor))].join('; ')
  if (skipped.length > 0 && process.env['CI'] !== undefined) throw new Error(`tests need ${advice}`)
  return () => {
    if (skipped.length > 0) process.stdout.write(`\nSkipped: ${skipped.join(', ')}. They need ${advice}.\n`)
  }
}
