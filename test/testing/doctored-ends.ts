/** For each row about ends, owners of owners, quotas' amounts and configuration a write or a state that it must not let pass. */
import type { KubeObject } from '../../src/index.ts'
import { at, type Doctored, gone, made, node, ownedBy, pod } from './doctored.ts'

const map = (name: string, meta: object = {}) => made('v1', 'ConfigMap', name, {}, meta)
const foreground = { ...gone, finalizers: ['foregroundDeletion'] }
const namespace = (status: object, meta: object = {}) => made('v1', 'Namespace', 'team', { status }, meta)
const inTeam = (one: KubeObject): KubeObject => ({ ...one, metadata: { ...one.metadata, namespace: 'team' } })
const timed = (cpu: string) => ({
  activeDeadlineSeconds: 60,
  containers: [{ name: 'c', resources: { requests: { cpu } } }],
})
const quota = made('v1', 'ResourceQuota', 'most', {
  spec: { hard: { 'requests.cpu': '1' }, scopes: ['Terminating'] },
  status: { hard: { 'requests.cpu': '1' } },
})
const configured = {
  containers: [{ name: 'c', env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'modes', key: 'a' } } }] }],
}
const told = (state: object) => ({ containerStatuses: [{ name: 'c', state }] })
const running = { running: { startedAt: at(0) } }
const dying = {
  deletionTimestamp: at(5000),
  deletionGracePeriodSeconds: 5,
  status: told(running),
}
const well = node('node-1', {}, { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: at(0) }] })

export const doctoredEndWrites: Readonly<Record<string, readonly [Doctored, RegExp]>> = {
  A13d: [
    {
      write: {
        by: 'controller/namespace',
        type: 'DELETED',
        previous: inTeam(map('a')),
        object: inTeam(map('a')),
      },
      before: [inTeam(pod('p')), inTeam(map('a'))],
    },
    /a was deleted while p was there/,
  ],
  A14c: [
    {
      write: { object: pod('b', { spec: timed('600m') }) },
      before: [quota, pod('a', { spec: timed('500m') })],
    },
    /takes requests\.cpu to 1100, and most allows 1/,
  ],
  K1b: [
    { write: { verb: 'bind', previous: pod('a', { node: '', ...gone }), object: pod('a', gone) } },
    /is being deleted and was given a node/,
  ],
  N5c: [
    {
      write: { by: 'kubelet', verb: 'update/status', previous: pod('a', dying), object: pod('a', dying) },
      before: [well, pod('a', dying)],
      now: 120_000,
    },
    /c of .* ran on after/,
  ],
  GC8: [
    {
      write: {
        by: 'controller/garbage-collector',
        type: 'DELETED',
        previous: map('b', ownedBy(map('a'))),
        object: map('b', ownedBy(map('a'))),
      },
      before: [map('a', foreground), map('b', ownedBy(map('a'))), map('c', ownedBy(map('b')))],
    },
    /b was collected before ConfigMap default\/c, for an owner that waits/,
  ],
}

const both = {
  ownerReferences: [...(ownedBy(map('a')).ownerReferences ?? []), ...(ownedBy(map('b')).ownerReferences ?? [])],
}

export const doctoredEndStates: Readonly<Record<string, readonly [readonly KubeObject[], RegExp, number?]>> = {
  A13e: [
    [
      namespace({ phase: 'Terminating', conditions: [{ type: 'NamespaceContentRemaining', status: 'True' }] }, gone),
      inTeam(map('a', { ...gone, finalizers: ['example.com/hold'] })),
    ],
    /does not say that finalizers hold it/,
  ],
  GC7: [[map('a', foreground), map('b', ownedBy(map('a')))], /a waits, and nobody blocks it/],
  GC9: [[map('a'), map('c', both)], /c still names b, which is gone/],
  L13: [
    [
      well,
      map('modes'),
      pod('a', {
        spec: configured,
        status: told({ waiting: { reason: 'CreateContainerConfigError', message: 'configmap "modes" not found' } }),
      }),
    ],
    /c of .* waits \(configmap "modes" not found\), and it is there/,
  ],
}
