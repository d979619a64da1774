/**
 * The system's Chromium, driven by playwright-core, which downloads nothing. `CHROMIUM` names another one; `.ci/run`
 * installs Debian's package where there is none. Where there is no browser the tests that need one are left out, unless
 * `BROWSER_TESTS=required` demands them.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { Browser } from 'playwright-core'

const places = [
  ...['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable'],
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** Where the browser is, if there is one. A path that CHROMIUM names counts alone. */
export function findBrowser(env: Readonly<Record<string, string | undefined>> = process.env): string | undefined {
  const named = env.CHROMIUM ?? ''
  return (named === '' ? places : [named]).find((path) => existsSync(path))
}

/** Test files that need a browser: those that open the page. */
export function browserTests(root: string): string[] {
  const files = readdirSync(`${root}/test`, { recursive: true, encoding: 'utf8' })
    .map((path) => `test/${path.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.test.ts'))
  return files.filter((file) =>
    /from '[^']*support\/inspector-page\.ts'|\blaunchBrowser\b/.test(readFileSync(`${root}/${file}`, 'utf8')),
  )
}

/** Test files to leave out here: none where a browser is found or demanded. */
export function leftOut(root: string, env: Readonly<Record<string, string | undefined>> = process.env): string[] {
  return findBrowser(env) !== undefined || env.BROWSER_TESTS === 'required' ? [] : browserTests(root)
}

/** A headless browser; whoever launches it closes it. Throws with what to do when there is none. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = findBrowser()
  if (executablePath === undefined)
    throw new Error('no Chromium: install one (Debian: apt-get install chromium), or name it in CHROMIUM')
  const { chromium } = await import('playwright-core')
  return chromium.launch({ executablePath, args: ['--no-sandbox'] })
}
