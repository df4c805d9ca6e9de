import { describe } from 'vitest'
import { missingFor, type GroupName } from './needs.ts'

/** A group of tests that needs more than Node and npm packages. Skipped where that is missing; global-setup.ts says so. */
export function group(name: GroupName, tests: () => void): void {
  describe.skipIf(missingFor(name).length > 0)(name, tests)
}
