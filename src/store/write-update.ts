/**
 * Updating an object or one of its subresources: optimistic concurrency, what the server keeps, generation, and the
 * removal that follows when the last finalizer goes.
 * Source: https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions
 */

import { invalidValue, path } from '../api/field-error.ts'
import type { Kind, ScalePaths } from '../api/kind.ts'
import { validateObjectMetaUpdate } from '../api/meta.ts'
import { type KubeObject, type ObjectMeta, objectKey } from '../api/object.ts'
import { badRequest, conflict, invalid, notFound } from '../api/status-error.ts'
import { equal } from '../lib/equal.ts'
import { Admission, writeOptions } from './admit.ts'
import { decoded } from './decode.ts'
import { managed } from './managed.ts'
import { type CommitContext, lookUp, type Plan, spokenKind, storedFor } from './plan.ts'
import { atPath, withPath } from './scale.ts'
import { frozen } from './snapshot.ts'
import type { TransitionBase, Update } from './transition.ts'
import { planCreate, refuseInvalid } from './write-create.ts'

/** The plan of an update, or a StatusError: 400, 404, 409, 422. */
export function planUpdate(context: CommitContext, transition: Update): Plan {
  const kind = spokenKind(
    context,
    transition.ref.resource,
    transition,
    transition.subresource === 'scale' ? undefined : transition.object,
  )
  const subresource = transition.subresource ?? ''
  const { namespace, name } = transition.ref
  const mayCreate = kind.createOnUpdate === true && subresource === '' && isNew(transition)
  if (mayCreate && lookUp(context, kind.resource, objectKey(namespace, name)) === undefined)
    return created(context, kind, transition)
  const stored = storedFor(context, kind, transition.ref, transition.uid)
  const sent = subresource === 'scale' ? scaled(kind, stored, transition.object) : transition.object
  refuseUnversioned(kind, sent, transition)
  return planReplacement(context, kind, stored, sent, subresource, transition)
}

/** Whoever names a uid, or is a controller, means an object that was there. */
const isNew = ({ trusted, uid, object }: Update): boolean =>
  trusted !== true && uid === undefined && (object.metadata?.uid ?? '') === ''

/** A PUT to a free name, for the kinds that allow it. */
function created(context: CommitContext, kind: Kind, transition: Update): Plan {
  const { resourceVersion: _version, uid: _uid, ...metadata } = transition.object.metadata
  const { resource, namespace } = transition.ref
  const object = { ...transition.object, metadata }
  return planCreate(context, {
    ...transition,
    type: 'create',
    apiVersion: kind.apiVersion,
    resource,
    namespace,
    object,
  })
}

/** Some kinds are replaced only by those who say what they have seen. */
function refuseUnversioned(kind: Kind, sent: KubeObject, { trusted, ref }: Update): void {
  const isSaid = (sent.metadata?.resourceVersion ?? '') !== ''
  if (kind.updateNeedsVersion !== true || trusted === true || isSaid) return
  const why = invalidValue('metadata.resourceVersion', 0, 'must be specified for an update')
  throw invalid({ group: kind.group, kind: kind.plural }, ref.name, [why])
}

/** The plan that puts `sent`, in the version of `kind`, where `stored` is; used by updates and patches alike. */
export function planReplacement(
  context: CommitContext,
  kind: Kind,
  stored: KubeObject,
  sent: KubeObject,
  subresource: string,
  options: TransitionBase,
): Plan {
  const name = stored.metadata.name
  const namespace = stored.metadata.namespace ?? ''
  const key = objectKey(namespace, name)
  if (sent.metadata?.name !== undefined && sent.metadata.name !== name)
    throw badRequest(`the name of the object (${sent.metadata.name}) does not match the name on the URL (${name})`)
  if (subresource !== '' && !Object.hasOwn(kind.subresources, subresource)) throw notFound(kind.groupResource, name)
  const version = sent.metadata?.resourceVersion
  if (version !== undefined && version !== '' && version !== stored.metadata.resourceVersion)
    throw conflict(kind.groupResource, name)
  const { object: read, warnings } =
    options.trusted === true ? { object: kind.toStorage(sent), warnings: [] } : decoded(kind, sent, options)
  const merged = withKept(kind, read, stored, subresource, options.trusted === true)
  const recorded = managed(context, kind, stored, merged, subresource, options)
  const admission = new Admission(context, options, warnings)
  const sentOptions = writeOptions(options)
  const request = {
    operation: 'UPDATE',
    kind,
    namespace,
    name,
    previous: stored,
    subresource,
    options: sentOptions,
  } as const
  const accepted = admission.mutated({ ...request, object: recorded })
  const allocated = admission.allocated({ ...request, object: accepted })
  const prepared = kind.prepare?.update?.(allocated, stored, { now: context.now, subresource }) ?? allocated
  if (options.trusted !== true) {
    const errors = validateObjectMetaUpdate(prepared.metadata, stored.metadata)
    // Built-in strategies judge the metadata once more than the store does, and Kubernetes tells both.
    const told = kind.schema === undefined ? errors : [...errors, ...errors]
    if (errors.length > 0) throw invalid({ group: kind.storedGroup, kind: kind.kind }, name, told)
    if (subresource === 'scale') refuseScale(kind, name, prepared)
    admission.carried(() => refuseInvalid(kind, prepared, stored, subresource))
    admission.warn(kind.warnings?.(prepared, stored))
  }
  admission.validate({ ...request, object: prepared })
  const said = admission.said()
  const moved = withGeneration(kind, prepared, stored)
  if (equal(moved, stored)) return { kind, key, previous: stored, next: stored, ...said }
  const gone = isReleased(kind, moved)
  return { kind, key, previous: stored, next: gone ? undefined : frozen(moved), ...said }
}

/** True for an object that was waiting for its last finalizer and has none left. */
export function isReleased(kind: Kind, object: KubeObject): boolean {
  const meta = object.metadata
  if (meta.deletionTimestamp === undefined || (meta.finalizers?.length ?? 0) > 0) return false
  if (kind.resource === 'namespaces') return (object.spec?.finalizers?.length ?? 0) === 0
  return (meta.deletionGracePeriodSeconds ?? 0) === 0
}

/** Puts back what this kind of write may not touch: identity always, status or everything else by subresource. */
function withKept(kind: Kind, sent: KubeObject, stored: KubeObject, subresource: string, trusted: boolean): KubeObject {
  if (trusted && sent.metadata === stored.metadata) {
    if (subresource === 'status') return { ...stored, status: sent.status }
    if (kind.subresources.status !== true || sent.status === stored.status) return sent
  }
  const { resourceVersion: _version, ...meta } = sent.metadata ?? ({} as ObjectMeta)
  const kept = keptMeta(stored.metadata)
  if (subresource === 'status') {
    const annotations = trusted || kind.resource === 'pods' ? pick(meta, 'annotations') : {}
    const labels = kind.resource === 'pods' || kind.resource === 'nodes' ? pick(meta, 'labels') : {}
    const owners = pick(meta, 'managedFields')
    const metadata = { ...stored.metadata, ...labels, ...annotations, ...owners, ...kept }
    return { ...stored, metadata, status: sent.status }
  }
  const identity = trusted ? kept : { ...kept, ...given(meta) }
  const object: KubeObject = {
    ...sent,
    apiVersion: stored.apiVersion,
    kind: stored.kind,
    metadata: { ...meta, ...identity } as ObjectMeta,
  }
  if (kind.subresources.status !== true || subresource !== '') return object
  const { status: _status, ...main } = object
  return (stored.status === undefined ? main : { ...main, status: stored.status }) as KubeObject
}

/** Fields only the server sets. Taken from the stored object, so a client cannot lose them by leaving them out. */
function keptMeta(stored: ObjectMeta): Partial<ObjectMeta> {
  const fields = [
    'name',
    'namespace',
    'uid',
    'creationTimestamp',
    'generation',
    'generateName',
    'resourceVersion',
  ] as const
  const more = ['deletionTimestamp', 'deletionGracePeriodSeconds'] as const
  return Object.fromEntries([...fields, ...more].flatMap((f) => (stored[f] === undefined ? [] : [[f, stored[f]]])))
}

/** Identity a client did send: kept, so that validation can say that it is immutable. */
function given(meta: Partial<ObjectMeta>): Partial<ObjectMeta> {
  return { ...pick(meta, 'name'), ...pick(meta, 'namespace'), ...pick(meta, 'uid') }
}

function pick<K extends keyof ObjectMeta>(meta: Partial<ObjectMeta>, field: K): Partial<ObjectMeta> {
  return meta[field] === undefined || meta[field] === '' ? {} : ({ [field]: meta[field] } as Partial<ObjectMeta>)
}

/** generation goes up exactly when something other than metadata and status changed. */
function withGeneration(kind: Kind, next: KubeObject, stored: KubeObject): KubeObject {
  const { generation = kind.hasGeneration === 'later' ? 0 : undefined } = stored.metadata
  if (kind.hasGeneration === false || generation === undefined) return next
  const changed = Object.keys({ ...next, ...stored }).some(
    (field) => field !== 'metadata' && field !== 'status' && !equal(next[field], stored[field]),
  )
  if (!changed) return next
  return { ...next, metadata: { ...next.metadata, generation: generation + 1 } }
}

function scaled(kind: Kind, stored: KubeObject, scale: KubeObject): KubeObject {
  const paths = kind.subresources.scale as ScalePaths | undefined
  if (paths === undefined) throw badRequest(`${kind.resource} has no scale subresource`)
  const version = scale.metadata?.resourceVersion
  const wanted = withPath(kind.fromStorage(stored), paths.spec, atPath(scale, '.spec.replicas') ?? 0)
  return version ? { ...wanted, metadata: { ...wanted.metadata, resourceVersion: version } } : wanted
}

/** A Scale is judged before the object it is part of, and under its own name. */
function refuseScale(kind: Kind, name: string, object: KubeObject): void {
  const replicas = atPath(object, (kind.subresources.scale as ScalePaths).spec)
  if (typeof replicas !== 'number' || replicas >= 0) return
  const fault = invalidValue(path('spec', 'replicas'), replicas, 'must be greater than or equal to 0')
  throw invalid({ group: 'autoscaling', kind: 'Scale' }, name, [fault])
}
