/**
 * The rules of `conditions` as newer kinds have them (meta/v1 Condition).
 * Source: https://kubernetes.io/docs/reference/using-api/api-concepts/ and k8s.io/apimachinery pkg/apis/meta/v1/validation
 */
import { among, each, faults, filled, isFilled, listOf, type Part, qualifiedName, when } from './checks.ts'
import { duplicate, type FieldError, invalidValue, type Path, tooLong } from './field-error.ts'
import { byteLength } from './go-text.ts'

const reasonLimitBytes = 1024
const messageLimitBytes = 32 * 1024
const reasonFormat = /^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/
const reasonFault =
  "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName',  or 'ReasonA,ReasonB',  or 'ReasonA:ReasonB', regex used for validation is '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?')"

/** The faults of a list of conditions; each type occurs once. */
export function conditionFaults(conditions: unknown, place: Path): FieldError[] {
  const types = listOf(conditions).map((one) => one.type ?? '')
  return each(conditions, place, (condition, at, index) => {
    const type = condition.type ?? ''
    return [...when(types.indexOf(type) < index, duplicate(at.child('type'), type)), ...oneFaults(condition, at)]
  })
}

function oneFaults(condition: Part, place: Path): FieldError[] {
  const { type = '', status, observedGeneration = 0, lastTransitionTime, reason = '', message = '' } = condition
  const [typeAt, reasonAt] = [place.child('type'), place.child('reason')]
  return [
    ...qualifiedName(type, typeAt),
    ...among(status, ['False', 'True', 'Unknown'], place.child('status')),
    ...when(
      observedGeneration < 0,
      invalidValue(place.child('observedGeneration'), observedGeneration, 'must be greater than or equal to zero'),
    ),
    ...filled(lastTransitionTime, place.child('lastTransitionTime')),
    ...(isFilled(reason) ? reasonFaults(reason, reasonAt) : filled(reason, reasonAt)),
    ...when(byteLength(message) > messageLimitBytes, tooLong(place.child('message'), messageLimitBytes)),
  ]
}

function reasonFaults(reason: string, place: Path): FieldError[] {
  return [
    ...faults(place, reason, reasonFormat.test(reason) ? [] : [reasonFault]),
    ...when(byteLength(reason) > reasonLimitBytes, tooLong(place, reasonLimitBytes)),
  ]
}
