/** What a user does with settings that are off by default: rules of autoscalers, several taints, pressure, percentages. */
import type { KubeObject } from '../../../src/index.ts'
import { chosen, named, type Operation, patch, tried } from './operation-tools.ts'

/** Changes one object of a kind by one of some patches. */
const edits =
  (kind: string, changes: (object: KubeObject) => readonly unknown[]): Operation =>
  async (rig, [a, b]) => {
    const object = chosen(rig.cluster.list(kind), a)
    if (object === undefined) return undefined
    const change = chosen(changes(object), b)
    return tried(`change ${named(object)}: ${JSON.stringify(change)}`, () => patch(rig, object, change))
  }

const autoscalerRules = edits('HorizontalPodAutoscaler', () => [
  { spec: { behavior: null } },
  { spec: { behavior: { scaleDown: { selectPolicy: 'Disabled' } } } },
  { spec: { behavior: { scaleDown: { selectPolicy: 'Min' }, scaleUp: { stabilizationWindowSeconds: 60 } } } },
  { spec: { behavior: { scaleDown: { stabilizationWindowSeconds: 0 } } } },
  { spec: { behavior: { scaleUp: { policies: [{ type: 'Percent', value: 20, periodSeconds: 15 }] } } } },
  { spec: { minReplicas: 1, maxReplicas: 3 } },
  { spec: { minReplicas: 4, maxReplicas: 12 } },
])

/** Nothing is to run of what is scaled: its autoscaler has nothing to do until somebody says otherwise. */
const none: Operation = async (rig, [a, b]) => {
  const target = chosen(rig.cluster.list('Deployment'), a)
  if (target === undefined) return undefined
  const replicas = (b ?? 0) % 3 === 0 ? 3 : 0
  return tried(`scale ${named(target)} to ${replicas}`, () => patch(rig, target, { spec: { replicas } }))
}

/** Adds one or two of several taints, or takes them off. */
const taints: Operation = async (rig, [a, b, c]) => {
  const node = chosen(rig.cluster.list('Node'), a)
  if (node === undefined) return undefined
  const keys = chosen([['hot', 'wet'], ['hot'], ['wet', 'hot'], ['wet'], ['maintenance', 'hot']], b) as string[]
  const all: readonly { key: string }[] = node.spec?.taints ?? []
  const has = all.some((one) => keys.includes(one.key))
  const rest = all.filter((one) => !keys.includes(one.key))
  const effect = (c ?? 0) % 4 === 0 ? 'NoSchedule' : 'NoExecute'
  const next = has ? rest : [...rest, ...keys.map((key) => ({ key, effect }))]
  return tried(`${has ? 'untaint' : 'taint'} ${node.metadata.name} ${keys.join(' and ')}:${effect}`, () =>
    patch(rig, node, { spec: { taints: next } }),
  )
}

/** A wave of requests comes, stays for some minutes and goes. */
const wave: Operation = async (rig, [a, b, c]) => {
  const [most, least] = [chosen([600, 300, 100], a), chosen([0, 20, 60], b)] as [number, number]
  const load = (requestsPerSecond: number) => {
    for (const { metadata, spec } of rig.cluster.list('Service'))
      if (spec?.selector !== undefined)
        rig.cluster.network.load(`http://${metadata.name}.default`, { requestsPerSecond })
  }
  const minutes = 1 + ((c ?? 0) % 4)
  load(most)
  rig.advance(minutes * 60_000)
  load(least)
  rig.advance(minutes * 60_000)
  return `${most} requests a second for ${minutes} minutes, then ${least} for as long`
}

/** Something beside the kubelet says that the network of a node is not there, or is. */
const pressure: Operation = async (rig, [a, b]) => {
  const node = chosen(rig.cluster.list('Node'), a)
  if (node === undefined) return undefined
  const status = chosen(['True', 'False', 'Unknown'], b) as string
  const type = 'NetworkUnavailable'
  const lastTransitionTime = new Date(Math.floor(rig.cluster.plane.world.store.now / 1000) * 1000)
    .toISOString()
    .replace('.000Z', 'Z')
  const others = ((node.status?.conditions ?? []) as { type: string }[]).filter((one) => one.type !== type)
  const conditions = [...others, { type, status, lastTransitionTime }]
  return tried(`say ${type}=${status} of ${node.metadata.name}`, () =>
    rig.cluster.patch('Node', node.metadata.name, { status: { conditions } }, { type: 'merge', subresource: 'status' }),
  )
}

const percent = edits('PodDisruptionBudget', () => [
  { spec: { minAvailable: '34%', maxUnavailable: null } },
  { spec: { minAvailable: null, maxUnavailable: '26%' } },
  { spec: { minAvailable: null, maxUnavailable: 2 } },
  { spec: { minAvailable: '100%', maxUnavailable: null } },
])

const early = edits('Service', () => [
  { spec: { publishNotReadyAddresses: true } },
  { spec: { publishNotReadyAddresses: false } },
  { metadata: { labels: { tier: 'back' } } },
  { spec: { ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }] } },
])

/** Deletes a pod, and after a while again with less time, or with more. */
const endTwice: Operation = async (rig, [a, b]) => {
  const object = chosen(rig.cluster.list('Pod'), a)
  if (object === undefined) return undefined
  const { name } = object.metadata
  const times = chosen(
    [
      [undefined, 10],
      [200, 20],
      [15, 400],
      [5, undefined],
    ],
    b,
  ) as (number | undefined)[]
  return tried(`delete pod ${name} with ${times.map((one) => one ?? 'its own').join(' s, then ')} s`, async () => {
    for (const graceSeconds of times) {
      await rig.cluster.delete('Pod', name, graceSeconds === undefined ? {} : { graceSeconds })
      rig.drain?.()
    }
  })
}

/** Makes a pod that something holds, and deletes it: it is there without a node, if nobody was quicker. */
const heldPod: Operation = async (rig, [a]) => {
  const name = `passing-${(a ?? 0) % 3}`
  const metadata = { name, labels: { app: 'web' }, finalizers: ['example.com/hold'] }
  const spec = { containers: [{ name: 'c', image: 'nginx:1' }] }
  return tried(`make pod ${name}, and delete it`, async () => {
    await rig.cluster.apply({ apiVersion: 'v1', kind: 'Pod', metadata, spec } as never)
    await rig.cluster.delete('Pod', name)
  })
}

/** Makes or takes away what containers are configured by. */
const configure: Operation = async (rig, [a, b]) => {
  const [kind, name] = chosen(
    [
      ['ConfigMap', 'modes'],
      ['Secret', 'keys'],
      ['Secret', 'other-keys'],
    ],
    a,
  ) as [string, string]
  if ((b ?? 0) % 4 === 0) return tried(`delete ${kind} ${name}`, () => rig.cluster.delete(kind, name))
  const data = kind === 'Secret' ? { stringData: { a: 'b' } } : { data: { a: 'b' } }
  return tried(`make ${kind} ${name}`, () =>
    rig.cluster.apply({ apiVersion: 'v1', kind, metadata: { name }, ...data } as never),
  )
}

/** A ConfigMap below one or two others, which blocks them or not and may be held: so that owners have owners. */
const family: Operation = async (rig, [a, b, c, d]) => {
  const maps = rig.cluster.list('ConfigMap').filter(({ metadata }) => metadata.name !== 'kube-root-ca.crt')
  const name = `child-${(d ?? 0) % 4}`
  const above = maps.filter(({ metadata }) => metadata.name < name || metadata.name.startsWith('root'))
  const owners = [chosen(above, a), (c ?? 0) % 2 === 0 ? chosen(above, b) : undefined]
  const ownerReferences = [...new Set(owners)].flatMap((one) =>
    one === undefined || one.metadata.name === name
      ? []
      : [
          {
            apiVersion: 'v1',
            kind: 'ConfigMap',
            name: one.metadata.name,
            uid: one.metadata.uid,
            blockOwnerDeletion: (c ?? 0) % 3 !== 0,
          },
        ],
  )
  const metadata = { name, ownerReferences, ...((b ?? 0) % 2 === 0 ? { finalizers: ['example.com/hold'] } : {}) }
  return tried(`make ${name} below ${ownerReferences.map((one) => one.name).join(' and ') || 'nobody'}`, () =>
    rig.cluster.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { a: 'b' } } as never),
  )
}

export const ruleOperations: Readonly<Record<string, Operation>> = {
  'autoscaler-rules': autoscalerRules,
  none,
  wave,
  taints,
  pressure,
  percent,
  early,
  'end-twice': endTwice,
  configure,
  family,
  'held-pod': heldPod,
}
