/** The page as it is built, with a worker beside it that runs what a test wants to look at. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { type BuiltPage, buildPage } from '../../src/inspector/generate/page.ts'
import { launchBrowser } from './browser.ts'
import { type StaticServer, serveFolder } from './static-server.ts'

export interface PageBench {
  readonly built: BuiltPage
  readonly browser: Browser
  readonly server: StaticServer
  /** Opens the page: `?nodes=5` over a cluster, `feed.html?objects=10` over a made-up run; or one served elsewhere. */
  open(address?: string, options?: BrowserContextOptions, at?: string): Promise<Page>
  /** Complaints of pages so far: errors, and what the policy refused. */
  readonly complaints: string[]
  /** Addresses asked for outside the server. */
  readonly strangers: string[]
  close(): Promise<void>
}

/** Builds the page, and one over the worker of test/inspector/bench, into a folder of their own, and serves it. */
export async function pageBench(): Promise<PageBench> {
  const folder = mkdtempSync(join(tmpdir(), 'kybern-page-'))
  const built = await buildPage(folder)
  await build({
    entryPoints: [join(import.meta.dirname, '../inspector/bench/feed-worker.ts')],
    ...{ outdir: folder, bundle: true, format: 'esm', platform: 'browser', target: 'es2022', minify: true },
    ...{ mainFields: ['module', 'main'], logLevel: 'warning' },
    define: { 'process.env.NODE_ENV': '"production"' },
  })
  const html = readFileSync(join(folder, 'index.html'), 'utf8')
  writeFileSync(join(folder, 'feed.html'), html.replace(built.worker, 'feed-worker.js'))
  const [server, browser] = [await serveFolder(folder), await launchBrowser()]
  const complaints: string[] = []
  const strangers: string[] = []
  return {
    ...{ built, browser, server, complaints, strangers },
    async open(address = '', options = {}, at = server.url) {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options })
      context.setDefaultTimeout(6000)
      const page = await context.newPage()
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text())
      })
      page.on('pageerror', (error) => complaints.push(String(error.stack)))
      page.on('request', (request) => {
        if (!/^(blob|data):/.test(request.url()) && !request.url().startsWith(server.url)) strangers.push(request.url())
      })
      await page.goto(at + address)
      return page
    },
    async close() {
      await browser.close()
      await server.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
