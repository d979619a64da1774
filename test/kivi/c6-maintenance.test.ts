/** Kivi C6: nodes are drained one after the other; a soft spread lets the second one hold several replicas by then. */
import { expect, test } from 'vitest'
import type { KubeObject } from '../../src/api/object.ts'
import { always, drain, scenario, uncordon } from '../../src/testing/index.ts'
import { deployment, everything, node, spread } from './support.ts'

const isReady = (pod: KubeObject): boolean =>
  pod.status?.conditions?.some(
    (one: { type: string; status: string }) => one.type === 'Ready' && one.status === 'True',
  ) === true
const serving = always((s) => s.pods.filter(isReady).length >= 2 || 'fewer than two of three serve').as(
  'one may be missing',
)
const budget: KubeObject = {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'web' },
  spec: { minAvailable: 2, selector: { matchLabels: { app: 'web' } } },
}
const maintenance = (...budgets: KubeObject[]) =>
  scenario('maintenance', (c) =>
    c
      .nodes([node('n1', 'a'), node('n2', 'b'), node('n3', 'c')])
      .apply(deployment(3, { topologySpreadConstraints: [spread('host', 'ScheduleAnyway')] }), ...budgets)
      .do(drain('n1'), uncordon('n1'), drain('n2'), uncordon('n2'))
      .inputs('quiet'),
  )

test('one node at a time, and yet two replicas go at once', async () => {
  const report = await everything(maintenance(), [serving])
  expect([report.verdict, report.counterexample?.why]).toEqual(['violated', 'fewer than two of three serve'])
  expect(report.counterexample?.log.filter((name) => name.includes('drain')).length).toBeGreaterThan(0)
})

test('a disruption budget keeps them in every order', async () => {
  const report = await everything(maintenance(budget), [serving])
  expect([report.verdict, report.covered.states]).toEqual(['exhausted', 3591])
})
