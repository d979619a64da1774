/** The terminal beneath the page, in a tab without any server behind it. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type PageBench, pageBench } from '../support/inspector-page.ts'

let bench: PageBench

beforeAll(async () => {
  bench = await pageBench()
})
afterAll(() => bench.close())

it('the terminal prints what kubectl prints, for the cluster in the tab', async () => {
  const page = await bench.open()
  await page
    .getByRole('treeitem', { name: /node-1/ })
    .first()
    .waitFor()
  await page.keyboard.press('`')
  const run = async (line: string): Promise<string> => {
    await page.keyboard.type(line)
    await page.keyboard.press('Enter')
    const output = page.getByRole('region', { name: 'Output' })
    await output.locator('.typed', { hasText: line }).waitFor()
    return output.locator(':scope > div').last().innerText()
  }
  expect(await run('kubectl create deployment web --image=nginx')).toContain('deployment.apps/web created')
  expect(await run('settle')).not.toContain('error')
  expect(await run('kubectl get deployments')).toMatch(/\nNAME +READY +UP-TO-DATE +AVAILABLE +AGE\nweb +1\/1/)
  expect(await run('kubectl get nope')).toContain('error: the server doesn\'t have a resource type "nope"')
  await page.getByRole('treeitem', { name: /^Pod web-\w+-\w+, running\.ready/ }).waitFor()
  await page.context().close()
})
