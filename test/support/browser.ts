/**
 * The system's Chromium, driven by playwright-core, which downloads nothing. `CHROMIUM` names another one; `.ci/run`
 * installs Debian's package where there is none.
 */
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const places = [
  ...['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable'],
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** Where the browser is. Throws with what to do when there is none: a test without its browser has not passed. */
export function chromiumPath(): string {
  const found = [process.env.CHROMIUM ?? '', ...places].find((path) => path !== '' && existsSync(path))
  if (found === undefined)
    throw new Error('no Chromium: install one (Debian: apt-get install chromium), or name it in CHROMIUM')
  return found
}

/** A headless browser. Whoever launches it closes it. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox'] })
}
