/**
 * The rules of a Job's successPolicy, and of lists of indexes such as `0-2,4`.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/job/#success-policy
 */
import { each, isSet, listOf, nonNegative, type Part, when } from '../../api/checks.ts'
import { type FieldError, invalidValue, type Path, required } from '../../api/field-error.ts'

/** The faults of successPolicy. */
export function successPolicyFaults(
  { successPolicy: policy, completions = 0, completionMode }: Part,
  place: Path,
): FieldError[] {
  if (!isSet(policy)) return []
  const shown = { Rules: listOf(policy.rules).map(shownRule) }
  if (completionMode !== 'Indexed') return [invalidValue(place, shown, 'requires indexed completion mode')]
  const why = 'at least one rules must be specified when the successPolicy is specified'
  if (listOf(policy.rules).length === 0) return [required(place.child('rules'), why)]
  return each(policy.rules, place.child('rules'), (rule, at) => ruleFaults(rule, completions ?? 0, at))
}

const shownRule = ({ succeededIndexes, succeededCount }: Part): object => ({
  SucceededIndexes: succeededIndexes ?? null,
  SucceededCount: succeededCount ?? null,
})

function ruleFaults(
  { succeededIndexes: indexes, succeededCount: count }: Part,
  completions: number,
  place: Path,
): FieldError[] {
  if (!isSet(indexes) && !isSet(count))
    return [required(place, 'at least one of succeededCount or succeededIndexes must be specified')]
  const countAt = place.child('succeededCount')
  const number = isSet(indexes) ? indexCount(indexes, completions) : completions
  const beyond = (most: number, what: string): FieldError[] =>
    when(
      isSet(count) && count > most,
      invalidValue(countAt, count, `must be less than or equal to ${most} (the number of ${what})`),
    )
  const broken = `error parsing succeededIndexes: ${number}`
  return [
    ...(typeof number === 'string' ? [invalidValue(place.child('succeededIndexes'), indexes, broken)] : []),
    ...nonNegative(count, countAt),
    ...beyond(completions, 'specified completions'),
    ...(isSet(indexes) && typeof number === 'number'
      ? beyond(number, 'indexes in the specified succeededIndexes field')
      : []),
  ]
}

/** How many indexes a list names, or what is wrong with it. */
function indexCount(text: string, completions: number): number | string {
  if (text === '') return 0
  let last: number | undefined
  let count = 0
  for (const part of text.split(',')) {
    const ends = part.split('-')
    if (ends.length > 2)
      return `the fragment "${part}" violates the requirement that an index interval can have at most two parts separated by '-'`
    for (const end of ends) {
      if (!/^[+-]?\d+$/.test(end)) return `cannot convert string to integer for index: "${end}"`
      const index = Number(end)
      if (last !== undefined && index <= last) return `non-increasing order, previous: ${last}, current: ${index}`
      if (index >= completions) return `too large index: "${end}"`
      count += ends.length === 2 && end === ends[1] && last !== undefined ? index - last : 1
      last = index
    }
  }
  return count
}
