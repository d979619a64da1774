/**
 * Replays what a real kube-apiserver was asked, against our request path, and compares the answers. What may differ is
 * named in test/record/normalise.ts; exchanges that are not equal yet stand in fixtures/wire/kubernetes-1.36/open.json.
 * `OPEN=show` shows how; `OPEN=rewrite` writes the list anew: read its diff, it may only shrink.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { normalised } from '../record/normalise.ts'
import { type Exchange, prepare, run, type Suite, type WireAnswer } from '../record/suite.ts'
import { suites } from '../record/suites/index.ts'
import { serveWebhooks } from '../record/webhook-server.ts'
import { handledBy } from './handled.ts'

const folder = 'fixtures/wire/kubernetes-1.36'
const openFile = `${folder}/open.json`
const open = JSON.parse(readFileSync(openFile, 'utf8')) as Record<string, string[]>
const differing: Record<string, string[]> = {}
const mode = process.env.OPEN

function recorded(suite: Suite): Record<string, WireAnswer> {
  const file = `${folder}/exchanges/${suite.name}.json`
  if (!existsSync(file)) throw new Error(`${suite.name} was never recorded: npm run record -- --only ${suite.name}`)
  return (JSON.parse(readFileSync(file, 'utf8')) as { answers: Record<string, WireAnswer> }).answers
}

for (const suite of suites) {
  describe(suite.name, () => {
    const theirs = recorded(suite)
    const listed = new Set(open[suite.name] ?? [])
    const answers = new Map<string, Exchange['answer']>()
    beforeAll(async () => {
      const { send, close } = await handledBy()
      const hooks = await serveWebhooks(suite.webhooks)
      await prepare(suite, send)
      for (const { step, answer } of await run(suite, send, hooks.given)) answers.set(step.name, normalised(answer))
      await close()
      await hooks.close()
    })
    it('was recorded with the steps of today', () => {
      expect(Object.keys(theirs)).toEqual(suite.steps.map(({ name }) => name))
    })
    for (const { name } of suite.steps) {
      it(listed.has(name) ? `${name} (open)` : name, () => {
        const ours = answers.get(name)
        if (listed.has(name) && mode === undefined)
          return expect(ours, 'equal by now: take it off open.json').not.toEqual(theirs[name])
        if (mode === 'rewrite') return noted(suite.name, name, ours, theirs[name])
        expect(ours).toEqual(theirs[name])
      })
    }
  })
}

function noted(suite: string, name: string, ours: unknown, theirs: unknown): void {
  try {
    expect(ours).toEqual(theirs)
  } catch {
    differing[suite] = [...(differing[suite] ?? []), name]
  }
}

afterAll(() => {
  if (mode === 'rewrite') writeFileSync(openFile, `${JSON.stringify(differing, null, 1)}\n`)
})
