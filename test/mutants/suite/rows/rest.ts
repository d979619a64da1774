/** Rows GC, E, H and of volumes. */
import { milliValue, value } from '../../../../src/api/quantity.ts'
import { matchesMap } from '../../../../src/api/selector.ts'
import type { KubeObject } from '../../../../src/index.ts'
import type { Moment } from '../../../../src/testing/moment.ts'
import { type Property, settled, type Write } from '../../../../src/testing/property.ts'
import {
  about,
  asksForEnd,
  first,
  isDeleting,
  isPodActive,
  isPodFinished,
  isPodReady,
  type Part,
  same,
  who,
} from './tools.ts'

const kinds = [
  'ConfigMap',
  'Pod',
  'ReplicaSet',
  'Job',
  'ControllerRevision',
  'EndpointSlice',
  'PersistentVolumeClaim',
  'Secret',
] as const
const collector = 'controller/garbage-collector'

function ownerAt(s: Moment, reference: Part, namespace: string | undefined): KubeObject | undefined {
  const found = s.get(reference.kind, reference.name, namespace)
  return found?.metadata.uid === reference.uid ? found : undefined
}

function hasFinalizer(object: KubeObject | undefined, name: string): boolean {
  return object?.metadata.finalizers?.includes(name) ?? false
}

function dependents(s: Moment, owner: KubeObject): readonly KubeObject[] {
  return kinds
    .flatMap((kind) => s.ownedBy(kind, owner.metadata.uid ?? ''))
    .filter((one) => one.metadata.namespace === owner.metadata.namespace)
}

export const garbage: readonly Property[] = [
  about('GC1 nothing is collected whose owner is there', { by: collector }, (write, before) => {
    if (!asksForEnd(write)) return undefined
    const { ownerReferences = [], namespace } = write.object.metadata
    if (ownerReferences.length === 0) return `${who(write.object)} has no owner and was collected`
    const alive = ownerReferences.find((one) => {
      const owner = ownerAt(before, one, namespace)
      const known = owner && ownerAt(write.believed, one, namespace)
      return owner !== undefined && !(isDeleting(known) && hasFinalizer(known, 'foregroundDeletion'))
    })
    return alive === undefined || `${who(write.object)} was collected while ${alive.kind} ${alive.name} is there`
  }),
  settled((s) =>
    first(
      kinds.flatMap((kind) =>
        s.list(kind).map((object) => {
          const { ownerReferences = [], namespace } = object.metadata
          if (ownerReferences.length === 0 || isDeleting(object)) return undefined
          return ownerReferences.every((one) => ownerAt(s, one, namespace) === undefined)
            ? `${who(object)} is left, its owners are gone`
            : undefined
        }),
      ),
    ),
  ).as('GC2 what has no owner left goes'),
  about('GC3 an owner waits for those who block it', { type: 'MODIFIED' }, ({ object, previous, by }, before) => {
    if (by !== collector || !hasFinalizer(previous, 'foregroundDeletion') || hasFinalizer(object, 'foregroundDeletion'))
      return undefined
    return blocked(before, object)
  }),
  about(
    'GC3 an owner waits for those who block it, to the end',
    { type: 'DELETED', by: collector },
    ({ object, previous }, before) =>
      hasFinalizer(previous, 'foregroundDeletion') ? blocked(before, object) : undefined,
  ),
  about(
    'GC4 orphans lose their owner before it goes',
    { by: collector },
    ({ object, previous, believed }, _before, after) => {
      if (!hasFinalizer(previous, 'orphan') || hasFinalizer(object, 'orphan')) return undefined
      const known = new Set(dependents(believed, object).map((one) => one.metadata.uid))
      const left = dependents(after, object).find(
        (one) =>
          known.has(one.metadata.uid) && one.metadata.ownerReferences?.some(({ uid }) => uid === object.metadata.uid),
      )
      return left === undefined || `${who(object)} was to orphan ${who(left)}, which still names it`
    },
  ),
  settled((s) => first(s.list('Namespace').map((one) => stuck(s, one)))).as(
    'A13 a namespace that is deleted goes when nothing holds it',
  ),
  settled((s) => first(kinds.flatMap((kind) => s.list(kind).map((object) => waits(s, object))))).as(
    'G7 what is deleted goes when nothing holds it',
  ),
]

function blocked(s: Moment, owner: KubeObject): string | true {
  const one = dependents(s, owner).find((dependent) =>
    dependent.metadata.ownerReferences?.some(
      ({ uid, blockOwnerDeletion }) => uid === owner.metadata.uid && blockOwnerDeletion === true,
    ),
  )
  return one === undefined || `${who(owner)} went before ${who(one)}`
}

function stuck(s: Moment, namespace: KubeObject): string | undefined {
  if (!isDeleting(namespace)) return undefined
  const inside = [...kinds, 'Service', 'Deployment'].flatMap((kind) =>
    s.list(kind, { namespace: namespace.metadata.name }),
  )
  const free = inside.find((one) => !isDeleting(one))
  if (free !== undefined) return `${who(namespace)} is going and nobody deletes ${who(free)}`
  return inside.length > 0 ? undefined : `${who(namespace)} is empty and does not go`
}

/** Something that is deleted, and that only the collector's finalizers hold. */
function waits(s: Moment, object: KubeObject): string | undefined {
  if (!isDeleting(object)) return undefined
  const finalizers = object.metadata.finalizers ?? []
  if (finalizers.length === 0 || !finalizers.every((one) => one === 'orphan' || one === 'foregroundDeletion'))
    return undefined
  return dependents(s, object).some((one) =>
    one.metadata.ownerReferences?.some((reference) => reference.uid === object.metadata.uid),
  )
    ? undefined
    : `${who(object)} waits for nobody`
}

const serviceName = 'kubernetes.io/service-name'

function readyAddresses(s: Moment, service: KubeObject): readonly string[] {
  const pods = s
    .list('Pod', { namespace: service.metadata.namespace ?? '' })
    .filter((pod) => matchesMap(service.spec.selector, pod.metadata.labels) && !isPodFinished(pod) && pod.status?.podIP)
  const all = service.spec.publishNotReadyAddresses === true
  return pods
    .filter((pod) => all || (isPodReady(pod) && !isDeleting(pod)))
    .map((pod) => pod.status.podIP)
    .sort()
}

function slicesOf(s: Moment, service: KubeObject): readonly KubeObject[] {
  return s.list('EndpointSlice', {
    namespace: service.metadata.namespace ?? '',
    labelSelector: `${serviceName}=${service.metadata.name},endpointslice.kubernetes.io/managed-by=endpointslice-controller.k8s.io`,
  })
}

const withSelector = (s: Moment): readonly KubeObject[] =>
  s.list('Service').filter((one) => !isDeleting(one) && Object.keys(one.spec?.selector ?? {}).length > 0)

export const endpoints: readonly Property[] = [
  settled((s) =>
    first(
      withSelector(s).map((service) => {
        const served = slicesOf(s, service).flatMap((slice) =>
          (slice.endpoints ?? [])
            .filter((one: Part) => one.conditions?.ready !== false)
            .flatMap((one: Part) => one.addresses),
        )
        const ready = readyAddresses(s, service)
        return same([...new Set(served)].sort(), ready)
          ? undefined
          : `${who(service)} leads to ${served.join(', ') || 'nobody'}, ready are ${ready.join(', ') || 'none'}`
      }),
    ),
  ).as('E1 E3 E4 slices lead to the pods that are ready, and to no others'),
  settled((s) =>
    first(
      withSelector(s).map((service) => {
        const uids = slicesOf(s, service).flatMap((slice) =>
          (slice.endpoints ?? []).map((one: Part) => one.targetRef?.uid),
        )
        return new Set(uids).size === uids.length ? undefined : `${who(service)} names a pod twice`
      }),
    ),
  ).as('E2 a pod is in one slice'),
  settled((s) =>
    first(
      withSelector(s).map((service) => {
        const object = s.get('Endpoints', service.metadata.name, service.metadata.namespace)
        const named = (object?.subsets ?? [])
          .flatMap((one: Part) => (one.addresses ?? []).map(({ ip }: Part) => ip))
          .sort()
        const ready = [...readyAddresses(s, service)]
        return same(named, ready)
          ? undefined
          : `the Endpoints of ${who(service)} name ${named.join(', ') || 'nobody'}, ready are ${ready.join(', ') || 'none'}`
      }),
    ),
  ).as('E1 Endpoints say the same'),
]

/** The autoscaler whose reconcile wrote, as it was. */
function autoscalerOf({ by, reconciled, believed }: Write): KubeObject | undefined {
  if (by !== 'controller/horizontal-pod-autoscaler') return undefined
  const [namespace = '', name = ''] = reconciled.split('/')
  return believed.get('HorizontalPodAutoscaler', name, namespace)
}

interface Load {
  /** What the pods that serve use, in thousandths. */
  readonly used: number
  /** What one of them is to use. */
  readonly each: number
  /** How many there are to be now. */
  readonly replicas: number
}

function loadOf(s: Moment, autoscaler: KubeObject): Load | undefined {
  const { name } = autoscaler.spec.scaleTargetRef
  const percent = autoscaler.spec.metrics?.[0]?.resource?.target?.averageUtilization
  const target = s.get(autoscaler.spec.scaleTargetRef.kind, name, autoscaler.metadata.namespace)
  const request = target?.spec.template?.spec.containers[0]?.resources?.requests?.cpu
  if (percent === undefined || request === undefined) return undefined
  const pods = s
    .list('Pod', { namespace: autoscaler.metadata.namespace ?? '', labelSelector: `app=${name}` })
    .filter(isPodActive)
  const used = pods
    .map((pod) => s.get('pods.metrics.k8s.io', pod.metadata.name, pod.metadata.namespace))
    .flatMap((one) => (one?.containers ?? []).map((container: Part) => milliValue(container.usage?.cpu ?? '0')))
  return {
    used: used.reduce((sum, one) => sum + one, 0),
    each: (milliValue(request) * percent) / 100,
    replicas: target?.spec.replicas ?? 0,
  }
}

/** The last of the recommendations an autoscaler remembers. */
function lastRecommended(autoscaler: KubeObject | undefined): number | undefined {
  const text = autoscaler?.metadata.annotations?.['autoscaling.kybern.dev/recommendations']
  return text === undefined ? undefined : JSON.parse(text).r?.at(-1)?.[1]
}

export const autoscaling: readonly Property[] = [
  about('H1 an autoscaler keeps to its limits', { type: 'MODIFIED' }, (write) => {
    const autoscaler = autoscalerOf(write)
    if (autoscaler === undefined || write.object.kind === 'HorizontalPodAutoscaler') return undefined
    const { minReplicas = 1, maxReplicas } = autoscaler.spec
    const { replicas } = write.object.spec
    return (
      (replicas >= minReplicas && replicas <= maxReplicas) ||
      `${replicas} is not between ${minReplicas} and ${maxReplicas}`
    )
  }),
  about(
    'H2 H3 an autoscaler recommends no more than the load asks for',
    { resource: 'horizontalpodautoscalers.autoscaling', type: 'MODIFIED' },
    (write) => {
      const autoscaler = autoscalerOf(write)
      const [from, to] = [lastRecommended(write.previous), lastRecommended(write.object)]
      const load = autoscaler && loadOf(write.believed, autoscaler)
      if (load === undefined || from === undefined || to === undefined || to <= from) return undefined
      const asked = Math.max(Math.ceil(load.used / load.each), load.replicas)
      return to <= asked || `${to} are recommended and ${asked} can carry the load of ${load.used}m`
    },
  ),
]

export const volumes: readonly Property[] = [
  about('V1 a volume has one claim', { resource: 'persistentvolumeclaims' }, ({ object, type }, _before, after) => {
    const name: string | undefined = object.spec?.volumeName
    if (type === 'DELETED' || !name) return undefined
    const twin = after
      .list('PersistentVolumeClaim')
      .find(
        (one) =>
          one.spec?.volumeName === name &&
          one.metadata.uid !== object.metadata.uid &&
          one.status?.phase === 'Bound' &&
          object.status?.phase === 'Bound',
      )
    return twin === undefined || `${who(object)} and ${who(twin)} have the volume ${name}`
  }),
  about(
    'V2 a volume is not taken from its claim',
    { resource: 'persistentvolumes', type: 'MODIFIED' },
    ({ object, previous, by }) => {
      const [was, is] = [previous?.spec?.claimRef?.uid, object.spec?.claimRef?.uid]
      return (
        by === 'user' ||
        was === undefined ||
        is === undefined ||
        was === is ||
        `${who(object)} went from one claim to another`
      )
    },
  ),
  about('V3 a claim gets as much as it asks for', { resource: 'persistentvolumes', type: 'MODIFIED' }, (write) => {
    const reference = write.object.spec?.claimRef
    if (!write.by.startsWith('controller/') || !reference?.uid || write.previous?.spec?.claimRef?.uid === reference.uid)
      return undefined
    const claim = write.believed.get('PersistentVolumeClaim', reference.name, reference.namespace)
    if (claim?.metadata.uid !== reference.uid) return undefined
    const [asked = 0, there = 0] = [claim?.spec.resources?.requests?.storage, write.object.spec?.capacity?.storage].map(
      (text) => value(text ?? '0'),
    )
    return there >= asked || `${reference.name} asks for ${asked} and got ${there}`
  }),
  about(
    'V3 a claim gets a volume that is its own',
    { resource: 'persistentvolumeclaims', type: 'MODIFIED', by: 'controller/persistent-volume-claim-binder' },
    ({ object, previous, believed }) => {
      const name: string | undefined = object.spec?.volumeName
      if (
        !name ||
        (previous?.spec?.volumeName === name &&
          (previous?.status?.phase === 'Bound' || object.status?.phase !== 'Bound'))
      )
        return undefined
      const { uid } = believed.get('PersistentVolume', name)?.spec?.claimRef ?? {}
      return uid === undefined || uid === object.metadata.uid || `${who(object)} was given ${name}, which is another's`
    },
  ),
  about('V4 volumes go by their policy', { resource: 'persistentvolumes' }, (write) => {
    if (!write.by.startsWith('controller/') || !asksForEnd(write)) return undefined
    return write.object.spec?.persistentVolumeReclaimPolicy === 'Delete' || `${who(write.object)} was to be kept`
  }),
  settled((s) =>
    first(
      s.list('PersistentVolumeClaim').map((claim) => {
        const held = s.get('PersistentVolume', claim.spec?.volumeName ?? '')
        if (held === undefined || claim.status?.phase !== 'Bound') return undefined
        return held.spec?.claimRef?.uid === claim.metadata.uid
          ? undefined
          : `${who(claim)} has ${who(held)}, which has another claim`
      }),
    ),
  ).as('V5 claim and volume name each other'),
]
