import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    // A thread of the test runner would abort the process when a test leaves an app of the engine open.
    pool: 'forks',
    testTimeout: 20_000,
    hookTimeout: 20_000,
    // Tests that are run at one time are those that wait.
    maxConcurrency: 20,
  },
})
