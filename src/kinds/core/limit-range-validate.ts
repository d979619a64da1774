/**
 * The rules of LimitRanges: which resources may be limited, and that the limits agree with each other.
 * Source: https://kubernetes.io/docs/concepts/policy/limit-range/
 */
import { each, entriesOf, faults, isFilled, isSet, type Part, when } from '../../api/checks.ts'
import {
  duplicate,
  type FieldError,
  forbiddenValue,
  invalidValue,
  type Path,
  path,
  required,
} from '../../api/field-error.ts'
import { isQualifiedName } from '../../api/names.ts'
import type { KubeObject } from '../../api/object.ts'
import { containerResourceNameFaults } from '../../api/pod-spec/resources.ts'
import { compareQuantity, formatQuantity, milliValue, parseQuantity } from '../../api/quantity.ts'
import { resourceNameFaults } from '../../api/resource-names.ts'

const types = ['Pod', 'Container', 'PersistentVolumeClaim']

/** The faults of a LimitRange; changes are judged like new ones. */
export function validateLimitRange(range: KubeObject): FieldError[] {
  const seen = new Set<string>()
  return each(range.spec?.limits, path('spec', 'limits'), (limit, place) => {
    const type: string = limit.type ?? ''
    const again = seen.has(type)
    seen.add(type)
    return [
      ...typeFaults(type, place.child('type')),
      ...when(again, duplicate(place.child('type'), type)),
      ...nameFaults(limit, type, place),
      ...comparedNames(limit, type).flatMap((name) => amountFaults(limit, type, name, place)),
    ]
  })
}

function typeFaults(type: string, place: Path): FieldError[] {
  const malformed = faults(place, type, isQualifiedName(type))
  if (malformed.length > 0 || type.includes('/') || types.includes(type)) return malformed
  return [invalidValue(place, type, 'must be a standard limit type or fully qualified')]
}

function nameFaults(limit: Part, type: string, place: Path): FieldError[] {
  const named = (field: string) => {
    const rule = type === 'Pod' || type === 'Container' ? containerResourceNameFaults : resourceNameFaults
    return entriesOf(limit[field]).flatMap(([name]) => rule(name, place.child(field).key(name)))
  }
  const notForPods = (field: string) =>
    type === 'Pod'
      ? when(isFilled(limit[field]), forbiddenValue(place.child(field), "may not be specified when `type` is 'Pod'"))
      : named(field)
  const unbounded = type === 'PersistentVolumeClaim' && !isSet(limit.min?.storage) && !isSet(limit.max?.storage)
  const why = 'either minimum or maximum storage value is required, but neither was provided'
  return [
    ...named('max'),
    ...named('min'),
    ...notForPods('default'),
    ...notForPods('defaultRequest'),
    ...when(unbounded, required(place.child('limits'), why)),
    ...named('maxLimitRequestRatio'),
  ]
}

function comparedNames(limit: Part, type: string): string[] {
  const fields = ['max', 'min', ...(type === 'Pod' ? [] : ['default', 'defaultRequest']), 'maxLimitRequestRatio']
  return [...new Set(fields.flatMap((field) => Object.keys(limit[field] ?? {})))].sort()
}

interface Bound {
  readonly field: string
  readonly word: string
  readonly amount: string
}

const above = (a: Bound, b: Bound): boolean => compareQuantity(parseQuantity(a.amount), parseQuantity(b.amount)) > 0

function amountFaults(limit: Part, type: string, name: string, place: Path): FieldError[] {
  const bound = (field: string, word: string): Bound | undefined => {
    const amount = type === 'Pod' && field.startsWith('default') ? undefined : limit[field]?.[name]
    return isSet(amount) ? { field, word, amount: formatQuantity(amount) } : undefined
  }
  const least = bound('min', 'min')
  const most = bound('max', 'max')
  const usual = bound('default', 'default')
  const asked = bound('defaultRequest', 'default request')
  const at = (field: string) => place.child(field).key(name)
  const ordered = (
    low: Bound | undefined,
    high: Bound | undefined,
    blamed: string,
    shown: 'low' | 'high',
    word = '',
  ) => {
    if (low === undefined || high === undefined || !above(low, high)) return []
    const text = `${low.word} value ${low.amount} is greater than ${word || high.word} value ${high.amount}`
    return [invalidValue(at(blamed), shown === 'low' ? low.amount : high.amount, text)]
  }
  return [
    ...ordered(least, most, 'min', 'low'),
    ...ordered(least, asked, 'defaultRequest', 'high'),
    ...ordered(asked, most, 'defaultRequest', 'low'),
    ...ordered(asked, usual, 'defaultRequest', 'low', 'default limit'),
    ...ordered(least, usual, 'default', 'low'),
    ...ordered(usual, most, 'default', 'high'),
    ...ratioFaults(limit.maxLimitRequestRatio?.[name], least, most, at('maxLimitRequestRatio')),
    ...fixedFaults(name, usual, asked, at('defaultRequest')),
  ]
}

function ratioFaults(given: unknown, least: Bound | undefined, most: Bound | undefined, place: Path): FieldError[] {
  if (!isSet(given)) return []
  const ratio = formatQuantity(given as string)
  const limit =
    least === undefined || most === undefined
      ? Number.POSITIVE_INFINITY
      : milliValue(most.amount) / milliValue(least.amount)
  const text = `ratio ${ratio} is greater than max/min = ${limit.toFixed(6)}`
  return [
    ...when(milliValue(ratio) < 1000, invalidValue(place, ratio, `ratio ${ratio} is less than 1`)),
    ...when(milliValue(ratio) / 1000 > limit, invalidValue(place, ratio, text)),
  ]
}

/** What cannot be overcommitted has its default request equal to its default limit. */
function fixedFaults(name: string, usual: Bound | undefined, asked: Bound | undefined, place: Path): FieldError[] {
  const native = !name.includes('/') || name.includes('kubernetes.io/')
  if (usual === undefined || asked === undefined || (native && !name.startsWith('hugepages-'))) return []
  const differ = above(usual, asked) || above(asked, usual)
  const text = `default value ${usual.amount} must equal to defaultRequest value ${asked.amount} in ${name}`
  return when(differ, invalidValue(place, asked.amount, text))
}
