/**
 * The API's own promises: versions, identities, generations, deletion, subresources, immutable fields.
 * A3, A4 and A6, which speak of watches and lists, are in watches.ts.
 */
import type { KubeObject } from '../../api/object.ts'
import { equal } from '../../lib/equal.ts'
import type { Moment } from '../moment.ts'
import { type Held, settled, step, type Write } from '../property.ts'
import { lostField } from './owned-fields.ts'
import { page, row } from './row.ts'
import { deployments, eachOf, isGoing, named, orElse, slices, timeOf } from './words.ts'

const concepts = page('reference/using-api/api-concepts/')
const conventions =
  'https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md'
const finalizers = page('concepts/overview/working-with-objects/finalizers/')

const versionOf = ({ metadata }: KubeObject): number => Number(metadata.resourceVersion)

/** `[w_i before w_j ⇒ rv_i < rv_j]`. Concerns stores that number their writes: the explorer's states have no past. */
export const versionsRise = row(
  {
    id: 'A1',
    name: 'versionsRise',
    says: 'Every write has a higher resourceVersion than the one before it, and than the object had.',
    class: 'C',
    source: concepts,
  },
  step(({ revision, follows, object, previous }) => {
    if (revision === undefined || follows === undefined) return undefined
    if (revision <= follows) return `write ${revision} comes after write ${follows}`
    if (versionOf(object) !== revision) return `write ${revision} left the object at ${object.metadata.resourceVersion}`
    return (
      previous === undefined || orElse(versionOf(previous) < revision, () => `it was at ${versionOf(previous)} before`)
    )
  }),
)

/** `[update(o, rv) ok ⇒ etcd(o).rv = rv at commit]`. Needs the request: a live cluster. */
export const noLostUpdate = row(
  {
    id: 'A2',
    name: 'noLostUpdate',
    says: 'An update or a deletion that names a resourceVersion or a uid is carried out only on the object of that version and uid.',
    class: 'C',
    source: `${concepts}#resource-versions`,
  },
  step(({ asked, previous }) => {
    if ((asked?.type !== 'update' && asked?.type !== 'delete') || previous === undefined) return undefined
    const meant = asked.type === 'update' ? asked.object.metadata : asked
    const { resourceVersion: version, uid } = previous.metadata
    if (meant.uid && meant.uid !== uid) return `it was made for the object ${meant.uid} and met ${uid}`
    if (!meant.resourceVersion) return meant.uid ? true : undefined
    return orElse(
      meant.resourceVersion === version,
      () => `it was made for version ${meant.resourceVersion} and met ${version}`,
    )
  }),
)

/** `ack(w) < start(list) ⇒ w ∈ result`: what is read after a write shows it. */
export const readsSeeWrites = row(
  {
    id: 'A5',
    name: 'readsSeeWrites',
    says: 'A consistent read that begins after a write was acknowledged shows that write.',
    class: 'C',
    source: 'https://kubernetes.io/blog/2024/08/15/consistent-read-from-cache-beta/ (KEP-2340)',
  },
  step(({ type, resource, key, object }, _before, after) => {
    const read = after.at(resource, key)
    if (type === 'DELETED') return orElse(read?.metadata.uid !== object.metadata.uid, () => `${key} is still read`)
    if (read === undefined) return `${key} is not read`
    return orElse(!(versionOf(read) < versionOf(object)), () => `${key} is read as it was before`)
  }),
)

/** `□ one live object per (gvr, ns, name)`, `[MODIFIED ⇒ uid′ = uid]`, `[ADDED ⇒ uid is new]`. */
export const identityIsFixed = row(
  {
    id: 'A7',
    name: 'identityIsFixed',
    says: 'An object keeps its uid and name; one made again under its name has another uid.',
    class: 'C',
    source: page('concepts/overview/working-with-objects/names/#uids'),
  },
  step(({ type, resource, key, object, previous }, before) => {
    const { uid } = object.metadata
    if (uid === undefined || uid === '') return `${named(object)} has no uid`
    if (type !== 'ADDED') return orElse(previous?.metadata.uid === uid, () => `${named(object)} changed its uid`)
    return orElse(before.at(resource, key) === undefined, () => `${named(object)} was made though it was there`)
  }),
)

/** Fields beside metadata and status: what a generation counts. */
function differs(a: KubeObject, b: KubeObject): boolean {
  const fields = new Set([...Object.keys(a), ...Object.keys(b)])
  for (const field of ['metadata', 'status', 'apiVersion', 'kind']) fields.delete(field)
  return [...fields].some((field) => a[field] !== b[field] && !equal(a[field], b[field]))
}

function generationHeld({ verb, resource, object, previous }: Write): Held | undefined {
  const [is, was] = [object.metadata.generation, previous?.metadata.generation]
  if (previous === undefined || is === undefined || was === undefined) return undefined
  if (is < was || is > was + 1) return `${named(object)} went from generation ${was} to ${is}`
  const changed = differs(previous, object)
  const bound = verb === 'bind' || (resource === 'pods' && previous.spec?.nodeName !== object.spec?.nodeName)
  if (changed && is === was && !bound) return `${named(object)} changed and is still of generation ${is}`
  if (changed || is === was || (isGoing(object) && !isGoing(previous))) return true
  // Deployments count a change of annotations too, slices one of labels; kinds without a status subresource their status.
  if (resource === deployments && !equal(object.metadata.annotations, previous.metadata.annotations)) return true
  if (resource === slices && !equal(object.metadata.labels, previous.metadata.labels)) return true
  return orElse(
    !equal(object.status, previous.status) && !verb.endsWith('/status'),
    () => `${named(object)} is of generation ${is} and nothing changed`,
  )
}

/**
 * `[Δspec ⇔ gen′ = gen + 1]`, `observedGeneration ≤ generation`. The beginning of a deletion counts too, as do the annotations
 * of a Deployment; being bound does not.
 */
export const generationCounts = row(
  {
    id: 'A8',
    name: 'generationCounts',
    says: 'metadata.generation goes up by one when what is wanted changes, and then only; no status is ahead of it.',
    class: 'C',
    source: `${conventions}#metadata`,
  },
  step((write) => {
    if (write.type !== 'MODIFIED') return undefined
    const { generation } = write.object.metadata
    const observed: unknown = write.object.status?.observedGeneration
    if (typeof observed === 'number' && generation !== undefined && observed > generation)
      return `${named(write.object)} says it observed generation ${observed} and is of ${generation}`
    return generationHeld(write)
  }),
)

/** `[remove(o) ⇒ finalizers = ∅ ∧ grace done]`. */
export const removedWhenReleased = row(
  {
    id: 'A9',
    name: 'removedWhenReleased',
    says: 'An object leaves the store only without finalizers, and a pod on a node only when its grace is over.',
    class: 'C',
    source: finalizers,
  },
  step(({ type, verb, resource, object, previous, asked }) => {
    if (type !== 'DELETED') return undefined
    // What takes the last finalizer off is told of the object as it was stored.
    const left = /^(delete|evict)$/.test(verb) ? (object.metadata.finalizers ?? []) : []
    if (left.length > 0) return `${named(object)} is gone and has the finalizers ${left.join(', ')}`
    if (resource !== 'pods' || previous === undefined || isGoing(previous)) return true
    const isOver = previous.spec?.nodeName === undefined || /Succeeded|Failed/.test(previous.status?.phase ?? '')
    const isForced = asked?.type === 'delete' && asked.graceSeconds === 0
    const hasGrace = (previous.spec?.terminationGracePeriodSeconds ?? 30) > 0
    return orElse(isOver || isForced || !hasGrace || asked === undefined, () => `${named(object)} had no time to end`)
  }),
)

/** `[dts ≠ ∅ ⇒ dts′ ≤ dts]`; one that is past may become the present when it is hurried. */
export const deletionIsFinal = row(
  {
    id: 'A10',
    name: 'deletionIsFinal',
    says: 'A deletion that has begun is never taken back; its time can only come nearer.',
    class: 'C',
    source: finalizers,
  },
  step(({ type, object, previous }, _before, after) => {
    const was = timeOf(previous?.metadata.deletionTimestamp)
    if (type !== 'MODIFIED' || was === undefined) return undefined
    const is = timeOf(object.metadata.deletionTimestamp)
    return orElse(is !== undefined && is <= Math.max(was, after.now), () =>
      is === undefined ? `${named(object)} is not being deleted any more` : `${named(object)} got more time to end`,
    )
  }),
)

/** Resources whose status is a subresource, and that nothing but a status write changes the status of. */
const withStatus = new Set([
  'deployments.apps',
  'replicasets.apps',
  'statefulsets.apps',
  'daemonsets.apps',
  'jobs.batch',
  'cronjobs.batch',
  'nodes',
  'persistentvolumeclaims',
  'persistentvolumes',
  'poddisruptionbudgets.policy',
  'horizontalpodautoscalers.autoscaling',
  'resourcequotas',
])

/** `[putStatus ⇒ spec′ = spec]`, `[put ⇒ status′ = status]`. */
export const statusIsApart = row(
  {
    id: 'A11',
    name: 'statusIsApart',
    says: 'A write of the status changes no spec, labels or generation; any other write changes no status.',
    class: 'C',
    source: `${conventions}#spec-and-status`,
  },
  step(({ type, verb, resource, object, previous }) => {
    if (type !== 'MODIFIED' || previous === undefined) return undefined
    if (/^(update|patch)\/status$/.test(verb)) {
      const kept = !differs(object, previous) && object.metadata.generation === previous.metadata.generation
      return orElse(kept, () => `a write of the status changed the spec of ${named(object)}`)
    }
    if (!/^(update|patch)$/.test(verb) || !withStatus.has(resource)) return undefined
    return orElse(
      equal(object.status, previous.status),
      () => `an ordinary write changed the status of ${named(object)}`,
    )
  }),
)

type Reading = (object: KubeObject) => unknown
const selector: Reading = ({ spec }) => spec?.selector

/** What is never changed once it is there. */
const immutable: Readonly<Record<string, readonly Reading[]>> = {
  pods: [({ spec }) => spec?.nodeName],
  persistentvolumeclaims: [({ spec }) => spec?.volumeName],
  'deployments.apps': [selector],
  'replicasets.apps': [selector],
  'daemonsets.apps': [selector],
  'statefulsets.apps': [selector, ({ spec }) => spec?.serviceName, ({ spec }) => spec?.podManagementPolicy],
  'jobs.batch': [selector, ({ spec }) => spec?.completionMode],
}

/** `[x ≠ ∅ ⇒ x′ = x]`. */
export const immutableStays = row(
  {
    id: 'A12',
    name: 'immutableStays',
    says: "Selectors of workloads, a bound pod's node and a bound claim's volume never change.",
    class: 'C',
    source: page('concepts/workloads/controllers/deployment/#label-selector-updates'),
  },
  step(({ type, resource, object, previous }) => {
    const readings = immutable[resource]
    if (type !== 'MODIFIED' || readings === undefined || previous === undefined) return undefined
    const changed = readings.some((read) => {
      const was = read(previous)
      return was !== undefined && was !== '' && !equal(was, read(object))
    })
    return orElse(!changed, () => `${named(object)} changed what cannot be changed`)
  }),
)

const terminating = (s: Moment, name: string): boolean => {
  const namespace = s.get('namespaces', name, '')
  return namespace === undefined || isGoing(namespace)
}

/** `[create ∈ ns ⇒ ns.Active]`. */
export const nothingIntoTheEnding = row(
  {
    id: 'A13',
    name: 'nothingIntoTheEnding',
    says: 'Nothing is made in a namespace that is being deleted or is not there.',
    class: 'C',
    source: page('tasks/administer-cluster/namespaces/#deleting-a-namespace'),
  },
  step(({ type, object }, before) => {
    const { namespace } = object.metadata
    if (type !== 'ADDED' || namespace === undefined) return undefined
    return orElse(!terminating(before, namespace), () => `${named(object)} was made in a namespace that is ending`)
  }),
)

const stillHeld = ({ status, metadata }: KubeObject): boolean =>
  (metadata.finalizers?.length ?? 0) > 0 ||
  ((status?.conditions ?? []) as { type: string; status: string }[]).some(
    ({ type, status }) => status === 'True' && type.startsWith('Namespace'),
  )

/** What a namespace usually holds. */
const contents = [
  'pods',
  'configmaps',
  'secrets',
  'services',
  'persistentvolumeclaims',
  'deployments.apps',
  'replicasets.apps',
  'statefulsets.apps',
  'jobs.batch',
]

/** `[remove ns ⇒ nothing is in ns]`; and what is in one that is going is going. */
export const namespacesAreEmptied = row(
  {
    id: 'A13c',
    name: 'namespacesAreEmptied',
    says: 'A namespace goes only when nothing is left in it.',
    class: 'C',
    source: page('tasks/administer-cluster/namespaces/#deleting-a-namespace'),
  },
  step(({ type, resource, object }, before) => {
    if (type !== 'DELETED' || resource !== 'namespaces') return undefined
    return eachOf(contents, (one) => {
      const [left] = before.list(one, { namespace: object.metadata.name })
      return orElse(
        left === undefined,
        () => `${named(object)} went while ${left?.kind} ${left?.metadata.name} was in it`,
      )
    })
  }),
)

/** `ns.Terminating ~> gone`, or its conditions say what holds it. */
export const namespacesEnd = row(
  {
    id: 'A13b',
    name: 'namespacesEnd',
    says: 'A namespace that is being deleted goes, or says what is left in it.',
    class: 'C',
    source: page('tasks/administer-cluster/namespaces/#deleting-a-namespace'),
  },
  settled((s) =>
    eachOf(s.list('namespaces'), (one) => {
      if (!isGoing(one)) return true
      const free = contents
        .flatMap((resource) => s.list(resource, { namespace: one.metadata.name }))
        .find((object) => !isGoing(object))
      if (free !== undefined) return `nobody deletes ${named(free)}, though its namespace is going`
      return orElse(stillHeld(one), () => `${named(one)} does not go and does not say why`)
    }),
  ),
)

/** `[apply_m ∧ ¬force ⇒ ∀f owned by m′ ≠ m: f′ = f]`. Needs the request: a live cluster. */
export const appliesKeepOthers = row(
  {
    id: 'A15',
    name: 'appliesKeepOthers',
    says: 'Server-side apply without force changes no field that another manager owns.',
    class: 'C',
    source: page('reference/using-api/server-side-apply/#conflicts'),
  },
  step(({ asked, object, previous }) => {
    if (asked?.type !== 'patch' || asked.patchType !== 'apply' || previous === undefined) return undefined
    if (asked.force === true || (asked.subresource ?? '') !== '') return undefined
    const lost = lostField(previous, object, asked.manager ?? '')
    return orElse(lost === undefined, () => `${lost} of ${named(object)}, and it changed`)
  }),
)
