/** Kivi C7: pods told to run on a node whose NoExecute taint they do not stand are evicted and made again for ever. */
import { expect, test } from 'vitest'
import { apply, eventually, noOscillation, rests, scenario } from '../../src/testing/index.ts'
import { deployment, everything } from './support.ts'

const tainted = { name: 'node-1', taints: [{ key: 'k', effect: 'NoExecute' as const }] }
const steady = noOscillation((s) => s.pods.length).as('the number of pods comes to rest')
const runs = eventually((s) => s.deployment('web').available === 1).as('the Deployment becomes available')
const placed = (pod: object) =>
  scenario('node name', (c) => c.nodes([tainted]).do(apply(deployment(1, { nodeName: 'node-1', ...pod }))))

test('evicted, made again, evicted', async () => {
  const report = await everything(placed({}), [steady])
  expect(report.verdict).toBe('violated')
  const { steps, loopFrom = 0 } = report.counterexample ?? { steps: [] }
  const loop = steps.slice(loopFrom - 1)
  expect(loop.length).toBeGreaterThan(3)
  const verbs = loop.flatMap(({ actor, writes }) =>
    writes.filter(({ resource }) => resource === 'pods').map(({ verb }) => `${actor} ${verb}`),
  )
  expect(verbs).toContain('controller/replicaset create')
  expect(verbs).toContain('controller/taint-eviction delete')
  expect(String(report)).toMatch(/and so on for ever from step \d+$/m)
})

test('with a toleration every run comes to rest with the pod available', async () => {
  const tolerations = [{ key: 'k', operator: 'Exists' }]
  const report = await everything(placed({ tolerations }), [steady, rests(), runs])
  expect([report.verdict, report.covered.states]).toEqual(['exhausted', 37])
})
