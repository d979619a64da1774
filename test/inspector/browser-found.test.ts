/** Which tests run where there is no browser. */
import { expect, it } from 'vitest'
import { browserTests, findBrowser, leftOut } from '../support/browser.ts'

const root = process.cwd()
const nowhere = { CHROMIUM: '/nowhere/chromium' }

it('leaves out what opens the page, and nothing else', () => {
  const files = leftOut(root, nowhere)
  expect(files).toContain('test/inspector/page-flow.test.ts')
  expect(files).toContain('test/inspector/page.test.ts')
  expect(files).not.toContain('test/inspector/page-parts.test.ts')
  expect(files.filter((file) => !file.startsWith('test/inspector/page'))).toEqual([])
})

it('leaves out nothing where a browser is found, or demanded', () => {
  expect(leftOut(root, { CHROMIUM: process.execPath })).toEqual([])
  expect(leftOut(root, { ...nowhere, BROWSER_TESTS: 'required' })).toEqual([])
  expect(findBrowser(nowhere)).toBeUndefined()
  expect(browserTests(root).length).toBeGreaterThan(3)
})
