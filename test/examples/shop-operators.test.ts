/** Each mistake of the shop operators is told for what it is; the sound one is not suspected. */
import { expect, test } from 'vitest'
import type { Controller } from '../../src/index.ts'
import * as testing from '../../src/testing/index.ts'
import { type ControllerCheck, check, owed, PropertyViolated, playFile, scenario } from '../../src/testing/index.ts'
import * as shops from './shop-operators.ts'
import { byName, leaving, remembering, restless, Shop, shop, sound, unwatching } from './shop-operators.ts'

const tried = (operator: Controller, options: Partial<ControllerCheck> = {}) =>
  check.controller(operator, { samples: [shop()], edits: [shop(3)], uses: [Shop], ...options })

async function counterexampleOf(operator: Controller, options: Partial<ControllerCheck> = {}) {
  const error = await tried(operator, options).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(PropertyViolated)
  return (error as PropertyViolated).report.counterexample as testing.Counterexample
}

/** Runs the test of a counterexample where everything it names is at hand. */
async function pasted(program: string): Promise<void> {
  const runs: (() => Promise<void>)[] = []
  const words = { ...testing, ...shops, expect, test: (_name: string, run: () => Promise<void>) => runs.push(run) }
  new Function(...Object.keys(words), program.replace(/^import .*$/gm, ''))(...Object.values(words))
  expect(runs).toHaveLength(1)
  await runs[0]?.()
}

test('a sound operator is not suspected', async () => {
  const reports = await tried(sound)
  expect(reports.map(({ verdict }) => verdict)).toEqual(['bounded', 'bounded', 'bounded', 'bounded'])
})

test('a deletion by name alone', async () => {
  const { property, why } = await counterexampleOf(byName)
  expect(property).toBe('deletes only what it has seen')
  expect(why).toMatch(/^it deleted configmaps default\/books by name alone: .* Give the delete the uid it saw$/)
})

test('a status that tells the time', async () => {
  const { property, why, test: program } = await counterexampleOf(restless)
  expect(property).toBe('writes nothing twice')
  expect(why).toBe(
    'restless would update/status shops.acme.io default/books when asked about default/books again a little later, though nothing changed but the time and it asked for no wake',
  )
  await expect(pasted(program())).rejects.toThrow(/^expected 'restless would update/)
})

test('children that are not watched', async () => {
  const { why } = await counterexampleOf(unwatching)
  expect(why).toMatch(/when asked about default\/books again \(it reads deployments\.apps without watching\)$/)
})

test('memory between reconciles is named for what it is', async () => {
  await expect(tried(remembering)).rejects.toMatchObject({
    code: 'KYB-REPLAY',
    message: expect.stringMatching(
      /remembering is no function of what it sees: asked about default\/books, it would create configmaps books; asked the same again, do nothing/,
    ),
  })
})

test('a counterexample is pasted as a test that fails, and passes when the operator is right', async () => {
  const { property, test: program } = await counterexampleOf(leaving)
  expect(property).toBe('leaves nothing behind')
  await expect(pasted(program())).rejects.toThrow(/^expected 'configmaps kube-public/)
  const mended = program()
    .replaceAll('leaving', 'sound')
    .replace(/ {4}"reconcile .*\n/g, '')
  await expect(pasted(mended)).resolves.toBeUndefined()
})

test('what is found when an object comes again under its name can be kept as a file and played again', async () => {
  const only = { mode: 'exhaustive', faults: {}, states: 2000 } as const
  const again = scenario('again', (c) =>
    c
      .nodes(1)
      .use(Shop, leaving)
      .do(testing.apply(shop()), testing.remove('Shop', 'books'))
      .once({ gone: 'Shop' }, testing.apply(shop())),
  )
  const report = await testing.explore(again, [testing.never((s) => s.list('ConfigMap').length > 3)], only)
  const file = JSON.parse(JSON.stringify(report.counterexample?.file()))
  expect((await playFile(file, [Shop, leaving])).same).toBe(true)
  expect(report.counterexample?.test()).toContain('.once({ gone: "Shop" }, ')
})

test('what a controller does not owe is an error that names what it owes', async () => {
  await expect(
    owed(
      scenario('none', (c) => c.use(Shop, sound)),
      sound,
      'is quick',
    ),
  ).rejects.toThrow(
    /KYB-EXPLORE: a controller does not owe "is quick"; there are "deletes only what it has seen", "writes nothing twice"/,
  )
})
