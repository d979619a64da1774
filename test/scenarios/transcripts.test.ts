/** Every transcript under `fixtures/scenarios` says what happens. `REWRITE=1` writes down what happens now. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { blocksOf, play, textOf } from '../support/scenario.ts'

const folder = 'fixtures/scenarios'
const files = readdirSync(folder).filter((file) => file.endsWith('.txt'))
const rewrites = process.env.REWRITE === '1'

it('there are transcripts', () => {
  expect(files.length).toBeGreaterThanOrEqual(6)
})

it.each(files)('%s', async (file) => {
  const text = readFileSync(`${folder}/${file}`, 'utf8')
  const blocks = blocksOf(text)
  const told = textOf(blocks, await play(blocks))
  if (rewrites) writeFileSync(`${folder}/${file}`, told)
  expect(told).toBe(rewrites ? told : text)
})

it('a wrong line is noticed', async () => {
  const blocks = blocksOf(
    'cluster nodes=1\n----\n1 nodes\n\napply\n{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: c, image: nginx}]}}\n----\nwrong\n',
  )
  const answers = await play(blocks)
  expect(answers[1]).not.toEqual(blocks[1]?.expected)
  expect(answers[1]).toEqual(['pod/a applied'])
})
