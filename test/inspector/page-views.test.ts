/** Every view of the page, light and dark: names, roles and contrast as axe-core checks them (WCAG 2 AA). */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type PageBench, pageBench } from '../support/inspector-page.ts'

interface Finding {
  readonly id: string
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[]
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
let bench: PageBench

beforeAll(async () => {
  bench = await pageBench()
})
afterAll(() => bench.close())

/** What axe finds, in short. The page's policy lets no foreign script in, so it goes in through the debugger. */
async function findings(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  const found = await page.evaluate(async () => {
    const { axe: run } = window as unknown as { axe: { run(options: object): Promise<{ violations: Finding[] }> } }
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']
    return (await run.run({ runOnly: { type: 'tag', values: tags } })).violations
  })
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary ?? ''}`),
  )
}

/** Shows each view in turn and looks at it. */
async function look(page: Page): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {}
  const note = async (name: string): Promise<void> => {
    found[name] = await findings(page)
  }
  await page.getByRole('treeitem', { name: /node-1/ }).waitFor()
  await page.keyboard.press('a')
  await page.getByLabel('YAML to apply').waitFor()
  await page.getByLabel('Begin with an example').selectOption('Deployment of nginx')
  await note('editor')
  await page.getByRole('button', { name: 'Apply and settle' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page
    .getByRole('treeitem', { name: /nginx-deployment-\w+-\w+/ })
    .first()
    .click()
  await note('timeline')
  for (const [key, name, mark] of panels) {
    await page.keyboard.press(key)
    await page.locator(mark).first().waitFor()
    await note(name)
  }
  for (const [key, name] of [
    ['2', 'cluster'],
    ['3', 'owners'],
    ['4', 'compare'],
  ] as const) {
    await page.keyboard.press(key)
    await note(name)
  }
  await page.keyboard.press('`')
  await page.getByLabel('Command').fill('kubectl get po,nowhere')
  await page.getByLabel('Command').press('Enter')
  await page.locator('.terminal .failed').waitFor()
  await page.keyboard.press('Escape')
  await note('terminal')
  await page.keyboard.press('.')
  await page.getByRole('combobox', { name: 'What to do' }).fill('lessons')
  await page.keyboard.press('Enter')
  await note('lessons')
  await page.getByRole('button', { name: 'Begin' }).first().click()
  await page.getByText('Do it for me').click()
  await page.locator('.lessons li.done').waitFor()
  await note('a lesson')
  await page.getByRole('button', { name: 'Close the lessons' }).click()
  await page.getByRole('button', { name: 'Close the terminal' }).click()
  await page.keyboard.press('?')
  await note('help')
  await page.keyboard.press('Escape')
  await page.keyboard.press('.')
  await note('do')
  await page.keyboard.press('Escape')
  await page.keyboard.press('5')
  await page.getByRole('button', { name: 'Look at an example' }).click()
  await note('counterexample')
  return found
}

const panels = [
  ['s', 'statechart', '.enabled li'],
  ['w', 'why', 'table.blame tbody tr'],
  ['d', 'describe', '.facts-list'],
  ['y', 'yaml', '.yaml'],
  ['e', 'events', '.told li'],
] as const

describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
  it('nothing is found in any view', async () => {
    const page = await bench.open('', { colorScheme })
    const found = await look(page)
    expect(Object.keys(found)).toHaveLength(16)
    expect(Object.fromEntries(Object.entries(found).filter(([, list]) => list.length > 0))).toEqual({})
    await page.context().close()
  })
})

it('what is wrong would be found', async () => {
  const page = await bench.open()
  await page.getByRole('treeitem', { name: /node-1/ }).waitFor()
  await page.evaluate(() => {
    const button = document.createElement('button')
    const faint = document.createElement('p')
    faint.textContent = 'faint'
    faint.style.color = '#ddd'
    document.querySelector('.bar')?.append(button, faint)
  })
  expect((await findings(page)).map((finding) => finding.split(':')[0])).toEqual(['button-name', 'color-contrast'])
  await page.context().close()
})

it('the theme is chosen by a key, and kept', async () => {
  const page = await bench.open('', { colorScheme: 'light' })
  await page.getByRole('treeitem', { name: /node-1/ }).waitFor()
  const shown = () => page.evaluate(() => document.documentElement.dataset.theme)
  expect(await shown()).toBe('light')
  await page.keyboard.press('t')
  await page.locator('html[data-theme=dark]').waitFor()
  await page.reload()
  await page.getByRole('treeitem', { name: /node-1/ }).waitFor()
  expect(await shown()).toBe('dark')
  await page.context().close()
})

it('at 1024 pixels nothing is cut off', async () => {
  const page = await bench.open('', { viewport: { width: 1024, height: 700 } })
  await page
    .getByRole('treeitem', { name: /node-1/ })
    .first()
    .click()
  await page.keyboard.press('s')
  await page.locator('.statechart').waitFor()
  // A fork brings the choice of a cluster into the bar.
  await page.keyboard.press('.')
  await page.keyboard.type('fork here')
  await page.keyboard.press('Enter')
  await page.getByLabel('Cluster', { exact: true }).waitFor()
  const outside = await page.evaluate(() =>
    [...document.querySelectorAll('.bar button, .tools button, .transport button, .panel-title button')]
      .map((element) => ({ box: element.getBoundingClientRect(), text: element.textContent ?? '' }))
      .filter(({ box }) => box.right > window.innerWidth + 1 || box.bottom > window.innerHeight + 1 || box.left < 0)
      .map(({ text }) => text),
  )
  expect(outside).toEqual([])
  await page.context().close()
})
