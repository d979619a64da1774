/**
 * The rules of tolerations, and of their changing in a pod that exists.
 * Source: https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
 */
import { among, each, isFilled, isSet, listOf, type Part, when } from '../checks.ts'
import { type FieldError, forbiddenValue, invalidValue, notSupported, type Path } from '../field-error.ts'
import { validateLabelName } from '../meta.ts'
import { isValidLabelValue } from '../names.ts'
import { semanticEqual } from '../semantic-equal.ts'

export const taintEffects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] as const

const noKey = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
const onlyExecute = "effect must be 'NoExecute' when `tolerationSeconds` is set"

/** The faults of `tolerations`. */
export function tolerationFaults(tolerations: unknown, place: Path): FieldError[] {
  return each(tolerations, place, (toleration, at) => {
    const { key = '', operator = '', effect = '', tolerationSeconds } = toleration
    const isTimed = isSet(tolerationSeconds) && effect !== 'NoExecute'
    return [
      ...(key === '' ? [] : validateLabelName(key, at.child('key'))),
      ...when(key === '' && operator !== 'Exists', invalidValue(at.child('operator'), operator, noKey)),
      ...when(isTimed, invalidValue(at.child('effect'), effect, onlyExecute)),
      ...valueFaults(toleration, at.child('operator')),
      ...(isFilled(effect) ? among(effect, taintEffects, at.child('effect')) : []),
    ]
  })
}

function valueFaults({ operator = '', value = '' }: Part, place: Path): FieldError[] {
  if (operator === 'Exists') {
    return when(value !== '', invalidValue(place, value, "value must be empty when `operator` is 'Exists'"))
  }
  if (operator !== 'Equal' && operator !== '') {
    const known = operator === 'Lt' || operator === 'Gt' ? ['Equal', 'Exists', 'Lt', 'Gt'] : ['Equal', 'Exists']
    return [notSupported(place, operator, known)]
  }
  const wrong = isValidLabelValue(value)
  return when(wrong.length > 0, invalidValue(place, value, wrong.join(';')))
}

/** Tolerations may be added to a pod; of those it has only the seconds may change. */
export function addedTolerationFaults(next: unknown, previous: unknown, place: Path): FieldError[] {
  const kept = listOf(previous).every((old) =>
    listOf(next).some((one) => semanticEqual({ ...old, tolerationSeconds: one.tolerationSeconds }, one)),
  )
  if (kept) return tolerationFaults(next, place)
  return [forbiddenValue(place, 'existing toleration can not be modified except its tolerationSeconds')]
}
