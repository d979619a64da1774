/** What admission adds to pods and nodes, and what it refuses. */
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../src/api/object.ts'
import { StatusError } from '../../src/api/status-error.ts'
import { Node, Pod } from '../../src/kinds/index.ts'
import { defaultTolerationSeconds } from '../../src/store/admission/default-toleration-seconds.ts'
import { namespaceLifecycle } from '../../src/store/admission/namespace-lifecycle.ts'
import { priority } from '../../src/store/admission/priority.ts'
import { serviceAccount } from '../../src/store/admission/service-account.ts'
import { taintNodesByCondition } from '../../src/store/admission/taint-nodes.ts'
import type { AdmissionRequest, AdmissionStep } from '../../src/store/admission-step.ts'
import { toolsOf } from '../support/admission-tools.ts'
import { at, configMapNamed, namespaceNamed, nodeNamed, podNamed } from '../support/core-objects.ts'
import { viewOf } from '../support/view.ts'

const tools = toolsOf()
const request = (object: KubeObject, more: Partial<AdmissionRequest> = {}): AdmissionRequest => ({
  operation: 'CREATE',
  kind: object.kind === 'Node' ? Node : Pod,
  namespace: object.metadata.namespace ?? '',
  name: object.metadata.name,
  object,
  subresource: '',
  ...more,
})
const admit = (
  step: AdmissionStep,
  object: KubeObject,
  world: KubeObject[] = [],
  more: Partial<AdmissionRequest> = {},
) => step(request(object, more), viewOf(world), tools)
function refusal(act: () => unknown): StatusError {
  try {
    act()
  } catch (error) {
    if (error instanceof StatusError) return error
  }
  throw new Error('not refused')
}

describe('namespace lifecycle (A13)', () => {
  it('refuses content of a namespace that does not exist', () => {
    const error = refusal(() => admit(namespaceLifecycle, podNamed('a')))
    expect([error.code, error.message]).toEqual([404, 'namespaces "default" not found'])
  })

  it('refuses content of a namespace that is going, with the cause', () => {
    const going = namespaceNamed('default', { metadata: { deletionTimestamp: at(0) } })
    const error = refusal(() => admit(namespaceLifecycle, podNamed('a'), [going]))
    expect(error.code).toBe(403)
    expect(error.message).toBe(
      'pods "a" is forbidden: unable to create new content in namespace default because it is being terminated',
    )
    expect(error.status.details?.causes).toEqual([
      { reason: 'NamespaceTerminating', message: 'namespace default is being terminated', field: 'metadata.namespace' },
    ])
  })

  it('takes updates and deletions in a namespace that is going', () => {
    const going = namespaceNamed('default', { status: { phase: 'Terminating' } })
    for (const operation of ['UPDATE', 'DELETE'] as const)
      expect(admit(namespaceLifecycle, podNamed('a'), [going], { operation })).toEqual(podNamed('a'))
  })

  it.each(['default', 'kube-system', 'kube-public'])('%s may not be deleted', (name) => {
    const object = namespaceNamed(name)
    const kind = { ...Pod, resource: 'namespaces', namespaced: false }
    const error = refusal(() => admit(namespaceLifecycle, object, [], { operation: 'DELETE', kind, name }))
    expect([error.code, error.message]).toEqual([
      403,
      `namespaces "${name}" is forbidden: this namespace may not be deleted`,
    ])
  })
})

describe('default tolerations', () => {
  const added = (tolerations?: unknown[]) =>
    (admit(defaultTolerationSeconds, podNamed('a', { spec: { tolerations } })).spec.tolerations ?? []).map(
      (one: { key?: string; tolerationSeconds?: number }) => [one.key, one.tolerationSeconds],
    )
  const notReady = 'node.kubernetes.io/not-ready'
  const unreachable = 'node.kubernetes.io/unreachable'

  it('are five minutes for both troubles', () => {
    expect(added()).toEqual([
      [notReady, 300],
      [unreachable, 300],
    ])
  })

  it('leave alone what the pod says itself', () => {
    expect(added([{ key: notReady, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 5 }])).toEqual([
      [notReady, 5],
      [unreachable, 300],
    ])
    expect(added([{ key: notReady, operator: 'Exists' }])).toEqual([
      [notReady, undefined],
      [unreachable, 300],
    ])
    expect(added([{ operator: 'Exists' }])).toEqual([[undefined, undefined]])
    expect(added([{ key: notReady, operator: 'Exists', effect: 'NoSchedule' }])).toHaveLength(3)
  })
})

describe('priority', () => {
  const priorityClass = (name: string, value: number, more: object = {}): KubeObject => ({
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name },
    value,
    ...more,
  })
  const rank = (spec: object, world: KubeObject[] = []) => {
    const {
      priority: number,
      preemptionPolicy,
      priorityClassName,
    } = admit(priority, podNamed('a', { spec: { ...spec } }), world).spec
    return [number, preemptionPolicy, priorityClassName]
  }

  it('is zero without classes', () => {
    expect(rank({})).toEqual([0, 'PreemptLowerPriority', undefined])
  })

  it('is that of the named class, of the default class, of the built-in classes', () => {
    const world = [
      priorityClass('high', 1000, { preemptionPolicy: 'Never' }),
      priorityClass('usual', 5, { globalDefault: true }),
    ]
    expect(rank({ priorityClassName: 'high' }, world)).toEqual([1000, 'Never', 'high'])
    expect(rank({}, world)).toEqual([5, 'PreemptLowerPriority', 'usual'])
    expect(rank({ priorityClassName: 'system-node-critical' })).toEqual([
      2000001000,
      'PreemptLowerPriority',
      'system-node-critical',
    ])
  })

  it('refuses unknown classes and numbers of one’s own', () => {
    expect(refusal(() => rank({ priorityClassName: 'x' })).message).toBe(
      'pods "a" is forbidden: no PriorityClass with name x was found',
    )
    expect(refusal(() => rank({ priority: 7 })).message).toBe(
      'pods "a" is forbidden: the integer value of priority (7) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name',
    )
  })

  it('is kept by updates that leave it out', () => {
    const previous = podNamed('a', { spec: { priority: 3, preemptionPolicy: 'Never' } })
    const next = admit(priority, podNamed('a'), [], { operation: 'UPDATE', previous })
    expect(next.spec).toMatchObject({ priority: 3, preemptionPolicy: 'Never' })
  })

  it('takes one default class only', () => {
    const second = priorityClass('b', 2, { globalDefault: true })
    const kind = { ...Pod, resource: 'priorityclasses.scheduling.k8s.io', namespaced: false }
    const error = refusal(() => admit(priority, second, [priorityClass('a', 1, { globalDefault: true })], { kind }))
    expect(error.message).toContain('PriorityClass a is already marked as default. Only one default can exist')
  })
})

describe('service accounts', () => {
  const account = (name: string, more: object = {}): KubeObject => ({
    ...configMapNamed(name),
    kind: 'ServiceAccount',
    ...more,
  })
  const twoContainers = podNamed('a', {
    spec: { containers: [{ name: 'x' }, { name: 'y' }], initContainers: [{ name: 'i' }] },
  })

  it('is default, and its token is mounted in every container', () => {
    const { spec } = admit(serviceAccount, twoContainers, [account('default')])
    expect([spec.serviceAccountName, spec.serviceAccount]).toEqual(['default', 'default'])
    expect(spec.volumes).toHaveLength(1)
    expect(spec.volumes[0].name).toBe('kube-api-access-abcde')
    expect(spec.volumes[0].projected.sources).toEqual([
      { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      {
        downwardAPI: {
          items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
        },
      },
    ])
    const mounts = [...spec.containers, ...spec.initContainers].map(
      (one: { volumeMounts: unknown }) => one.volumeMounts,
    )
    const mount = {
      name: 'kube-api-access-abcde',
      readOnly: true,
      mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
    }
    expect(mounts).toEqual([[mount], [mount], [mount]])
  })

  it('must exist', () => {
    const error = refusal(() => admit(serviceAccount, podNamed('a', { spec: { serviceAccountName: 'bot' } })))
    expect([error.code, error.message]).toEqual([
      403,
      'pods "a" is forbidden: error looking up service account default/bot: serviceaccount "bot" not found',
    ])
  })

  const silent: [string, object, object][] = [
    ['the pod says so', { automountServiceAccountToken: false }, {}],
    ['the account says so', {}, { automountServiceAccountToken: false }],
    [
      'every container has its own',
      {
        containers: [
          { name: 'x', volumeMounts: [{ name: 'own', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }] },
        ],
      },
      {},
    ],
  ]
  it.each(silent)('mounts no token when %s', (_title, spec, more) => {
    expect(
      admit(serviceAccount, podNamed('a', { spec: { ...spec } }), [account('default', more)]).spec.volumes,
    ).toBeUndefined()
  })

  it('the pod’s word counts before the account’s', () => {
    const world = [account('default', { automountServiceAccountToken: false })]
    expect(
      admit(serviceAccount, podNamed('a', { spec: { automountServiceAccountToken: true } }), world).spec.volumes,
    ).toHaveLength(1)
  })

  it('lends its pull secrets to a pod that has none', () => {
    const world = [account('default', { imagePullSecrets: [{ name: 'key' }] })]
    expect(admit(serviceAccount, podNamed('a'), world).spec.imagePullSecrets).toEqual([{ name: 'key' }])
    expect(
      admit(serviceAccount, podNamed('a', { spec: { imagePullSecrets: [{ name: 'own' }] } }), world).spec
        .imagePullSecrets,
    ).toEqual([{ name: 'own' }])
  })

  it('changes nothing on update and in mirror pods', () => {
    const mirror = podNamed('a', { metadata: { annotations: { 'kubernetes.io/config.mirror': 'x' } } })
    expect(admit(serviceAccount, mirror)).toBe(mirror)
    expect(admit(serviceAccount, twoContainers, [], { operation: 'UPDATE' })).toBe(twoContainers)
  })
})

describe('nodes', () => {
  it('are not ready when they are new', () => {
    expect(admit(taintNodesByCondition, nodeNamed('n')).spec.taints).toEqual([
      { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' },
    ])
    const own = nodeNamed('n', { spec: { taints: [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }] } })
    expect(admit(taintNodesByCondition, own)).toBe(own)
  })

  it('NoExecute taints know when they came, and an update does not make them younger', () => {
    const fresh = nodeNamed('n', { spec: { taints: [{ key: 'x', effect: 'NoExecute' }] } })
    const stamped = admit(taintNodesByCondition, fresh, [], { operation: 'UPDATE', previous: nodeNamed('n') })
    expect(stamped.spec.taints).toEqual([{ key: 'x', effect: 'NoExecute', timeAdded: at(0) }])
    const previous = nodeNamed('n', { spec: { taints: [{ key: 'x', effect: 'NoExecute', timeAdded: at(-60) }] } })
    expect(admit(taintNodesByCondition, fresh, [], { operation: 'UPDATE', previous }).spec.taints[0].timeAdded).toBe(
      at(-60),
    )
  })
})
