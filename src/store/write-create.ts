/**
 * Creating: decode, default, record who set what, mutating admission, name and stamp, prepare, validate, validating
 * admission. In the order of a real server: fields that admission or the strategy sets have no owner.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/
 */
import type { Kind } from '../api/kind.ts'
import { validateObjectMeta } from '../api/meta.ts'
import { type KubeObject, objectKey } from '../api/object.ts'
import { alreadyExists, badRequest, invalid, methodNotAllowed } from '../api/status-error.ts'
import { toRfc3339 } from '../api/time.ts'
import { uuidFrom } from '../lib/prng.ts'
import { Admission, writeOptions } from './admit.ts'
import { decoded } from './decode.ts'
import { managed } from './managed.ts'
import { type CommitContext, lookUp, type Plan, spokenKind } from './plan.ts'
import { frozen } from './snapshot.ts'
import type { Create } from './transition.ts'

const generatedSuffix = 5
const longestGenerated = 63 - generatedSuffix

/** The plan of a create, or a StatusError: 400, 404, 409, 422. */
export function planCreate(context: CommitContext, transition: Create): Plan {
  const kind = spokenKind(context, transition.resource, transition, transition.object)
  if (kind.virtual === true) throw methodNotAllowed(kind.groupResource, 'create')
  const { object: read, warnings } = decoded(kind, transition.object, transition)
  const namespace = kind.namespaced ? transition.namespace : ''
  const named = withIdentity(context, kind, read, namespace)
  const recorded = managed(context, kind, undefined, named, '', transition)
  const admission = new Admission(context, transition, warnings)
  const asked = read.metadata?.name ?? ''
  const options = writeOptions(transition)
  const request = { operation: 'CREATE', kind, namespace, name: asked, subresource: '', options } as const
  const accepted = admission.mutated({ ...request, object: anonymous(recorded, asked) })
  const whole = identified(accepted, named)
  const name = whole.metadata.name
  const allocated = admission.allocated({ ...request, name, object: whole })
  const prepared = kind.prepare?.create?.(allocated, { now: context.now, subresource: '' }) ?? allocated
  if (transition.trusted !== true) {
    admission.carried(() => refuseInvalid(kind, prepared, undefined, ''))
    admission.warn(kind.warnings?.(prepared, undefined))
  }
  admission.validate({ ...request, name, object: prepared })
  const key = objectKey(namespace, name)
  if (lookUp(context, kind.resource, key) !== undefined)
    admission.carried(() => {
      throw alreadyExists(kind.groupResource, name)
    })
  return { kind, key, previous: undefined, next: frozen(prepared), ...admission.said() }
}

/** The object as mutating admission sees it: without what the server gives it when it is stored. */
function anonymous(object: KubeObject, name: string): KubeObject {
  const { uid: _uid, creationTimestamp: _at, generation: _generation, name: _name, ...metadata } = object.metadata
  return { ...object, metadata: (name === '' ? metadata : { name, ...metadata }) as KubeObject['metadata'] }
}

/** With the identity drawn for it; a name that admission gave goes before the generated one. */
function identified(object: KubeObject, named: KubeObject): KubeObject {
  const { name, namespace, uid, creationTimestamp, generation } = named.metadata
  const { name: given = '', namespace: _namespace, ...metadata } = object.metadata
  const place = namespace === undefined ? {} : { namespace }
  const count = generation === undefined ? {} : { generation }
  return { ...object, metadata: { ...metadata, name: given || name, ...place, uid, creationTimestamp, ...count } }
}

/** Name (generated when asked), namespace, uid, creation time, generation; what only the server may set is cleared. */
function withIdentity(context: CommitContext, kind: Kind, object: KubeObject, namespace: string): KubeObject {
  const given = object.metadata ?? ({} as KubeObject['metadata'])
  if (given.resourceVersion !== undefined && given.resourceVersion !== '') {
    throw badRequest('resourceVersion should not be set on objects to be created')
  }
  // What a cluster-scoped object says of a namespace is dropped.
  if (kind.namespaced && given.namespace !== undefined && given.namespace !== '' && given.namespace !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  }
  const { namespace: _namespace, deletionTimestamp: _at, deletionGracePeriodSeconds: _grace, ...kept } = given
  const generation = (kind.hasGeneration ?? object.spec !== undefined) === true ? { generation: 1 } : {}
  const place = kind.namespaced ? { namespace } : {}
  const metadata = {
    ...kept,
    name: nameOf(context, kind, given, namespace),
    ...place,
    uid: uuidFrom(context.prng),
    creationTimestamp: toRfc3339(context.now),
    ...generation,
  }
  return { ...object, metadata }
}

function nameOf(context: CommitContext, kind: Kind, meta: KubeObject['metadata'], namespace: string): string {
  if (meta.name !== undefined && meta.name !== '') return meta.name
  if (meta.generateName === undefined || meta.generateName === '')
    return kind.namesItself === true ? uuidFrom(context.prng) : ''
  const base = meta.generateName.slice(0, longestGenerated)
  let name = base + context.prng.suffix(generatedSuffix)
  for (let tries = 1; tries < 8 && lookUp(context, kind.resource, objectKey(namespace, name)); tries++) {
    name = base + context.prng.suffix(generatedSuffix)
  }
  return name
}

/** Throws 422 with every field error of metadata and of the kind's own rules. */
export function refuseInvalid(
  kind: Kind,
  object: KubeObject,
  previous: KubeObject | undefined,
  subresource: string,
): void {
  const meta = previous === undefined ? validateObjectMeta(object.metadata, kind.namespaced, kind.nameRule) : []
  const errors = [...meta, ...(kind.validate?.(object, previous, subresource) ?? [])]
  if (errors.length > 0) throw invalid({ group: kind.storedGroup, kind: kind.kind }, object.metadata.name, errors)
}
