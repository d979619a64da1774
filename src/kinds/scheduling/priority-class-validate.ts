/**
 * The rules of PriorityClasses.
 * Source: https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/#priorityclass
 */
import { amongRequired, isSet, when } from '../../api/checks.ts'
import { type FieldError, forbiddenValue, path } from '../../api/field-error.ts'
import { validateImmutable } from '../../api/meta.ts'
import type { KubeObject } from '../../api/object.ts'

const highest = 1_000_000_000
const system: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2 * highest,
  'system-node-critical': 2 * highest + 1000,
}

/** The faults of a PriorityClass. */
export function validatePriorityClass(level: KubeObject, previous: KubeObject | undefined): FieldError[] {
  const policyAt = path('preemptionPolicy')
  const value: number = level.value ?? 0
  if (previous !== undefined) {
    const changed = value !== (previous.value ?? 0)
    return [
      ...when(changed, forbiddenValue(path('value'), 'may not be changed in an update.')),
      ...validateImmutable(level.preemptionPolicy ?? null, previous.preemptionPolicy ?? null, policyAt),
    ]
  }
  const most = `maximum allowed value of a user defined priority is ${highest}`
  const isSystem = level.metadata.name.startsWith('system-')
  return [
    ...(isSystem ? systemFaults(level) : when(value > highest, forbiddenValue(path('value'), most))),
    ...(isSet(level.preemptionPolicy)
      ? amongRequired(level.preemptionPolicy, ['PreemptLowerPriority', 'Never'], policyAt)
      : []),
  ]
}

function systemFaults({ metadata: { name }, value = 0, globalDefault = false }: KubeObject): FieldError[] {
  const why = whyNotSystem(name, value, globalDefault)
  const text = `priority class names with 'system-' prefix are reserved for system use only. error: ${why}`
  return when(why !== '', forbiddenValue(path('metadata', 'name'), text))
}

function whyNotSystem(name: string, value: number, isDefault: boolean): string {
  const known = system[name]
  if (known === undefined) return `${name} is not a known system priority class`
  if (known !== value) return `value of ${name} PriorityClass must be ${known}`
  return isDefault ? `globalDefault of ${name} PriorityClass must be false` : ''
}
