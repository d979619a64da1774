/** What an operation asks of the API at one moment. Pure: the same moment gives the same transitions. */
import type { Kind } from '../../api/kind.ts'
import type { KubeObject, Ref } from '../../api/object.ts'
import { createRegistry, type Registry } from '../../api/registry.ts'
import { threeWay, withLastApplied } from '../../cluster/apply.ts'
import { unknownKind } from '../../cluster/unknown-kind.ts'
import { kinds } from '../../kinds/index.ts'
import { KybernError } from '../../lib/coded-error.ts'
import type { Patch, Transition } from '../../store/transition.ts'
import type { Moment } from '../moment.ts'
import type { Evict, Operation, PatchObject, Request, SetImage, SetTaint, Target } from '../operation.ts'
import { evictable, evictions } from './drain.ts'
import { undoPatch } from './undo.ts'

const builtIn = createRegistry(kinds)
const cause = { why: 'request', by: 'user' } as const

/**
 * The transitions in order; none for a fault or a wait, and none when there is nothing to do (nothing to go back to, all
 * drained). What is not there is asked for all the same, and the API says 404. `registry` has the kinds of the moment
 * when there are others than the built-in ones. Throws KYB-KIND for a kind that nobody serves.
 */
export function transitionsOf(operation: Operation, moment: Moment, registry: Registry = builtIn): Transition[] {
  if ('fault' in operation || 'wait' in operation) return []
  return asked(operation, moment, registry).map((transition) => ({ cause, ...transition }))
}

function asked(request: Request, moment: Moment, registry: Registry): Transition[] {
  switch (request.op) {
    case 'apply':
      return [applied(request.object, moment, registry)]
    case 'patch':
      return [patched(kindOf(request, registry), request)]
    case 'scale':
      return [scaled(kindOf(request, registry), request, request.replicas)]
    case 'setImage':
      return [imageSet(kindOf(request, registry), request, moment)]
    case 'undo':
      return undone(kindOf(request, registry), request, moment)
    case 'delete': {
      const { propagation, graceSeconds } = request
      const how = { ...(propagation && { propagation }), ...(graceSeconds === undefined ? {} : { graceSeconds }) }
      return [{ type: 'delete', ref: refOf(kindOf(request, registry), request), ...how }]
    }
    case 'label':
      return [merged(kindOf(request, registry), request, { metadata: { labels: request.labels } })]
    case 'taint':
      return [tainted(request, moment)]
    case 'drain':
      return [...cordoned(request.node, true, moment), ...evictions(moment, evictable(moment, request.node))]
    case 'evict':
      return evicted(request, moment)
    case 'cordon':
      return cordoned(request.node, true, moment)
    case 'uncordon':
      return cordoned(request.node, false, moment)
    default:
      throw new KybernError('KYB-EXPLORE', `there is no operation ${JSON.stringify(request)}`)
  }
}

function kindOf({ kind: name }: Target, registry: Registry): Kind {
  const kind = registry.find(name)
  if (kind === undefined) throw new KybernError('KYB-KIND', `the cluster serves no kind "${name}"`)
  return kind
}

function refOf(kind: Kind, { name, namespace = 'default' }: Omit<Target, 'kind'>): Ref {
  return { resource: kind.resource, namespace: kind.namespaced ? namespace : '', name }
}

function merged(kind: Kind, target: Target, patch: object, more: Partial<Patch> = {}): Patch {
  const { apiVersion } = kind
  const ref = refOf(kind, target)
  return { type: 'patch', ref, patchType: 'merge', patch, apiVersion, fieldValidation: 'Strict', ...more }
}

function patched(kind: Kind, target: PatchObject): Patch {
  return merged(kind, target, target.patch as object, { patchType: target.type ?? 'merge' })
}

function applied(wanted: KubeObject, moment: Moment, registry: Registry): Transition {
  const kind = registry.byKind(wanted.apiVersion, wanted.kind)
  if (kind?.served !== true) throw unknownKind(wanted)
  const { name, namespace = 'default' } = wanted.metadata
  const object = kind.namespaced ? { ...wanted, metadata: { ...wanted.metadata, namespace } } : wanted
  const ref = refOf(kind, { name, namespace })
  const options = {
    apiVersion: kind.apiVersion,
    fieldValidation: 'Strict',
    manager: 'kubectl-client-side-apply',
  } as const
  const live = moment.get(kind.resource, name, namespace)
  if (live === undefined)
    return {
      type: 'create',
      resource: kind.resource,
      namespace: ref.namespace,
      object: withLastApplied(object),
      ...options,
    }
  return { type: 'update', ref, object: threeWay(kind, kind.fromStorage(live), object), ...options }
}

/** By the scale subresource; kinds without one are asked for the field, as a merge patch. */
function scaled(kind: Kind, target: Target, replicas: number): Transition {
  const subresource = kind.subresources.scale === undefined ? {} : { subresource: 'scale' }
  return merged(kind, target, { spec: { replicas } }, subresource)
}

/** Where a kind keeps the pod spec whose images `kubectl set image` sets. */
const podSpecs: Readonly<Record<string, readonly string[]>> = {
  Pod: ['spec'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
}
const usualPodSpec = ['spec', 'template', 'spec']

function imageSet(kind: Kind, request: SetImage, moment: Moment): Transition {
  const { container, image, name, namespace } = request
  const path = podSpecs[kind.kind] ?? usualPodSpec
  const stored = moment.get(kind.resource, name, namespace)
  const podSpec = path.reduce<KubeObject | undefined>((value, step) => value?.[step], stored)
  const all = ((podSpec?.containers ?? []) as { name: string }[]).map((one) => one.name)
  const names = container === '*' ? all : [container ?? all[0] ?? 'main']
  const containers = names.map((one) => ({ name: one, image }))
  const patch = path.reduceRight<object>((inner, step) => ({ [step]: inner }), { containers })
  return merged(kind, request, patch, { patchType: 'strategic' })
}

const historied = ['Deployment', 'DaemonSet', 'StatefulSet']

function undone(kind: Kind, request: Target & { toRevision?: number }, moment: Moment): Transition[] {
  const stored = historied.includes(kind.kind) ? moment.get(kind.resource, request.name, request.namespace) : undefined
  const change = stored === undefined ? undefined : undoPatch(moment, stored, request.toRevision)
  return change === undefined ? [] : [merged(kind, request, {}, change)]
}

/** A pod that is not there is asked for all the same, and the API says 404. */
function evicted({ name, namespace = 'default' }: Evict, moment: Moment): Transition[] {
  const pod = moment.get('pods', name, namespace)
  return pod === undefined ? [{ type: 'delete', ref: { resource: 'pods', namespace, name } }] : evictions(moment, [pod])
}

const node = (name: string): Ref => ({ resource: 'nodes', namespace: '', name })

function cordoned(name: string, unschedulable: boolean, moment: Moment): Transition[] {
  const is = moment.get('nodes', name)?.spec?.unschedulable === true
  const patch = { spec: { unschedulable: unschedulable ? true : null } }
  return is === unschedulable ? [] : [{ type: 'patch', ref: node(name), patchType: 'merge', patch }]
}

function tainted({ node: name, taint, remove }: SetTaint, moment: Moment): Transition {
  const now = (moment.get('nodes', name)?.spec?.taints ?? []) as SetTaint['taint'][]
  const others = now.filter((one) => one.key !== taint.key || one.effect !== taint.effect)
  const taints = remove === true ? others : [...others, taint]
  return {
    type: 'patch',
    ref: node(name),
    patchType: 'merge',
    patch: { spec: { taints: taints.length > 0 ? taints : null } },
  }
}
