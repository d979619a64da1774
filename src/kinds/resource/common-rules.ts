/**
 * Rules that the kinds of resource.k8s.io share: lists with a bound, names of pools and attributes, configuration.
 * Source: https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/
 */
import { dnsSubdomain, each, faults, isFilled, isSet, listOf, type Part, when } from '../../api/checks.ts'
import {
  duplicate,
  type FieldError,
  invalidValue,
  type Path,
  required,
  tooLong,
  tooMany,
} from '../../api/field-error.ts'
import { byteLength } from '../../api/go-text.ts'
import { isCIdentifier } from '../../api/names.ts'
import { csiDriverFaults } from '../../api/pod-spec/volumes.ts'

const longestPoolName = 253
const longestId = 32
const expressionLimitBytes = 10 * 1024
const mostSelectors = 32
const rawLimitBytes = 10 * 1024

type Rule = (item: Part, place: Path, index: number) => FieldError[]

/** A list of at most `most` elements; longer ones are not looked into. */
export function bounded(list: unknown, most: number, place: Path, rule: Rule): FieldError[] {
  const { length } = listOf(list)
  return length > most ? [tooMany(place, length, most)] : each(list, place, rule)
}

/** A bounded list whose elements differ in their key. */
export function boundedSet(
  list: unknown,
  most: number,
  place: Path,
  rule: Rule,
  keyOf: (item: Part) => string,
  shown: (item: Part) => unknown = keyOf,
): FieldError[] {
  const found = bounded(list, most, place, rule)
  if (listOf(list).length > most) return found
  const keys = listOf(list).map(keyOf)
  const again = listOf(list).flatMap((item, index) =>
    when(keys.indexOf(keys[index] as string) < index, duplicate(place.index(index), shown(item))),
  )
  return [...found, ...again]
}

/** The name of a pool: DNS names with slashes between them. */
export function poolNameFaults(name: string | undefined, place: Path): FieldError[] {
  if (!isFilled(name)) return [required(place)]
  const text = name as string
  return [
    ...when(byteLength(text) > longestPoolName, tooLong(place, longestPoolName)),
    ...text.split('/').flatMap((part) => dnsSubdomain(part, place)),
  ]
}

/** The name of an attribute or capacity: an identifier, perhaps with a driver's domain before it. */
export function attributeNameFaults(name: string, place: Path): FieldError[] {
  const parts = name.split('/')
  const [first = '', second = ''] = parts
  if (parts.length === 1) return identifierFaults(first, place)
  if (parts.length > 2) return []
  return [
    ...(first === '' ? [invalidValue(place, '', 'the domain must not be empty')] : csiDriverFaults(first, place)),
    ...(second === '' ? [invalidValue(place, '', 'the name must not be empty')] : identifierFaults(second, place)),
  ]
}

function identifierFaults(id: string, place: Path): FieldError[] {
  return [...when(byteLength(id) > longestId, tooLong(place, longestId)), ...faults(place, id, isCIdentifier(id))]
}

/** The name of an attribute that must have a domain. */
export function qualifiedAttributeFaults(name: string, place: Path): FieldError[] {
  const why = 'a fully qualified name must be a domain and a name separated by a slash'
  return [...attributeNameFaults(name, place), ...when(!name.includes('/'), invalidValue(place, name, why))]
}

/** Selectors of devices. Whether their expressions compile is asked where they are compiled. */
export function selectorsFaults(selectors: unknown, place: Path): FieldError[] {
  return bounded(selectors, mostSelectors, place, ({ cel }, at) => {
    if (!isSet(cel)) return [required(at.child('cel'))]
    const long = byteLength(cel.expression ?? '') > expressionLimitBytes
    return when(long, tooLong(at.child('cel', 'expression'), expressionLimitBytes))
  })
}

/** What a driver is to be told: who it is, and any object. */
export function configurationFaults({ opaque }: Part, place: Path): FieldError[] {
  const at = place.child('opaque')
  if (!isSet(opaque)) return [required(at)]
  return [
    ...csiDriverFaults(opaque.driver, at.child('driver')),
    ...rawFaults(opaque.parameters, at.child('parameters')),
  ]
}

/** Any JSON object of bounded size. */
export function rawFaults(value: unknown, place: Path): FieldError[] {
  if (!isSet(value)) return [required(place)]
  if (byteLength(JSON.stringify(value)) > rawLimitBytes) return [tooLong(place, rawLimitBytes)]
  const isObject = typeof value === 'object' && !Array.isArray(value)
  return when(!isObject, invalidValue(place, '<value omitted>', 'must be a valid JSON object'))
}

/** Conditions that a device waits for, and such that end the waiting: names, each once, and both or neither. */
export function bindingFaults({ bindingConditions, bindingFailureConditions }: Part, place: Path, name: Rule) {
  const [good, bad] = [listOf(bindingConditions), listOf(bindingFailureConditions)] as [string[], string[]]
  const [goodAt, badAt] = [place.child('bindingConditions'), place.child('bindingFailureConditions')]
  const twice = (list: readonly string[], at: Path, index: number): FieldError[] =>
    when(list.indexOf(list[index] as string) < index, duplicate(at.index(index), list[index]))
  return [
    ...bounded(good, 4, goodAt, name),
    ...bounded(bad, 4, badAt, name),
    ...good.flatMap((_, index) => twice(good, goodAt, index)),
    ...bad.flatMap((one, index) => [
      ...twice(bad, badAt, index),
      ...when(
        good.includes(one),
        invalidValue(badAt.index(index), one, 'bindingFailureConditions must not overlap with bindingConditions'),
      ),
    ]),
    ...when(
      good.length === 0 && bad.length > 0,
      invalidValue(goodAt, bindingConditions ?? null, 'bindingConditions are required to use bindingFailureConditions'),
    ),
    ...when(
      bad.length === 0 && good.length > 0,
      invalidValue(
        badAt,
        bindingFailureConditions ?? null,
        'bindingFailureConditions are required to use bindingConditions',
      ),
    ),
  ]
}
