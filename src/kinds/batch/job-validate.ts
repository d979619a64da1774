/**
 * The rules of Jobs and of the Jobs that CronJobs make.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/job/
 */
import { dnsSubdomain, isSet, nonNegative, type Part, when } from '../../api/checks.ts'
import {
  type FieldError,
  invalidValue,
  notSupported,
  type Path,
  path,
  required,
  tooLong,
} from '../../api/field-error.ts'
import { byteLength } from '../../api/go-text.ts'
import { validateImmutable, validateLabelSelector } from '../../api/meta.ts'
import type { KubeObject } from '../../api/object.ts'
import { labelMatchFaults, templateFaults } from '../../api/pod-spec/template.ts'
import { semanticEqual } from '../../api/semantic-equal.ts'
import { countFaults } from '../../api/status-rules.ts'
import { successPolicyFaults } from './job-success-policy.ts'
import { failurePolicyFaults, replacementFaults } from './pod-failure-policy.ts'

const statusCounts = ['active', 'succeeded', 'failed', 'ready', 'terminating']

export function validateJob(job: KubeObject, previous: KubeObject | undefined, subresource: string): FieldError[] {
  if (subresource === 'status') return countFaults(job.status, statusCounts, path('status'))
  const place = path('spec')
  const spec = job.spec ?? {}
  return [
    ...jobSpecFaults(spec, place),
    ...(spec.selector === undefined
      ? [required(place.child('selector'))]
      : validateLabelSelector(spec.selector, place.child('selector'))),
    ...(spec.selector === undefined ? [] : labelMatchFaults(spec, place)),
    ...(previous === undefined ? [] : changeFaults(spec, previous.spec ?? {}, place)),
  ]
}

/** The faults of a Job's spec without its selector: of a Job, and of the template of a CronJob. */
export function jobSpecFaults(spec: Part, place: Path): FieldError[] {
  const indexed = spec.completionMode === 'Indexed'
  return [
    ...[
      'parallelism',
      'completions',
      'activeDeadlineSeconds',
      'backoffLimit',
      'ttlSecondsAfterFinished',
      'backoffLimitPerIndex',
      'maxFailedIndexes',
    ].flatMap((field) => nonNegative(spec[field], place.child(field))),
    ...when(
      isSet(spec.maxFailedIndexes) && !isSet(spec.backoffLimitPerIndex),
      required(place.child('backoffLimitPerIndex'), 'when maxFailedIndexes is specified'),
    ),
    ...managerFaults(spec.managedBy, place.child('managedBy')),
    ...modeFaults(spec, indexed, place),
    ...failurePolicyFaults(spec, place.child('podFailurePolicy')),
    ...successPolicyFaults(spec, place.child('successPolicy')),
    ...replacementFaults(spec, place.child('podReplacementPolicy')),
    ...templateRunFaults(spec, place.child('template')),
  ]
}

const longestManager = 63
const mostIndexed = 100_000

function managerFaults(manager: string | undefined | null, place: Path): FieldError[] {
  if (!isSet(manager)) return []
  const name = manager as string
  return [...domainPathFaults(name, place), ...when(byteLength(name) > longestManager, tooLong(place, longestManager))]
}

function domainPathFaults(name: string, place: Path): FieldError[] {
  const slash = name.indexOf('/')
  const path = slash < 0 ? '' : name.slice(slash + 1)
  const why = 'must be a domain-prefixed path (such as "acme.io/foo")'
  if (slash <= 0 || path === '') return [invalidValue(place, name, why)]
  return dnsSubdomain(name.slice(0, slash), place)
}

function modeFaults(spec: Part, indexed: boolean, place: Path): FieldError[] {
  const {
    completionMode: mode,
    completions,
    parallelism,
    backoffLimitPerIndex: perIndex,
    maxFailedIndexes: failed,
  } = spec
  if (mode === undefined) return []
  if (mode !== 'NonIndexed' && mode !== 'Indexed')
    return [notSupported(place.child('completionMode'), mode, ['NonIndexed', 'Indexed'])]
  const failedAt = place.child('maxFailedIndexes')
  const parallel = `must be less than or equal to ${mostIndexed} when completion mode is Indexed`
  const needed = required(failedAt, `must be specified when completions is above ${mostIndexed}`)
  if (!indexed)
    return ['backoffLimitPerIndex', 'maxFailedIndexes'].flatMap((field) =>
      when(isSet(spec[field]), invalidValue(place.child(field), spec[field], 'requires indexed completion mode')),
    )
  return [
    ...when(!isSet(completions), required(place.child('completions'), 'when completion mode is Indexed')),
    ...when(parallelism > mostIndexed, invalidValue(place.child('parallelism'), parallelism, parallel)),
    ...when(
      isSet(completions) && isSet(failed) && failed > completions,
      invalidValue(failedAt, failed, 'must be less than or equal to completions'),
    ),
    ...when(completions > mostIndexed && isSet(perIndex) && !isSet(failed), needed),
  ]
}

function templateRunFaults({ template }: Part, place: Path): FieldError[] {
  const policy = template?.spec?.restartPolicy ?? ''
  const at = place.child('spec', 'restartPolicy')
  const values = ['OnFailure', 'Never']
  const wrong =
    policy === '' || policy === 'Always'
      ? [required(at, 'valid values: "OnFailure", "Never"')]
      : when(!values.includes(policy), notSupported(at, policy, values))
  return [...templateFaults(template ?? {}, place), ...wrong]
}

function changeFaults(spec: Part, previous: Part, place: Path): FieldError[] {
  const elastic = spec.completionMode === 'Indexed' && spec.completions === spec.parallelism
  return [
    ...(elastic ? [] : validateImmutable(spec.completions, previous.completions, place.child('completions'))),
    ...validateImmutable(spec.selector, previous.selector, place.child('selector')),
    ...templateChange(spec, previous, place.child('template')),
    ...validateImmutable(spec.completionMode, previous.completionMode, place.child('completionMode')),
    ...validateImmutable(spec.podFailurePolicy, previous.podFailurePolicy, place.child('podFailurePolicy')),
    ...validateImmutable(spec.backoffLimitPerIndex, previous.backoffLimitPerIndex, place.child('backoffLimitPerIndex')),
    ...validateImmutable(spec.managedBy, previous.managedBy, place.child('managedBy')),
    ...validateImmutable(spec.successPolicy, previous.successPolicy, place.child('successPolicy')),
  ]
}

/** Where the pods of a suspended Job will run may still be changed. */
function templateChange(spec: Part, previous: Part, at: Path): FieldError[] {
  const fixed = (template: Part): Part => {
    if (previous.suspend !== true) return template
    const { nodeSelector: _n, tolerations: _t, schedulingGates: _g, affinity: _a, ...rest } = template?.spec ?? {}
    const { labels: _l, annotations: _an, ...metadata } = template?.metadata ?? {}
    return { ...template, metadata, spec: rest }
  }
  if (semanticEqual(fixed(spec.template), fixed(previous.template))) return []
  return validateImmutable(spec.template, previous.template, at)
}
