/** The end of a pod and what it waits for at its beginning. */
import type { KubeObject } from '../../api/object.ts'
import type { Moment } from '../moment.ts'
import { settled, step } from '../property.ts'
import { isPodFinished } from './documented.ts'
import { isWell, toldOf } from './pod-words.ts'
import { page, row } from './row.ts'
import { eachOf, isGoing, named, orElse, timeOf } from './words.ts'

/** A kubelet that was away for less than its lease lasts is not heard of as lost, and is late by as much. */
const lateMs = 60_000

/** `[run(c) until t ⇒ t ≤ due]`, of nodes that were well all the time. */
export const graceEnds = row(
  {
    id: 'N5c',
    name: 'graceEnds',
    says: 'On a node that is well no container of a deleted pod runs on for a minute after the grace of the deletion, or of a later and shorter one, is over.',
    class: 'C',
    source: page('concepts/workloads/pods/pod-lifecycle/#pod-termination-flow'),
  },
  step((write, before, after) => {
    const { resource, by, object, previous } = write
    if (resource !== 'pods' || !by.startsWith('kubelet') || previous === undefined || !isGoing(previous))
      return undefined
    const due = timeOf(previous.metadata.deletionTimestamp) ?? 0
    const node = before.get('nodes', object.spec?.nodeName ?? '', '')
    const grace = (previous.metadata.deletionGracePeriodSeconds ?? 0) * 1000
    if (after.now <= due + lateMs || !isWell(node, due - grace)) return undefined
    const late = toldOf(object, 'containers').find(
      ({ state }) => state?.running !== undefined || (timeOf(state?.terminated?.finishedAt) ?? 0) > due + lateMs,
    )
    return orElse(
      late === undefined,
      () => `${late?.name} of ${named(object)} ran on after ${previous.metadata.deletionTimestamp}`,
    )
  }),
)

interface Reference {
  readonly name?: string
  readonly secretName?: string
  readonly optional?: boolean
}

interface Configured {
  readonly env?: readonly {
    readonly valueFrom?: { readonly configMapKeyRef?: Reference; readonly secretKeyRef?: Reference }
  }[]
  readonly envFrom?: readonly { readonly configMapRef?: Reference; readonly secretRef?: Reference }[]
}

/** What containers cannot do without: ConfigMaps and Secrets that are not there and not optional, in words. */
function missing(s: Moment, { spec, metadata }: KubeObject, name: string): string | undefined {
  const own: Configured = (spec?.containers ?? []).find((one: { name: string }) => one.name === name) ?? {}
  const maps = [
    ...(own.env ?? []).map(({ valueFrom }) => valueFrom?.configMapKeyRef),
    ...(own.envFrom ?? []).map(({ configMapRef }) => configMapRef),
  ]
  const secrets = [
    ...(own.env ?? []).map(({ valueFrom }) => valueFrom?.secretKeyRef),
    ...(own.envFrom ?? []).map(({ secretRef }) => secretRef),
  ]
  const lacks = (resource: string) => (one: Reference | undefined) =>
    one?.name !== undefined && one.optional !== true && s.get(resource, one.name, metadata.namespace) === undefined
  const map = maps.find(lacks('configmaps'))
  if (map !== undefined) return `ConfigMap ${map.name}`
  const secret = secrets.find(lacks('secrets'))
  return secret === undefined ? undefined : `Secret ${secret.name}`
}

/** `settled ∧ config error(c) ⇒ something is missing`. */
export const configurationIsNoticed = row(
  {
    id: 'L13',
    name: 'configurationIsNoticed',
    says: 'When nothing is left to do, no container waits for its configuration that could have it.',
    class: 'C',
    source: page('tasks/configure-pod-container/configure-pod-configmap/'),
  },
  settled((s) =>
    eachOf(s.pods, (pod) => {
      if (isGoing(pod) || isPodFinished(pod)) return true
      if (!isWell(s.get('nodes', pod.spec?.nodeName ?? '', ''), s.now)) return true
      const told = toldOf(pod, 'containers') as readonly {
        name: string
        state?: { waiting?: { reason?: string; message?: string } }
      }[]
      return eachOf(told, ({ name, state }) => {
        const { reason, message = '' } = state?.waiting ?? {}
        if (reason !== 'CreateContainerConfigError' || !message.includes('not found')) return true
        return orElse(
          missing(s, pod, name) !== undefined,
          () => `${name} of ${named(pod)} waits (${message}), and it is there`,
        )
      })
    }),
  ),
)

/** `[bind(p) ⇒ ¬going(p)]`, in the state the write meets. */
export const goingPodsAreNotBound = row(
  {
    id: 'K1b',
    name: 'goingPodsAreNotBound',
    says: 'No pod that is being deleted is given a node, however late the scheduler sees that it is.',
    class: 'C',
    source: page('reference/kubernetes-api/workload-resources/binding-v1/'),
  },
  step(({ resource, type, object, previous }) => {
    if (resource !== 'pods' || type !== 'MODIFIED' || previous?.spec?.nodeName || !object.spec?.nodeName)
      return undefined
    return orElse(!isGoing(previous as KubeObject), () => `${named(object)} is being deleted and was given a node`)
  }),
)
