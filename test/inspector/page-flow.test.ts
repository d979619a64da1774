/**
 * One long way through the page by keys alone, on the static page with its cluster in the tab and on the page that a
 * program serves: apply, watch, open, kill, advance, go back, fork, compare, and copy it all as a test that passes.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { inspect } from '../../src/edge/inspect.ts'
import { createCluster } from '../../src/index.ts'
import { lessons } from '../../src/inspector/lessons/index.ts'
import { type PageBench, pageBench } from '../support/inspector-page.ts'

let bench: PageBench

beforeAll(async () => {
  bench = await pageBench()
})
afterAll(() => bench.close())

/** The keys of a user who knows the page. */
class Hands {
  readonly page: Page

  constructor(page: Page) {
    this.page = page
  }

  row(name: string | RegExp) {
    return this.page.getByRole('treeitem', { name })
  }

  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key)
  }

  /** Chooses the first row of a name among those of a filter, and lifts the filter again. */
  async choose(filter: string, name: RegExp): Promise<void> {
    await this.press('Escape', 'Escape', 'Escape')
    await this.press('/')
    await this.page.keyboard.type(filter)
    await this.press('Enter')
    await this.row(/^Control plane/).waitFor({ state: 'detached' })
    await this.pressUntil('j', () => this.page.getByRole('treeitem', { name, selected: true }).count())
    await this.press('/', 'Escape')
    await this.row(/^Control plane/).waitFor()
  }

  /** Presses a key again until what is looked for is there. */
  async pressUntil(key: string, there: () => Promise<number>): Promise<void> {
    for (let i = 0; i < 40 && (await there()) === 0; i++) {
      await this.press(key)
      await this.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
    }
    expect(await there()).toBeGreaterThan(0)
  }

  async act(words: string, value?: string): Promise<void> {
    await this.press('.')
    await this.page.locator('[role=combobox]:focus').waitFor()
    await this.page.keyboard.type(words)
    await this.press('Enter')
    if (value !== undefined) {
      await this.page.locator('form.ask input:focus').waitFor()
      await this.page.keyboard.type(value)
      await this.press('Enter')
    }
    await this.page.getByRole('dialog').waitFor({ state: 'detached' })
  }

  async apply(text: string): Promise<void> {
    await this.press('a')
    await this.page.getByLabel('YAML to apply').waitFor()
    await this.page.keyboard.insertText(text)
    await this.press('Control+Enter')
    await this.page.getByRole('dialog').waitFor({ state: 'detached' })
  }
}

const article = readFileSync('fixtures/nginx-deployment.yaml', 'utf8')

async function rollOut(hands: Hands): Promise<void> {
  await hands.row('Node node-1, ready.schedulable').waitFor()
  await hands.apply(article)
  await hands
    .row(/^Pod nginx-deployment-\w+-\w+, starting/)
    .nth(2)
    .waitFor()
  await hands.act('settle')
  await hands
    .row(/^Pod nginx-deployment-\w+-\w+, running\.ready/)
    .nth(2)
    .waitFor()
  expect(await hands.row(/^Pod nginx-deployment/).count()).toBe(3)
}

async function openPod(hands: Hands): Promise<void> {
  await hands.choose('kind:pod', /^Pod nginx/)
  await hands.press('Enter')
  await hands.page.locator('.statechart .state.active .name', { hasText: 'ready' }).first().waitFor()
  expect(await hands.page.locator('.statechart .state.active > .name').allTextContents()).toEqual(['running', 'ready'])
  await hands.press('Escape')
}

async function killNode(hands: Hands): Promise<void> {
  await hands.choose('kind:node', /^Node node-1/)
  await hands.act('kill it')
  await hands.row(/^Node node-\d, dead/).waitFor()
  await hands.act('advance', '8m')
  await hands.page.locator('.moment', { hasText: '+8m' }).waitFor()
  await hands
    .row(/^Pod nginx-deployment-\w+-\w+, running\.ready(?! · deleting)/)
    .nth(2)
    .waitFor()
  expect(await hands.row(/^Pod nginx-deployment/).count()).toBeGreaterThan(3)
}

async function goBack(hands: Hands): Promise<void> {
  await hands.press('Home')
  await hands
    .row(/^Pod nginx-deployment-\w+-\w+, not there yet/)
    .nth(2)
    .waitFor()
  await hands.pressUntil('l', () => hands.row('Node node-1, ready.schedulable').count())
  expect(await hands.row(/^Pod nginx-deployment-\w+-\w+, not there yet/).count()).toBeGreaterThan(3)
  await hands.press('End')
  await hands.page.locator('.moment .live.on').waitFor()
}

async function forkAndCompare(hands: Hands): Promise<void> {
  await hands.act('fork here')
  await hands.page.getByLabel('Cluster', { exact: true }).waitFor()
  await hands.choose('kind:deployment', /^Deployment nginx/)
  await hands.act('scale', '5')
  await hands.act('settle')
  await hands.press('4')
  await hands.page.locator('.differences li').first().waitFor()
  const changed = await hands.page.locator('.differences .where-both summary b').allTextContents()
  expect(changed).toContain('nginx-deployment')
  expect(await hands.page.locator('.differences .where-second summary b').count()).toBe(2)
  await hands.press('1')
}

/** Copies what was done as a test, and runs it. */
async function copied(hands: Hands, name: string): Promise<void> {
  await hands.act('copy as test').catch(() => undefined)
  const program = hands.page.locator('.program')
  await program.getByText('createCluster').first().waitFor()
  const text = (await program.textContent()) ?? ''
  await hands.press('Escape')
  const folder = join(import.meta.dirname, `flow-${name}-${process.pid}`)
  mkdirSync(folder)
  try {
    writeFileSync(join(folder, 'copied.test.ts'), text.replace("'kybern'", "'../../../src/index.ts'"))
    const args = ['node_modules/vitest/vitest.mjs', 'run', join(folder, 'copied.test.ts')]
    const output = execFileSync(process.execPath, args, {
      encoding: 'utf8',
      stdio: 'pipe',
      env: { ...process.env, NO_COLOR: '1' },
    })
    expect(output).toMatch(/Tests\s+1 passed/)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function wholeWay(page: Page, name: string): Promise<void> {
  const hands = new Hands(page)
  await rollOut(hands)
  await openPod(hands)
  await killNode(hands)
  await goBack(hands)
  await forkAndCompare(hands)
  await copied(hands, name)
  expect(bench.complaints).toEqual([])
}

it('the static page, its cluster in the tab', async () => {
  const page = await bench.open()
  await wholeWay(page, 'tab')
  expect(bench.strangers).toEqual([])
  await page.context().close()
})

it('the page that a program serves', async () => {
  await using cluster = await createCluster({ nodes: 3, seed: 7 })
  const inspector = await inspect(cluster, { page: bench.built.folder })
  try {
    const page = await bench.open('', {}, inspector.url)
    await wholeWay(page, 'served')
    expect(bench.strangers.filter((url) => !url.startsWith(new URL(inspector.url).origin))).toEqual([])
    expect(cluster.get('Deployment', 'nginx-deployment')?.status.readyReplicas).toBe(3)
    await page.context().close()
  } finally {
    await inspector.close()
  }
})

it('the three lessons, each to its end', async () => {
  const page = await bench.open()
  const hands = new Hands(page)
  await hands.row('Node node-1, ready.schedulable').waitFor()
  for (const { title, steps } of lessons) {
    await hands.act('lessons')
    const panel = page.getByRole('region', { name: 'Lessons' })
    await panel
      .getByRole('listitem')
      .filter({ has: page.getByRole('heading', { name: title, exact: true }) })
      .getByRole('button')
      .press('Enter')
    for (const [i, { line }] of steps.entries()) {
      await panel.getByText(line, { exact: true }).waitFor()
      expect(await panel.locator('li.done').count()).toBe(i)
      await page.getByLabel('Command').fill(line)
      await page.getByLabel('Command').press('Enter')
      await panel.locator('li.done').nth(i).waitFor()
    }
    await panel.getByText('That was all').waitFor()
    await panel.getByRole('button', { name: 'All lessons' }).press('Enter')
  }
  expect(await page.locator('.terminal .failed').allTextContents()).toEqual([])
  expect(bench.complaints).toEqual([])
  await page.context().close()
})
