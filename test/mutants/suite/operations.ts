/**
 * What a user may do to a cluster: each operation looks for something it can be done to and does it. Refusals are part
 * of the game. Numbers choose, so that a step does something similar in another state.
 */
import type { KubeObject } from '../../../src/index.ts'
import { chosen, named, type Operation, patch, roots, tried, workloadKinds } from './operation-tools.ts'
import { apiOperations } from './operations-api.ts'
import { clusterOperations } from './operations-cluster.ts'
import { objectOperations } from './operations-objects.ts'
import { podOperations } from './operations-pods.ts'
import { ruleOperations } from './operations-rules.ts'
import { thingOperations } from './operations-things.ts'
import type { Rig } from './rig.ts'

const images = ['nginx:1', 'nginx:2', 'nginx:3', 'nginx:does-not-exist', 'busybox']

const scale: Operation = async (rig, [a, b]) => {
  const object = chosen(roots(rig, ['Deployment', 'ReplicaSet', 'StatefulSet', 'ReplicationController']), a)
  if (object === undefined) return undefined
  const replicas = (b ?? 0) % 7
  return tried(`scale ${named(object)} to ${replicas}`, () => patch(rig, object, { spec: { replicas } }))
}

const image: Operation = async (rig, [a, b]) => {
  const object = chosen(roots(rig, ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet']), a)
  if (object === undefined) return undefined
  const wanted = images[(b ?? 0) % images.length] as string
  const [first, ...rest] = object.spec.template.spec.containers
  const template = { spec: { containers: [{ ...first, image: wanted }, ...rest] } }
  return tried(`set the image of ${named(object)} to ${wanted}`, () => patch(rig, object, { spec: { template } }))
}

/** Back to what worked: what a person does when a release is bad. */
const repair: Operation = async (rig, _n, scenario) => {
  const bad = roots(rig, ['Deployment', 'StatefulSet', 'DaemonSet']).filter((one) =>
    /not-exist|busybox/.test(JSON.stringify(one.spec.template)),
  )
  for (const object of bad)
    await image(
      rig,
      [
        roots(rig, ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet']).findIndex(
          (one) => one.metadata.uid === object.metadata.uid,
        ),
        0,
      ],
      scenario,
    )
  return bad.length === 0 ? undefined : `set the images of ${bad.map(named).join(', ')} back`
}

const restartRollout: Operation = async (rig, [a, b]) => {
  const object = chosen(roots(rig, ['Deployment', 'StatefulSet', 'DaemonSet']), a)
  if (object === undefined) return undefined
  const annotations = { 'kubectl.kubernetes.io/restartedAt': `${(b ?? 0) % 3}` }
  return tried(`restart ${named(object)}`, () =>
    patch(rig, object, { spec: { template: { metadata: { annotations } } } }),
  )
}

const pause: Operation = async (rig, [a]) => {
  const object = chosen(roots(rig, ['Deployment']), a)
  if (object === undefined) return undefined
  const paused = object.spec.paused !== true
  return tried(`${paused ? 'pause' : 'resume'} ${named(object)}`, () => patch(rig, object, { spec: { paused } }))
}

const strategies = [
  { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
  { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
  { type: 'RollingUpdate', rollingUpdate: { maxSurge: '50%', maxUnavailable: '50%' } },
  { type: 'Recreate', rollingUpdate: null },
]

const strategy: Operation = async (rig, [a, b]) => {
  const object = chosen(roots(rig, ['Deployment', 'DaemonSet', 'StatefulSet']), a)
  if (object === undefined) return undefined
  if (object.kind === 'Deployment') {
    const wanted = strategies[(b ?? 0) % strategies.length]
    return tried(`give ${named(object)} the strategy ${JSON.stringify(wanted)}`, () =>
      patch(rig, object, { spec: { strategy: wanted } }),
    )
  }
  const own = {
    DaemonSet: [
      { maxUnavailable: 1, maxSurge: 0 },
      { maxUnavailable: 0, maxSurge: 1 },
      { maxUnavailable: 2, maxSurge: 0 },
    ],
    StatefulSet: [{ partition: 0 }, { partition: 1 }, { partition: 2 }],
  }
  const of = own[object.kind as 'DaemonSet']
  const rollingUpdate = of[(b ?? 0) % of.length]
  return tried(`give ${named(object)} the update strategy ${JSON.stringify(rollingUpdate)}`, () =>
    patch(rig, object, { spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate } } }),
  )
}

const minReady: Operation = async (rig, [a, b]) => {
  const object = chosen(roots(rig, ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet']), a)
  if (object === undefined) return undefined
  const minReadySeconds = [0, 10, 30][(b ?? 0) % 3]
  return tried(`give ${named(object)} ${minReadySeconds} minReadySeconds`, () =>
    patch(rig, object, { spec: { minReadySeconds } }),
  )
}

/** kubectl rollout undo of a Deployment, to whichever revision there is. */
const undo: Operation = async (rig, [a, b]) => {
  const object = chosen(roots(rig, ['Deployment']), a)
  const sets = rig.cluster
    .list('ReplicaSet', { namespace: '*' })
    .filter(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === object?.metadata.uid))
  const back = chosen(sets, b)
  if (object === undefined || back === undefined) return undefined
  const { 'pod-template-hash': _hash, ...labels } = back.spec.template.metadata.labels
  const template = { ...back.spec.template, metadata: { annotations: null, ...back.spec.template.metadata, labels } }
  return tried(`roll ${named(object)} back to ${back.metadata.name}`, () => patch(rig, object, { spec: { template } }))
}

/** What is set once and seldom thought of again, by kind. */
const settingsOf: Readonly<Record<string, readonly unknown[]>> = {
  Deployment: [
    { revisionHistoryLimit: 1 },
    { revisionHistoryLimit: 0 },
    { progressDeadlineSeconds: 20 },
    { progressDeadlineSeconds: 600 },
  ],
  StatefulSet: [
    { revisionHistoryLimit: 0 },
    { ordinals: { start: 2 } },
    { ordinals: null },
    { updateStrategy: { type: 'OnDelete', rollingUpdate: null } },
    { updateStrategy: { type: 'RollingUpdate' } },
    { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Delete' } },
    { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Retain' } },
  ],
  DaemonSet: [
    { revisionHistoryLimit: 0 },
    { updateStrategy: { type: 'OnDelete', rollingUpdate: null } },
    { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '34%', maxSurge: 0 } } },
  ],
}

const settings: Operation = async (rig, [a, b]) => {
  const object = chosen(roots(rig, Object.keys(settingsOf)), a)
  const spec = object && chosen(settingsOf[object.kind] ?? [], b)
  if (object === undefined) return undefined
  return tried(`set ${JSON.stringify(spec)} of ${named(object)}`, () => patch(rig, object, { spec }))
}

/** Says which pod is dear. */
const cost: Operation = async (rig, [a, b]) => {
  const pod = chosen(rig.cluster.list('Pod'), a)
  const dear = { 'controller.kubernetes.io/pod-deletion-cost': ['100', '-5'][(b ?? 0) % 2] }
  return pod === undefined
    ? undefined
    : tried(`pod ${pod.metadata.name} costs ${Object.values(dear)[0]}`, () =>
        patch(rig, pod, { metadata: { annotations: dear } }),
      )
}

const propagations = ['Background', 'Foreground', 'Orphan'] as const

const remove: Operation = async (rig, [a, b]) => {
  const object = chosen(roots(rig, workloadKinds), a)
  return object === undefined ? undefined : removed(rig, object, propagations[(b ?? 0) % 3])
}

async function removed(
  rig: Rig,
  object: KubeObject,
  propagation: (typeof propagations)[number] | undefined,
): Promise<string> {
  const { name, namespace } = object.metadata
  const options = {
    ...(namespace === undefined ? {} : { namespace }),
    ...(propagation === undefined ? {} : { propagation }),
  }
  return tried(`delete ${named(object)} (${propagation})`, () => rig.cluster.delete(object.kind, name, options))
}

/** kubectl apply of what the scenario began with: makes anew what is gone and leaves alone what nobody speaks of. */
const apply: Operation = async (rig, _n, scenario) =>
  tried('apply the manifest again', () => rig.cluster.apply(scenario.manifest))

/** Deletes something and makes it again at once, under the same name. */
const recreate: Operation = async (rig, n, scenario) => {
  const done = await remove(rig, n, scenario)
  return done === undefined ? undefined : `${done}; ${await apply(rig, n, scenario)}`
}

const deletePod: Operation = async (rig, [a, b]) => {
  const pod = chosen(rig.cluster.list('Pod', { namespace: '*' }), a)
  if (pod === undefined) return undefined
  const { name, namespace = 'default' } = pod.metadata
  const grace = (b ?? 0) % 4 === 0 ? { graceSeconds: 0 } : {}
  return tried(`delete pod ${name}${'graceSeconds' in grace ? ' at once' : ''}`, () =>
    rig.cluster.delete('Pod', name, { namespace, ...grace }),
  )
}

/** Takes a pod out of its owner's selector, or puts it back. */
const relabel: Operation = async (rig, [a]) => {
  const pod = chosen(
    rig.cluster.list('Pod', { namespace: '*' }).filter((one) => one.metadata.labels?.app !== undefined),
    a,
  )
  if (pod === undefined) return undefined
  const app = pod.metadata.labels?.app as string
  const next = app.endsWith('-out') ? app.slice(0, -4) : `${app}-out`
  return tried(`label pod ${pod.metadata.name} app=${next}`, () =>
    patch(rig, pod, { metadata: { labels: { app: next } } }),
  )
}

/** A pod that nobody owns and somebody may adopt. */
const strayPod: Operation = async (rig, [a, b]) => {
  const object = chosen(
    roots(rig, ['ReplicaSet', 'Deployment', 'StatefulSet', 'DaemonSet', 'ReplicationController']),
    a,
  )
  if (object === undefined) return undefined
  const { metadata, spec } = object.spec.template
  const labels = { ...metadata.labels }
  const name = `stray-${(b ?? 0) % 5}`
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: object.metadata.namespace, labels }, spec }
  return tried(`create pod ${name} with the labels of ${named(object)}`, () => rig.cluster.apply(pod as KubeObject))
}

export const operations: Readonly<Record<string, Operation>> = {
  scale,
  image,
  repair,
  'restart-rollout': restartRollout,
  pause,
  strategy,
  'min-ready': minReady,
  settings,
  cost,
  undo,
  delete: remove,
  recreate,
  apply,
  'delete-pod': deletePod,
  relabel,
  'stray-pod': strayPod,
  ...apiOperations,
  ...objectOperations,
  ...clusterOperations,
  ...podOperations,
  ...thingOperations,
  ...ruleOperations,
}
