/** For each row about conditions and histories a write or a state that it must not let pass. */
import type { KubeObject } from '../../src/index.ts'
import { at, type Doctored, made, ownedBy, workload } from './doctored.ts'

const web = workload('Deployment', 'web', { replicas: 4, progressDeadlineSeconds: 600, template: { spec: { a: 1 } } })
const revised = (name: string, revision: number, template: object): KubeObject =>
  workload(
    'ReplicaSet',
    name,
    { replicas: 0, template },
    {},
    { ...ownedBy(web), annotations: { 'deployment.kubernetes.io/revision': `${revision}` } },
  )
const progressing = (reason: string, status: string) => ({
  conditions: [{ type: 'Progressing', status, reason, lastUpdateTime: at(0) }],
})
const agent = workload('DaemonSet', 'agent', {})
const history = (name: string, revision: number): KubeObject =>
  made('apps/v1', 'ControllerRevision', name, { revision }, ownedBy(agent))

export const doctoredConditionWrites: Readonly<Record<string, readonly [Doctored, RegExp]>> = {
  D6d: [
    {
      write: { by: 'controller/daemonset', type: 'DELETED', previous: history('b', 2), object: history('b', 2) },
      before: [agent, history('a', 1), history('b', 2)],
      after: [agent, history('a', 1)],
    },
    /b went before the older a/,
  ],
  D8b: [
    {
      write: {
        by: 'controller/deployment',
        previous: { ...web, status: progressing('ReplicaSetUpdated', 'True') },
        object: { ...web, status: progressing('ProgressDeadlineExceeded', 'False') },
      },
    },
    /is called stuck 0 s after/,
  ],
}

export const doctoredConditionStates: Readonly<Record<string, readonly [readonly KubeObject[], RegExp, number?]>> = {
  G13c: [
    [{ ...web, status: { conditions: [{ type: 'Available', status: 'True' }], availableReplicas: 2 } }],
    /says Available=True with 2 of at least 3/,
  ],
  D6e: [
    [web, revised('a', 1, { spec: { a: 1 } }), revised('b', 2, { spec: { a: 2 } })],
    /its present one has 1, the highest is 2/,
  ],
}
