/** The lessons as a pupil goes through them, without a page: each step is not done before its line and done after it. */
import { expect, test } from 'vitest'
import { lessonObjects, lessons } from '../../src/inspector/lessons/index.ts'
import { viewFor } from '../../src/inspector/lessons/lesson.ts'
import { Terminal } from '../../src/inspector/terminal/kubectl.ts'
import type { AskSession } from '../../src/inspector/terminal/shell.ts'
import { inspected } from '../support/inspecting.ts'

for (const { title, seed, nodes, yaml, scripts = {}, steps } of lessons) {
  test(title, async () => {
    await using scene = await inspected({ seed, nodes, scripts })
    await scene.cluster.apply(yaml)
    await scene.cluster.settle()
    const ask: AskSession = (question, given) => scene.page.client.ask(question, given)
    const terminal = new Terminal(ask)
    for (const step of steps) {
      const before = step.check(await viewFor(ask, lessonObjects))
      expect({ step: step.title, before }).not.toEqual({ step: step.title, before: true })
      expect(await terminal.run(step.line)).toMatchObject({ code: 0 })
      const after = step.check(await viewFor(ask, lessonObjects))
      expect({ step: step.title, after }).toEqual({ step: step.title, after: true })
    }
  })
}

test('there are three, and each says what it is about', () => {
  expect(lessons.map(({ id }) => id)).toEqual(['rollout', 'node-dies', 'broken-probe'])
  expect(lessons.every(({ about, steps }) => about.length > 40 && steps.every(({ text }) => text.length > 30))).toBe(
    true,
  )
})
