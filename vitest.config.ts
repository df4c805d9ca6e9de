import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'
import { ofMutant, replaceOnce } from './test/support/replacements.ts'

/** What a test imports of the runtime is that of the mutant, too. */
const mutant = {
  name: 'mutant',
  enforce: 'pre' as const,
  transform: (code: string, id: string): string =>
    ofMutant()
      .filter(({ file }) => id === resolve(import.meta.dirname, file))
      .reduce(replaceOnce, code),
}

export default defineConfig({
  plugins: [mutant],
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    // A thread of the test runner would abort the process when a test leaves an app of the engine open.
    pool: 'forks',
    // By itself it leaves a core free. Many files wait for what they have started, so there is room for one more.
    maxWorkers: '100%',
    testTimeout: 20_000,
    hookTimeout: 20_000,
    // Tests that are run at one time are those that wait.
    maxConcurrency: 20,
  },
})
