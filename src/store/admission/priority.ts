/**
 * Priority: a pod's class name becomes its number and its preemption policy; there is one default class at most.
 * Source: https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/
 */
import type { KubeObject } from '../../api/object.ts'
import { forbidden } from '../../api/status-error.ts'
import type { AdmissionRequest, AdmissionStep } from '../admission-step.ts'
import type { View } from '../view.ts'

const classes = 'priorityclasses.scheduling.k8s.io'

interface Rank {
  readonly name: string
  readonly value: number
  readonly preemptionPolicy: string
}

/** Classes that exist in every cluster, stored or not. */
const builtIn: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
}

/** Fills spec.priority, priorityClassName and preemptionPolicy of a new pod; refuses with 403 what does not fit. */
export const priority: AdmissionStep = (request, view) => {
  if (request.kind.resource === classes) return priorityClass(request, view)
  if (request.kind.resource !== 'pods' || request.subresource !== '') return request.object
  if (request.operation === 'UPDATE') return withKept(request.object, request.previous)
  return request.operation === 'CREATE' ? withRank(request, view) : request.object
}

function withRank(request: AdmissionRequest, view: View): KubeObject {
  const { object } = request
  const { priorityClassName: wanted, priority: given, preemptionPolicy: policy } = object.spec ?? {}
  const rank = rankOf(request, wanted ?? '', view)
  if (given !== undefined && given !== null && given !== rank.value)
    throw forbidden(
      'pods',
      object.metadata.name,
      `the integer value of priority (${given}) must not be provided in pod spec; priority admission controller computed ${rank.value} from the given PriorityClass name`,
    )
  if (policy && policy !== rank.preemptionPolicy)
    throw forbidden(
      'pods',
      object.metadata.name,
      `the string value of PreemptionPolicy (${policy}) must not be provided in pod spec; priority admission controller computed ${rank.preemptionPolicy} from the given PriorityClass name`,
    )
  const named = rank.name === '' ? {} : { priorityClassName: rank.name }
  return {
    ...object,
    spec: { ...object.spec, ...named, priority: rank.value, preemptionPolicy: rank.preemptionPolicy },
  }
}

function rankOf(request: AdmissionRequest, name: string, view: View): Rank {
  if (name === '') {
    const defaults = view.list(classes).filter((one) => one.globalDefault === true)
    const lowest = defaults.sort((a, b) => a.value - b.value)[0]
    return lowest === undefined ? { name: '', value: 0, preemptionPolicy: 'PreemptLowerPriority' } : rankFrom(lowest)
  }
  const stored = view.get(classes, '', name)
  if (stored !== undefined) return rankFrom(stored)
  const value = builtIn[name]
  if (value === undefined)
    throw forbidden('pods', request.object.metadata.name, `no PriorityClass with name ${name} was found`)
  return { name, value, preemptionPolicy: 'PreemptLowerPriority' }
}

function rankFrom(one: KubeObject): Rank {
  return {
    name: one.metadata.name,
    value: one.value,
    preemptionPolicy: one.preemptionPolicy ?? 'PreemptLowerPriority',
  }
}

/** An update that leaves the number out means the one that is stored. */
function withKept(object: KubeObject, previous: KubeObject | undefined): KubeObject {
  const spec = { ...object.spec }
  const before = previous?.spec ?? {}
  let changed = false
  for (const field of ['priority', 'preemptionPolicy'] as const) {
    if (spec[field] !== undefined || before[field] === undefined) continue
    spec[field] = before[field]
    changed = true
  }
  return changed ? { ...object, spec } : object
}

function priorityClass(request: AdmissionRequest, view: View): KubeObject {
  const { object, operation, name } = request
  if (operation === 'DELETE' || object.globalDefault !== true) return object
  const other = view.list(classes).find((one) => one.globalDefault === true && one.metadata.name !== name)
  if (other !== undefined)
    throw forbidden(
      classes,
      name,
      `PriorityClass ${other.metadata.name} is already marked as default. Only one default can exist`,
    )
  return object
}
