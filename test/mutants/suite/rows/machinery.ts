/** Rows A1 to A14 and G5, G11: what the API and every controller keep to. */
import { parseTime } from '../../../../src/api/time.ts'
import type { KubeObject } from '../../../../src/index.ts'
import type { Moment } from '../../../../src/testing/moment.ts'
import { type Property, settled, type Write } from '../../../../src/testing/property.ts'
import { about, asksForEnd, controllerOf, first, isDeleting, isPodFinished, same, seen, who } from './tools.ts'

const version = (object: KubeObject): number => Number(object.metadata.resourceVersion)

/** Everything but metadata and status. */
function wish({ metadata: _metadata, status: _status, ...rest }: KubeObject): unknown {
  return rest
}

const byController = ({ by }: Write): boolean => by.startsWith('controller/')

/** Written together with somebody else's write, not by its own. */
const isAside = ({ resource, by }: Write): boolean =>
  resource === 'resourcequotas' && by !== 'controller/resource-quota'

const namespaced = [
  'Pod',
  'ConfigMap',
  'Secret',
  'Service',
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'PersistentVolumeClaim',
  'Job',
]

function contentOf(s: Moment, namespace: string): readonly KubeObject[] {
  return namespaced.flatMap((kind) => s.list(kind, { namespace }))
}

export const machinery: readonly Property[] = [
  about(
    'A1 resourceVersions grow',
    { type: 'MODIFIED' },
    ({ object, previous }) =>
      previous === undefined ||
      version(object) > version(previous) ||
      `${who(object)} went from ${version(previous)} to ${version(object)}`,
  ),
  about('A2 no lost update', { type: 'MODIFIED' }, (write) => {
    if (
      !byController(write) ||
      !/^update(\/status)?$/.test(write.verb) ||
      isAside(write) ||
      write.previous === undefined
    )
      return undefined
    const known = seen(write, write.resource, write.object)
    if (known === undefined) return undefined
    return (
      version(known) === version(write.previous) ||
      `${write.by} wrote ${who(write.object)} from ${version(known)} over ${version(write.previous)}`
    )
  }),
  about('A7 uids do not change and are not used again', {}, ({ type, object, previous }, before) => {
    if (type === 'MODIFIED') return object.metadata.uid === previous?.metadata.uid || `${who(object)} changed its uid`
    if (type !== 'ADDED') return undefined
    return (
      before.get(object.kind, object.metadata.name, object.metadata.namespace) === undefined ||
      `${who(object)} was there already`
    )
  }),
  about('A8 generation counts changes of what is wanted', { type: 'MODIFIED' }, ({ object, previous, verb }) => {
    // A binding is no change of what is wanted, and slices count changes of their labels too.
    if (verb === 'bind' || object.kind === 'EndpointSlice') return undefined
    const [from, to] = [previous?.metadata.generation, object.metadata.generation]
    if (previous === undefined || from === undefined || to === undefined) return undefined
    const changed = !same(wish(previous), wish(object))
    const marked = isDeleting(object) && !isDeleting(previous)
    if (!changed && !marked)
      return to === from || `${who(object)}: generation ${from} became ${to} though nothing else is wanted`
    return to === from + 1 || `${who(object)}: generation ${from} became ${to} when something else was wanted`
  }),
  about('A8 observedGeneration is not ahead', {}, ({ object }) => {
    const [observed, generation] = [object.status?.observedGeneration, object.metadata.generation]
    return (
      observed === undefined ||
      generation === undefined ||
      observed <= generation ||
      `${who(object)} observed ${observed} of ${generation}`
    )
  }),
  about(
    'A9 nothing goes before its finalizers and its grace are over',
    { type: 'DELETED' },
    ({ object, by, previous, verb }, before) => {
      // A write that takes the last finalizer away removes the object as it was before it.
      const held = previous?.metadata.finalizers ?? []
      const others = held.filter((one) => one !== 'orphan' && one !== 'foregroundDeletion')
      if (held.length > (by === 'user' ? 9 : 1) || (others.length > 0 && verb === 'delete'))
        return `${who(object)} went with the finalizers ${held}`
      if (object.kind === 'Namespace') {
        const [left] = contentOf(before, object.metadata.name)
        return left === undefined || `${who(object)} went with ${who(left)} in it`
      }
      if (object.kind !== 'Pod' || by === 'kubelet' || by === 'user' || by === 'controller/pod-garbage-collector')
        return undefined
      const last = previous ?? object
      if (last.metadata.deletionGracePeriodSeconds === 0) return undefined
      const runs = last.spec?.nodeName && !isPodFinished(last) && before.get('Node', last.spec.nodeName) !== undefined
      return !runs || `${by} removed ${who(object)} that runs on ${last.spec.nodeName}`
    },
  ),
  about(
    'A10 a deletion is not taken back nor put off',
    { type: 'MODIFIED' },
    ({ object, previous }, _before, after) => {
      const [from, to] = [previous?.metadata.deletionTimestamp, object.metadata.deletionTimestamp]
      if (from === undefined) return undefined
      return (
        (to !== undefined && (to <= from || parseTime(to) < after.now + 1000)) ||
        `${who(object)} was to go at ${from}, now at ${to}`
      )
    },
  ),
  about('A11 a status write changes nothing else', { type: 'MODIFIED' }, ({ verb, object, previous }) => {
    if (!verb.endsWith('/status') || previous === undefined) return undefined
    return same(wish(object), wish(previous)) || `${verb} changed what ${who(object)} is to be`
  }),
  about('A11 other writes do not change the status', { type: 'MODIFIED' }, ({ verb, object, previous, by }) => {
    if (verb !== 'update' || by !== 'user' || previous === undefined || object.kind === 'Node') return undefined
    return same(object.status, previous.status) || `${verb} changed the status of ${who(object)}`
  }),
  about('A12 what must not change does not', { type: 'MODIFIED' }, ({ object, previous }) => {
    const before = previous?.spec ?? {}
    const after = object.spec ?? {}
    if (
      /^(Deployment|ReplicaSet|StatefulSet|DaemonSet|Job)$/.test(object.kind) &&
      !same(before.selector, after.selector)
    )
      return `the selector of ${who(object)} changed`
    if (object.kind === 'Pod' && before.nodeName && before.nodeName !== after.nodeName)
      return `${who(object)} moved from ${before.nodeName} to ${after.nodeName}`
    if (object.kind === 'PersistentVolumeClaim' && before.volumeName && before.volumeName !== after.volumeName)
      return `${who(object)} changed its volume`
    return undefined
  }),
  about('A13 nothing is made in a namespace that goes', { type: 'ADDED' }, ({ object }, before) => {
    const { namespace } = object.metadata
    if (namespace === undefined || namespace === '') return undefined
    const found = before.get('Namespace', namespace)
    if (found === undefined) return `${who(object)} was made in ${namespace}, which is not there`
    return !isDeleting(found) || `${who(object)} was made in ${namespace}, which is going`
  }),
  about('A14 admission keeps to the quota', { type: 'ADDED' }, ({ object }, _before, after) =>
    first(
      after.list('ResourceQuota', { namespace: object.metadata.namespace ?? '' }).map((quota) => {
        const hard = quota.status?.hard ?? {}
        const count = (kind: string) =>
          after
            .list(kind, { namespace: object.metadata.namespace ?? '' })
            .filter((one) => !isPodFinished(one) && !isDeleting(one)).length
        if (object.kind === 'Pod' && hard.pods !== undefined && count('Pod') > Number(hard.pods))
          return `${count('Pod')} pods of ${hard.pods}`
        const maps = hard['count/configmaps']
        if (object.kind === 'ConfigMap' && maps !== undefined && count('ConfigMap') > Number(maps))
          return `${count('ConfigMap')} configmaps of ${maps}`
        return undefined
      }),
    ),
  ),
  settled((s) =>
    first(
      s.list('ResourceQuota').map((quota) => {
        const namespace = quota.metadata.namespace ?? ''
        const pods = s.list('Pod', { namespace })
        if (pods.some(isDeleting)) return undefined
        const counted = pods.filter((pod) => !isPodFinished(pod)).length
        const said = quota.status?.used?.pods
        return said === undefined || Number(said) === counted
          ? undefined
          : `the quota says ${said} pods and there are ${counted}`
      }),
    ),
  ).as('A14 what a quota says is used is what is there'),
  about('G5 who deletes means the very object it saw', {}, (write, before) => {
    if (!(byController(write) || write.by === 'scheduler') || !asksForEnd(write)) return undefined
    const { name, namespace } = write.object.metadata
    const known = write.believed.get(write.resource, name, namespace)
    const there = before.get(write.resource, name, namespace)
    if (known === undefined || there === undefined) return undefined
    return known.metadata.uid === there.metadata.uid || `${write.by} meant another ${who(write.object)}`
  }),
  about('G11 a controller deletes only what it controls', { resource: 'pods' }, (write) => {
    if (
      !/^controller\/(replicaset|statefulset|daemonset|job|replicationcontroller)$/.test(write.by) ||
      !asksForEnd(write)
    )
      return undefined
    const known = seen(write, 'Pod', write.object) ?? write.object
    const owner = controllerOf(known) ?? controllerOf(write.object)
    const [namespace = '', name] = write.reconciled.split('/')
    const wanted = owner && write.believed.get(owner.kind, owner.name, namespace)
    if (wanted !== undefined && wanted.metadata.uid !== owner?.uid)
      return `${write.by} deleted ${who(known)} of another ${owner?.name}`
    return owner?.name === name || `${write.by} deleted ${who(known)} of ${owner?.kind} ${owner?.name} for ${name}`
  }),
  about('R5 an object has one controller at most', {}, ({ object, type }) => {
    if (type === 'DELETED') return undefined
    const controllers = (object.metadata.ownerReferences ?? []).filter((one) => one.controller === true)
    return controllers.length <= 1 || `${who(object)} has ${controllers.length} controllers`
  }),
]
