/** What the build makes of the page: how heavy it is, that nothing is inline, and that much of it costs little. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BuiltPage, buildPage } from '../../src/inspector/generate/page.ts'
import { type PageBench, pageBench } from '../support/inspector-page.ts'

describe('the files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kybern-built-'))
  let built: BuiltPage
  beforeAll(async () => {
    built = await buildPage(folder)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  /** Bytes of the files that an entry needs at once. */
  const weight = (): number => {
    const { outputs } = built.metafile
    const start = Object.keys(outputs).find((path) => path.endsWith(built.script)) as string
    const needed = new Set([start])
    for (const path of needed)
      for (const { path: next, kind } of outputs[path]?.imports ?? []) if (kind === 'import-statement') needed.add(next)
    const files = [...needed].map((path) => path.split('/').at(-1) as string)
    return [...files, built.style, 'index.html'].reduce(
      (sum, name) => sum + gzipSync(readFileSync(join(folder, name))).byteLength,
      0,
    )
  }

  it('weigh less than 600 kB compressed, the editor aside', () => {
    expect(weight()).toBeLessThan(600_000)
    // The editor is among what was built, and not among what is needed at once.
    const editor = Object.entries(built.metafile.outputs).filter(([, { inputs }]) =>
      Object.keys(inputs).some((path) => path.includes('@codemirror/view')),
    )
    expect(editor).toHaveLength(1)
    expect(editor[0]?.[0]).not.toContain(built.script)
  })

  it('have nothing inline and name nobody else', () => {
    const html = readFileSync(join(folder, 'index.html'), 'utf8')
    expect(html).not.toMatch(/<style|style=|onload=|<script(?![^>]*src=)/)
    expect(html).toContain(`src="${built.script}"`)
    // What workers and parts do, the policy of the other tests would tell.
    expect(/\beval\(|new Function\(/.test(readFileSync(join(folder, built.script), 'utf8'))).toBe(false)
    const style = readFileSync(join(folder, built.style), 'utf8')
    expect(style).not.toMatch(/url\((?!['"]?data:)|@import/)
  })
})

describe('at work', () => {
  let bench: PageBench
  beforeAll(async () => {
    bench = await pageBench()
  })
  afterAll(() => bench.close())

  it('shows a thousand pods that roll out', async () => {
    const page = await bench.open('?nodes=100')
    await page
      .getByRole('treeitem', { name: /node-1/ })
      .first()
      .waitFor()
    await page.keyboard.press('a')
    const template =
      'template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: a, image: nginx }] } }'
    const spec = `spec: { replicas: 1000, selector: { matchLabels: { app: web } }, ${template} }`
    await page
      .getByLabel('YAML to apply')
      .fill(`apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\n${spec}\n`)
    await page.getByRole('button', { name: 'Apply and settle' }).click()
    await page.getByText('1,109 rows').waitFor()
    expect(await page.locator('.label').count()).toBeLessThan(80)
    await page.context().close()
  })

  it('draws what is in view of 10,000 objects and 100,000 revisions', async () => {
    const page = await bench.open('feed.html?objects=10000&revisions=100000')
    await page.locator('.moment', { hasText: 'rev 100000' }).waitFor()
    await page.getByText('10,020 rows').waitFor()
    for (let i = 0; i < 30; i++) await page.keyboard.press('j')
    for (let i = 0; i < 10; i++) await page.keyboard.press('+')
    for (let i = 0; i < 10; i++) await page.keyboard.press('h')
    await page.keyboard.press('/')
    await page.keyboard.type('pod-77')
    await page.getByText('131 rows').waitFor()
    expect(await page.locator('.label').count()).toBeLessThan(80)
    await page.context().close()
  })
})
