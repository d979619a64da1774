import { configDefaults, defineConfig } from 'vitest/config'
import { leftOut } from './test/support/browser.ts'

const withoutBrowser = leftOut(import.meta.dirname)
if (withoutBrowser.length > 0)
  console.warn(
    `No Chromium here: ${withoutBrowser.length} files of browser tests are left out (test/support/browser.ts)`,
  )

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...withoutBrowser],
    benchmark: { include: ['test/bench/**/*.bench.ts'] },
    // No test asserts a time: a busy machine only takes longer.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
  },
})
