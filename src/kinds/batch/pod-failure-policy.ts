/**
 * The rules of a Job's podFailurePolicy and podReplacementPolicy.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-failure-policy
 */
import { among, each, isSet, listOf, type Part, qualifiedName, when } from '../../api/checks.ts'
import {
  duplicate,
  type FieldError,
  invalidValue,
  notSupported,
  type Path,
  path,
  required,
  tooMany,
} from '../../api/field-error.ts'

const actions = ['Count', 'FailIndex', 'FailJob', 'Ignore']
const operators = ['In', 'NotIn']
const statuses = ['False', 'True', 'Unknown']
const mostRules = 20
const mostCodes = 255
const mostConditions = 20

const quoted = (words: readonly string[]): string => words.map((word) => `"${word}"`).join(' ')

/** The faults of a Job's rules for pods that failed. */
export function failurePolicyFaults(spec: Part, place: Path): FieldError[] {
  const { podFailurePolicy: policy, template } = spec
  if (!isSet(policy)) return []
  const restart = template?.spec?.restartPolicy
  const rules = place.child('rules')
  const { length } = listOf(policy.rules)
  const why = 'only "Never" is supported when podFailurePolicy is specified'
  return [
    ...when(restart !== 'Never', invalidValue(path('spec', 'template', 'spec', 'restartPolicy'), restart, why)),
    ...when(length > mostRules, tooMany(rules, length, mostRules)),
    ...each(policy.rules, rules, (rule, at) => ruleFaults(rule, spec, at)),
  ]
}

function ruleFaults({ action = '', onExitCodes, onPodConditions }: Part, spec: Part, place: Path): FieldError[] {
  const at = place.child('action')
  const both = isSet(onExitCodes) && listOf(onPodConditions).length > 0
  const none = !isSet(onExitCodes) && listOf(onPodConditions).length === 0
  const perIndex = action === 'FailIndex' && !isSet(spec.backoffLimitPerIndex)
  return [
    ...(action === ''
      ? [required(at, `valid values: [${quoted(actions)}]`)]
      : when(!actions.includes(action), notSupported(at, action, actions))),
    ...when(perIndex, invalidValue(at, action, 'requires the backoffLimitPerIndex to be set')),
    ...(isSet(onExitCodes) ? exitCodeFaults(onExitCodes, spec.template, place.child('onExitCodes')) : []),
    ...conditionsFaults(onPodConditions, place.child('onPodConditions')),
    ...when(both, invalidValue(place, {}, 'specifying both OnExitCodes and OnPodConditions is not supported')),
    ...when(none, invalidValue(place, {}, 'specifying one of OnExitCodes and OnPodConditions is required')),
  ]
}

function exitCodeFaults({ operator = '', containerName, values }: Part, template: Part, place: Path): FieldError[] {
  const at = place.child('operator')
  const valuesAt = place.child('values')
  const codes = listOf(values) as readonly number[]
  const names = [...listOf(template?.spec?.containers), ...listOf(template?.spec?.initContainers)].map(
    ({ name }) => name,
  )
  const stranger = isSet(containerName) && !names.includes(containerName)
  const one = 'must be one of the container or initContainer names in the pod template'
  return [
    ...(operator === '' ? [required(at, `valid values: [${quoted(operators)}]`)] : among(operator, operators, at)),
    ...when(stranger, invalidValue(place.child('containerName'), containerName, one)),
    ...when(codes.length === 0, invalidValue(valuesAt, values ?? null, 'at least one value is required')),
    ...when(codes.length > mostCodes, tooMany(valuesAt, codes.length, mostCodes)),
    ...codes.flatMap((code, index) => [
      ...when(
        operator === 'In' && code === 0,
        invalidValue(valuesAt.index(index), code, 'must not be 0 for the In operator'),
      ),
      ...when(codes.indexOf(code) < index, duplicate(valuesAt.index(index), code)),
    ]),
    ...when(
      codes.some((code, index) => index > 0 && (codes[index - 1] as number) > code),
      invalidValue(valuesAt, values, 'must be ordered'),
    ),
  ]
}

function conditionsFaults(conditions: unknown, place: Path): FieldError[] {
  const { length } = listOf(conditions)
  return [
    ...when(length > mostConditions, tooMany(place, length, mostConditions)),
    ...each(conditions, place, ({ type = '', status = '' }, at) => [
      ...qualifiedName(type, at.child('type')),
      ...(status === ''
        ? [required(at.child('status'), `valid values: [${quoted(statuses)}]`)]
        : among(status, statuses, at.child('status'))),
    ]),
  ]
}

/** Which pods are replaced when: with rules for failures only those that have failed. */
export function replacementFaults(
  { podReplacementPolicy: policy, podFailurePolicy: failures }: Part,
  place: Path,
): FieldError[] {
  if (!isSet(policy)) return []
  return among(policy, isSet(failures) ? ['Failed'] : ['Failed', 'TerminatingOrFailed'], place)
}
