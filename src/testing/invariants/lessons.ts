/**
 * What many believe of Kubernetes and is not so: for each row of class F a small scenario in which it is false. Each is a plain
 * `Scenario`: it can be explored, played on a live cluster (`taught`), or looked at in the inspector.
 */

import type { KubeObject } from '../../api/object.ts'
import { controllerOf } from '../../api/owner.ts'
import { controller, type Intent } from '../../controllers/controller.ts'
import { Pod } from '../../kinds/index.ts'
import type { View } from '../../store/view.ts'
import { apply, cordon, crash, drain, kill, scale, setImage, uncordon, undo } from '../inputs.ts'
import type { Property } from '../property.ts'
import { type Scenario, type ScenarioBuilder, scenario } from '../scenario.ts'
import { invariants } from './index.ts'

/** One folk belief and how it comes to be false. */
export interface Lesson {
  readonly property: Property
  /** What happens, in a few words. */
  readonly why: string
  readonly scenario: Scenario
}

const template = (app: string, more = '', image = 'nginx:1') =>
  `{metadata: {labels: {app: ${app}}}, spec: {containers: [{name: c, image: "${image}"}]${more}}}`

const workload = (kind: string, name: string, more: string, pod = template(name)) => `
apiVersion: apps/v1
kind: ${kind}
metadata: {name: ${name}}
spec: {selector: {matchLabels: {app: ${name}}}, template: ${pod}${more}}
`

const budget = (app: string, spec: string) => `
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: ${app}}
spec: {selector: {matchLabels: {app: ${app}}}, ${spec}}
`

const lesson = (property: Property, why: string, build: (c: ScenarioBuilder) => unknown): Lesson => ({
  property,
  why,
  scenario: scenario(`${property.name} is not so`, build),
})

const zoned = (name: string, zone: string) => ({ name, labels: { 'topology.kubernetes.io/zone': zone } })
const spread =
  ', topologySpreadConstraints: [{maxSkew: 1, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: web}}}]'

const priority = (name: string, value: number) => `
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: ${name}}
value: ${value}
`
const room = (of: string, cpu: string, more = '') =>
  `{metadata: {labels: {app: ${of}}}, spec: {priorityClassName: ${of}${more}, containers: [{name: c, image: "nginx:1", resources: {requests: {cpu: "${cpu}"}}}]}}`

/** A second scheduler: it takes no notice of pods that are ending, nor of whom the other one makes room for. */
const secondScheduler = controller({
  name: 'second-scheduler',
  of: Pod,
  reconcile: (view: View, key: string): readonly Intent[] => {
    const at = key.indexOf('/')
    const pod = view.get(Pod, key.slice(0, at), key.slice(at + 1))
    if (pod?.spec?.schedulerName !== 'second' || pod.spec.nodeName || pod.metadata.deletionTimestamp !== undefined)
      return []
    if (controllerOf(pod) === undefined) return []
    const ref = { resource: Pod.resource, namespace: pod.metadata.namespace ?? '', name: pod.metadata.name }
    const { uid = '' } = pod.metadata
    return [{ type: 'pod.bind', ref, uid, node: 'node-1' }]
  },
})

const object = (apiVersion: string, kind: string, name: string, spec: object): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name },
  spec,
})

const paying = object('batch/v1', 'Job', 'pay', {
  template: {
    spec: {
      restartPolicy: 'Never',
      tolerations: [{ operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 }],
      containers: [{ name: 'c', image: 'busybox', command: ['sleep', '600'] }],
    },
  },
})

const refused = object('apps/v1', 'ReplicaSet', 'many', {
  replicas: 30,
  selector: { matchLabels: { app: 'many' } },
  template: {
    metadata: { labels: { app: 'many' } },
    spec: { nodeName: 'node-1', nodeSelector: { disk: 'none' }, containers: [{ name: 'c', image: 'nginx:1' }] },
  },
})

const urgent = object('v1', 'Pod', 'urgent', {
  priorityClassName: 'high',
  containers: [{ name: 'c', image: 'nginx:1', resources: { requests: { cpu: '1500m' } } }],
})

const crashing =
  '{metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: busybox, command: [sh, -c, "sleep 2; exit 1"]}]}}'

const ticking = `
apiVersion: batch/v1
kind: CronJob
metadata: {name: tick}
spec: {schedule: "* * * * *", startingDeadlineSeconds: 20, jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox, command: ["true"]}]}}}}}
`

export const lessons: readonly Lesson[] = [
  lesson(invariants.alwaysEnough, 'a node dies, and its pods with it: maxUnavailable is about rollouts', (c) =>
    c
      .nodes(2)
      .apply(workload('Deployment', 'web', ', replicas: 4, strategy: {rollingUpdate: {maxUnavailable: 1}}'))
      .do(kill('node-1'), { wait: '2m' }),
  ),
  lesson(invariants.neverMorePods, 'old pods take their time to end while the new ones are made', (c) =>
    c
      .nodes(1)
      .apply(
        workload('Deployment', 'web', ', replicas: 2, strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 1}}'),
      )
      .do(setImage('web', 'nginx:2'), { wait: '1m' }),
  ),
  lesson(invariants.refusedPodsAreNotRushed, 'every pod is refused by its node, and a large ReplicaSet has many', (c) =>
    c.nodes(1).do(apply(refused), { wait: '2m' }),
  ),
  lesson(invariants.setsRollOut, 'the pod that does not become ready is waited for before it is replaced', (c) =>
    c
      .nodes(1)
      .apply(workload('StatefulSet', 'db', ', replicas: 2, serviceName: db'))
      .do(setImage('db', 'nginx:does-not-exist', 'StatefulSet'), { wait: '2m' }, undo('db', 'StatefulSet'), {
        wait: '2m',
      }),
  ),
  lesson(invariants.programRunsOnce, 'the node of the first pod dies; whether its program ran is not known', (c) =>
    c
      .nodes(2)
      .do(cordon('node-2'), apply(paying), { wait: '20s' }, uncordon('node-2'), kill('node-1'), { wait: '10m' }),
  ),
  lesson(invariants.oneJobForEachTick, 'the controller was away for longer than the starting deadline', (c) =>
    c
      .nodes(1)
      .apply(ticking)
      .do({ wait: '3m' }, crash('cronjob'), { wait: '150s' }, { fault: { restart: 'cronjob' } }, { wait: '2m' }),
  ),
  lesson(invariants.alwaysSpread, 'scaling down looks at nodes and not at zones', (c) =>
    c
      .nodes([zoned('a', 'one'), zoned('b', 'one'), zoned('c', 'one'), zoned('d', 'two')])
      .apply(workload('Deployment', 'web', ', replicas: 8', template('web', spread)))
      .do(scale('web', 4), { wait: '1m' }),
  ),
  lesson(
    invariants.preemptionEndsForTwo,
    'the second scheduler fills the room that the first has made, for ever',
    (c) =>
      c
        .nodes([{ name: 'node-1', cpu: '2' }])
        .use(secondScheduler)
        .apply(priority('low', 1), priority('high', 100))
        .apply(
          workload(
            'Deployment',
            'low',
            ', replicas: 1',
            room('low', '1500m', ', schedulerName: second, terminationGracePeriodSeconds: 0'),
          ),
        )
        .do(apply(urgent), { wait: '2m' }),
  ),
  lesson(invariants.budgetsProtectAll, 'who makes a workload smaller does not ask its budget', (c) =>
    c
      .nodes(1)
      .apply(workload('Deployment', 'web', ', replicas: 3'), budget('web', 'minAvailable: 3'))
      .do(scale('web', 2), { wait: '1m' }),
  ),
  lesson(invariants.drainsEnd, 'pods that are not ready are kept by the budget that they do not meet', (c) =>
    c
      .nodes(2)
      .apply(workload('Deployment', 'web', ', replicas: 2', crashing), budget('web', 'minAvailable: 1'))
      .do({ wait: '1m' }, drain('node-1'), drain('node-2'), { wait: '10m' }, drain('node-1'), drain('node-2')),
  ),
]
