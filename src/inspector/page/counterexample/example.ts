/** An example to look at: two controllers of one number, each of which undoes what the other did. */
import type { Counterexample, CounterexampleStep, CounterexampleWrite } from '../../counterexample.ts'

const start = Date.UTC(2026, 0, 1)

function step(
  index: number,
  seconds: number,
  [actor, action]: readonly [string, string],
  [believedRevision, headRevision]: readonly [number, number],
  writes: readonly CounterexampleWrite[],
  note = '',
): CounterexampleStep {
  return { index, at: start + seconds * 1000, actor, action, believedRevision, headRevision, writes, note }
}

function wrote(verb: string, resource: string, key: string, revision: number): CounterexampleWrite {
  return { verb, resource, key, revision }
}

const web = ['deployments.apps', 'default/web'] as const
const rs = ['replicasets.apps', 'default/web-6bd'] as const

export const example: Counterexample = {
  version: 1,
  title: 'Autoscaler and user never agree on the number of replicas',
  property: 'eventually(settled(web))',
  verdict: 'never becomes true: steps 5 to 10 repeat for ever',
  steps: [
    step(0, 0, ['user', 'apply web, replicas 2'], [26, 26], [wrote('create', ...web, 27)]),
    step(1, 0, ['controller/deployment', 'reconcile web'], [27, 27], [wrote('create', ...rs, 28)]),
    step(
      2,
      0,
      ['controller/replicaset', 'reconcile web-6bd'],
      [28, 28],
      [wrote('create', 'pods', 'default/web-6bd-a', 29), wrote('create', 'pods', 'default/web-6bd-b', 30)],
    ),
    step(
      3,
      15,
      ['user', 'apply autoscaler, at least 3'],
      [30, 30],
      [wrote('create', 'horizontalpodautoscalers.autoscaling', 'default/web', 31)],
    ),
    step(
      4,
      15,
      ['controller/hpa', 'reconcile web'],
      [31, 31],
      [wrote('update', ...web, 32)],
      'It raises replicas to its minimum of 3.',
    ),
    step(5, 15, ['controller/deployment', 'reconcile web'], [32, 32], [wrote('update', ...rs, 33)]),
    step(
      6,
      30,
      ['controller/gitops', 'reconcile web'],
      [30, 33],
      [wrote('update', ...web, 34)],
      'Its view is from before the autoscaler wrote: it puts back the 2 of its manifest.',
    ),
    step(7, 30, ['controller/deployment', 'reconcile web'], [34, 34], [wrote('update', ...rs, 35)]),
    step(
      8,
      30,
      ['controller/replicaset', 'reconcile web-6bd'],
      [33, 35],
      [wrote('create', 'pods', 'default/web-6bd-c', 36)],
      'It still sees 3 wanted, and creates a third pod.',
    ),
    step(
      9,
      45,
      ['controller/replicaset', 'reconcile web-6bd'],
      [36, 36],
      [wrote('delete', 'pods', 'default/web-6bd-c', 37)],
      'Now it sees 2, and deletes it again.',
    ),
  ],
  loop: { from: 4 },
}
