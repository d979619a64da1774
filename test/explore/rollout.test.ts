/** A rollout explored: what holds in every order, what does not, and how a violation is told. */
import { expect, test } from 'vitest'
import {
  always,
  check,
  explore,
  replay,
  scenario,
  setImage,
  settled,
  sometimes,
  step,
} from '../../src/testing/index.ts'

const web = (replicas: number) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas,
    strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx:1' }] } },
  },
})
const rollout = scenario('rollout', (c) => c.nodes(1).apply(web(1)).do(setImage('web', 'nginx:2')))
const stays = always((s) => s.deployment('web').available >= 1).as('always one available')
const ends = settled((s) => s.deployment('web').updated === 1).as('ends updated')

test('every order of a rollout keeps one pod available and ends updated', async () => {
  const going = sometimes((s) => s.pods.some((pod) => pod.metadata.deletionTimestamp !== undefined)).as('a pod goes')
  const report = await explore(rollout, [stays, ends, going])
  expect(report.verdict).toBe('exhausted')
  expect(report.properties.map(({ name, held, vacuous }) => [name, held, vacuous])).toEqual([
    ['always one available', true, false],
    ['ends updated', true, false],
    ['a pod goes', true, false],
  ])
})

test('a crash at any write and a watch that is late change nothing of that', async () => {
  const report = await explore(rollout, [stays, ends], { faults: { crash: 1 } })
  expect(report.verdict).toBe('exhausted')
})

test('a violation is a short story that replays to the same digest', async () => {
  const alone = always((s) => s.pods.length <= 1).as('one pod at a time')
  const report = await explore(rollout, [alone], { mode: 'random', seed: 5 })
  expect(report.verdict).toBe('violated')
  const found = report.counterexample
  expect(found?.log).toEqual(['input 0 kubectl set image deployment/web *=nginx:2'])
  const again = await replay(rollout, [alone], found?.log ?? [])
  expect(again.counterexample?.chain).toBe(found?.chain)
  expect(again.counterexample?.url).toBe(found?.url)
  expect(String(report)).toContain('one pod at a time: it does not hold')
  await expect(check(rollout, alone)).rejects.toThrow(/one pod at a time/)
})

test('writes are judged with what their writer believed', async () => {
  const own = step((write) => (write.resource === 'pods' && write.type === 'ADDED' ? write.by : undefined)).as('never')
  const report = await explore(rollout, [own])
  expect(report.counterexample?.why).toBe('controller/replicaset')
})
