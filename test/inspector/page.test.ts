/** The page in a browser, over a cluster in a worker: by the keyboard alone, as somebody would use it. */
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { check, type PropertyViolated } from '../../src/testing/index.ts'
import { Site, site, siteOperator } from '../examples/site-operator.ts'
import { type PageBench, pageBench } from '../support/inspector-page.ts'

let bench: PageBench
let page: Page

beforeAll(async () => {
  bench = await pageBench()
})
afterAll(() => bench.close())
afterEach(() => page.context().close())

const row = (name: string | RegExp) => page.getByRole('treeitem', { name })

/** Runs an action of the Do menu, found by its words. */
async function act(words: string, value?: string): Promise<void> {
  await page.keyboard.press('.')
  await page.getByRole('combobox', { name: 'What to do' }).fill(words)
  await page.keyboard.press('Enter')
  if (value === undefined) return
  await page.getByRole('dialog').getByRole('textbox').fill(value)
  await page.keyboard.press('Enter')
}

/** Applies one of the examples and lets the cluster settle. */
async function applyExample(name: string): Promise<void> {
  await page.keyboard.press('a')
  await page.getByLabel('YAML to apply').waitFor()
  await page.getByLabel('Begin with an example').selectOption(name)
  await page.getByRole('button', { name: 'Apply and settle' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
}

describe('a rollout', () => {
  it('is applied, seen, opened, and looked at as it was before', async () => {
    page = await bench.open()
    await row(/node-1/).waitFor()
    await applyExample('Deployment of nginx')
    await row(/nginx-deployment-\w+-\w+/)
      .nth(2)
      .waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('kind:pod')
    await page.keyboard.press('Enter')
    await row(/node-1/).waitFor({ state: 'detached' })
    expect(await row(/nginx-deployment-\w+-\w+/).count()).toBe(3)
    // Groups and owners stay above what matches: walk down to the first pod.
    for (let i = 0; i < 4; i++) await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.locator('.statechart .state.active .name', { hasText: 'ready' }).waitFor()
    expect(await page.locator('.statechart .state.active > .name').allTextContents()).toEqual(['running', 'ready'])
    expect(await page.locator('.statechart .edge.taken .event').allTextContents()).toEqual(['readiness.gained'])
    const before = new Set<string | null>()
    for (let i = 0; i < 12; i++) {
      await page.keyboard.press('H')
      before.add(await page.locator('.panel-facts .tag').textContent())
    }
    expect([...before].slice(0, 2)).toEqual(['running.ready', 'running.notReady'])
    expect([...before].at(-1)).toBe('Pending')
    await page.keyboard.press('Home')
    await page.getByText('not there yet', { exact: true }).waitFor()
    await page.keyboard.press('End')
    await page.locator('.statechart .state.active .name', { hasText: 'ready' }).waitFor()
  })

  it('tells why: the chain of causes leads back to who asked', async () => {
    page = await bench.open()
    await row(/node-1/).waitFor()
    await applyExample('Deployment of nginx')
    await row(/nginx-deployment-\w+-\w+/)
      .first()
      .click()
    await page.keyboard.press('w')
    const chain = page.locator('.chain > li')
    await chain.last().getByText('somebody asked for it').waitFor()
    expect(await chain.last().locator('.link').last().textContent()).toContain('nginx-deployment')
    const fields = page.locator('table.blame tbody tr')
    await fields.first().waitFor()
    const node = fields.filter({ hasText: 'nodeName' })
    expect(await node.textContent()).toContain('scheduler')
  })
})

describe('a pod that fits nowhere', () => {
  it('is told node by node and plugin by plugin', async () => {
    page = await bench.open()
    await row(/node-1/).waitFor()
    await applyExample('Pod that fits nowhere')
    await row(/too-large/).click()
    await page.keyboard.press('w')
    const matrix = page.locator('table.matrix')
    await matrix.waitFor()
    expect(await matrix.locator('tbody th').allTextContents()).toEqual(['node-1', 'node-2', 'node-3'])
    expect(await matrix.locator('td.no').first().textContent()).toMatch(/✗ /)
  })
})

describe('what is done', () => {
  it('kills a node, advances, forks, and compares', async () => {
    page = await bench.open()
    await row(/node-1/).waitFor()
    await applyExample('Deployment of nginx')
    await act('fork here')
    await page.getByText(/fork-1 goes on from/).waitFor()
    await row(/node-1/)
      .first()
      .click()
    await act('kill it')
    await act('advance', '8m')
    await page.locator('.moment', { hasText: '+8m' }).waitFor()
    await page.keyboard.press('4')
    await page.locator('.differences li').first().waitFor()
    expect(await page.locator('.differences summary b').allTextContents()).toContain('node-1')
    await page.keyboard.press('1')
    await act('end this fork')
    await page.getByLabel('Cluster', { exact: true }).waitFor({ state: 'detached' })
  })

  it('marks what is wrong with a manifest where it is wrong, and refuses it', async () => {
    page = await bench.open()
    await row(/node-1/).waitFor()
    await page.keyboard.press('a')
    const editor = page.getByLabel('YAML to apply')
    await editor.waitFor()
    await editor.fill(
      'apiVersion: v1\nkind: Pod\nmetadata: { name: x }\nspec: { containers: [{ name: a, image: b, imagePullPolicy: Often }] }',
    )
    await page.getByRole('button', { name: 'Apply', exact: true }).last().click()
    const problem = page.locator('.problems li').first()
    await problem.waitFor()
    expect(await problem.textContent()).toMatch(/4:\d+.*imagePullPolicy.*Often/)
  })

  it('copies as a test', async () => {
    page = await bench.open()
    await row(/node-1/).waitFor()
    await applyExample('Deployment of nginx')
    await act('copy as test')
    const program = page.locator('.program')
    await program.getByText('createCluster').first().waitFor()
    expect(await program.textContent()).toContain('nginx-deployment')
  })
})

describe('a counterexample', () => {
  it('that kybern/testing found is opened from its file', async () => {
    const error = await check
      .controller(siteOperator('trusting its cache'), { samples: [site()], edits: [site('nginx:2')], uses: [Site] })
      .then(
        () => undefined,
        (reason: unknown) => reason,
      )
    const file = (error as PropertyViolated).report.counterexample?.file()
    page = await bench.open()
    await row(/node-1/).waitFor()
    await page.keyboard.press('5')
    const chooser = page.waitForEvent('filechooser')
    await page.getByRole('button', { name: 'Open a file' }).click()
    const buffer = Buffer.from(JSON.stringify(file))
    await (await chooser).setFiles({ name: 'found.json', mimeType: 'application/json', buffer })
    await page.getByRole('heading', { name: file?.title ?? '' }).waitFor()
    const steps = file?.steps.length ?? 0
    expect(steps).toBeGreaterThan(3)
    const some = await page.locator('.step-row').count()
    expect(some).toBeLessThan(steps)
    await page.getByLabel(/also show the \d+ steps/).check()
    expect(await page.locator('.step-row').count()).toBe(steps)
    await page.getByLabel(/also show the \d+ steps/).uncheck()
    expect(await page.locator('.read.stale').count()).toBeGreaterThan(0)
    await page.getByRole('heading', { name: file?.title ?? '' }).click()
    for (let i = 1; i < some; i++) await page.keyboard.press('j')
    await page.getByText(`step ${steps} of ${steps}`).waitFor()
  })

  it('is stepped through round its loop, stale reads dashed', async () => {
    page = await bench.open()
    await row(/node-1/).waitFor()
    await page.keyboard.press('5')
    await page.getByRole('button', { name: 'Look at an example' }).click()
    const dashed = await page
      .locator('.read.stale path')
      .first()
      .evaluate((path) => getComputedStyle(path).strokeDasharray)
    expect(dashed).not.toBe('none')
    for (let i = 0; i < 6; i++) await page.keyboard.press('j')
    await page.getByText('saw 30, truth 33').waitFor()
    expect(await page.locator('.step-card').textContent()).toContain('3 further')
    for (let i = 0; i < 4; i++) await page.keyboard.press('j')
    await page.getByText('round 2 of the loop').waitFor()
    expect(await page.locator('.step-card').textContent()).toContain('step 5')
  })
})

it('nothing complained, and nothing was asked for elsewhere', async () => {
  page = await bench.open()
  await row(/node-1/).waitFor()
  expect(bench.complaints).toEqual([])
  expect(bench.strangers).toEqual([])
})
