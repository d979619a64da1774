/**
 * One requirement on one label: what it demands, whether it is well formed, how it is written.
 * Both forms of a label selector are lists of these.
 * Source: k8s.io/apimachinery pkg/labels.
 */
import { aggregateText, type FieldError, invalidValue, type Path, path } from './field-error.ts'
import { isQualifiedName, isValidLabelValue } from './names.ts'

/** How a requirement compares; the words of the text form, '!' for "has no such label". */
export type Operator = 'in' | 'notin' | '=' | '==' | '!=' | 'exists' | '!' | 'gt' | 'lt'

/** One requirement on one label. `values` has one element for the comparisons, none for exists and '!'. */
export interface Requirement {
  readonly key: string
  readonly operator: Operator
  readonly values: readonly string[]
}

/** An object's labels; absent is the same as none. */
export type Labels = Readonly<Record<string, string>> | undefined

/** Whether the labels satisfy all requirements; none at all are satisfied by everything. */
export function matchesRequirements(requirements: readonly Requirement[], labels: Labels): boolean {
  return requirements.every((requirement) => matches(requirement, labels))
}

/** The value of one label, undefined when there is none. */
export function labelOf(labels: Labels, key: string): string | undefined {
  return labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined
}

/** Whether the labels satisfy one requirement. */
export function matches({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = labelOf(labels, key)
  switch (operator) {
    case 'in':
    case '=':
    case '==':
      return value !== undefined && values.includes(value)
    case 'notin':
    case '!=':
      return value === undefined || !values.includes(value)
    case 'exists':
      return value !== undefined
    case '!':
      return value === undefined
    case 'gt':
      return compare(value, values, (label, bound) => label > bound)
    case 'lt':
      return compare(value, values, (label, bound) => label < bound)
  }
}

function compare(
  value: string | undefined,
  values: readonly string[],
  holds: (label: bigint, bound: bigint) => boolean,
): boolean {
  const label = integer(value)
  const bound = values.length === 1 ? integer(values[0]) : undefined
  return label !== undefined && bound !== undefined && holds(label, bound)
}

const int64Limit = 2n ** 63n

/** A 64-bit integer in decimal, or undefined. */
function integer(text: string | undefined): bigint | undefined {
  if (text === undefined || !/^[+-]?\d+$/.test(text)) return undefined
  const value = BigInt(text.replace('+', ''))
  return value >= -int64Limit && value < int64Limit ? value : undefined
}

/** The faults of a requirement; paths begin at `place` ('key', 'values[0][app]'). */
export function requirementFaults({ key, operator, values }: Requirement, place: Path = path()): FieldError[] {
  const errors = isQualifiedName(key).length === 0 ? [] : [invalidValue(place.child('key'), key, labelFaults(key))]
  const valuesPlace = place.child('values')
  const count = countFault(operator, values.length)
  if (count !== '') errors.push(invalidValue(valuesPlace, values.length === 0 ? null : values, count))
  values.forEach((value, i) => {
    if ((operator === 'gt' || operator === 'lt') && integer(value) === undefined) {
      const why = "for 'Gt', 'Lt' operators, the value must be an integer"
      errors.push(invalidValue(valuesPlace.index(i), value, why))
    }
  })
  values.forEach((value, i) => {
    const faults = isValidLabelValue(value)
    if (faults.length > 0) errors.push(invalidValue(valuesPlace.index(i).key(key), value, faults.join('; ')))
  })
  return errors
}

function labelFaults(key: string): string {
  return isQualifiedName(key).join('; ')
}

function countFault(operator: Operator, count: number): string {
  switch (operator) {
    case 'in':
    case 'notin':
      return count === 0 ? "for 'in', 'notin' operators, values set can't be empty" : ''
    case '=':
    case '==':
    case '!=':
      return count === 1 ? '' : 'exact-match compatibility requires one single value'
    case 'gt':
    case 'lt':
      return count === 1 ? '' : "for 'Gt', 'Lt' operators, exactly one value is required"
    default:
      return count === 0 ? '' : 'values set must be empty for exists and does not exist'
  }
}

/** The requirement itself, or an Error with the text of all its faults. */
export function checkedRequirement(requirement: Requirement): Requirement {
  const faults = requirementFaults(requirement)
  if (faults.length > 0) throw new Error(aggregateText(faults))
  return requirement
}

/** Requirements in the order every printed selector has: by key, equal keys as given. */
export function sortedRequirements(requirements: readonly Requirement[]): Requirement[] {
  return [...requirements].sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
}

/** The text of requirements, which `parseLabelSelector` reads back: `app=nginx,tier in (a,b),!old`. */
export function requirementsToText(requirements: readonly Requirement[]): string {
  return requirements.map(requirementToText).join(',')
}

function requirementToText({ key, operator, values }: Requirement): string {
  const list = [...values].sort().join(',')
  switch (operator) {
    case '!':
      return `!${key}`
    case 'exists':
      return key
    case 'in':
    case 'notin':
      return `${key} ${operator} (${list})`
    case 'gt':
    case 'lt':
      return `${key}${operator === 'gt' ? '>' : '<'}${list}`
    default:
      return `${key}${operator}${list}`
  }
}
