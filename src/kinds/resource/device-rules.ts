/**
 * The rules of one device in a ResourceSlice: attributes, capacities, taints, shared counters, where it is.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/resource-slice-v1/
 */
import {
  dnsLabel,
  dnsSubdomain,
  entriesOf,
  faults,
  isFilled,
  isSet,
  listOf,
  type Part,
  when,
} from '../../api/checks.ts'
import {
  type FieldError,
  forbiddenValue,
  invalidValue,
  notSupported,
  type Path,
  required,
  tooLong,
  tooMany,
} from '../../api/field-error.ts'
import { byteLength } from '../../api/go-text.ts'
import { validateLabelName } from '../../api/meta.ts'
import { isValidLabelValue } from '../../api/names.ts'
import { nodeSelectorFaults } from '../../api/pod-spec/affinity.ts'
import { addQuantity, compareQuantity, formatQuantity, parseQuantity, value as whole } from '../../api/quantity.ts'
import { semanticEqual } from '../../api/semantic-equal.ts'
import { taintEffects } from './claim-rules.ts'
import { attributeNameFaults, bindingFaults, bounded, boundedSet } from './common-rules.ts'

const mostAttributes = 32
const mostTaints = 16
const mostConsumptions = 2
export const mostCounters = 32
const longestValue = 64
const mostOptions = 10
const semver =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(\.(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?(\+[0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*)?$/

/** The faults of a device. `before` is the device of the same name in the slice as it was. */
export function deviceFaults(device: Part, before: Part, byDevice: boolean, place: Path): FieldError[] {
  const attributes = entriesOf(device.attributes)
  const capacities = entriesOf(device.capacity)
  const many = attributes.length + capacities.length
  const why = `the total number of attributes and capacities must not exceed ${mostAttributes}`
  const sameTaints = before !== undefined && semanticEqual(before.taints, device.taints)
  const [attributesAt, capacityAt] = [place.child('attributes'), place.child('capacity')]
  return [
    ...dnsLabel(device.name ?? '', place.child('name')),
    ...when(many > mostAttributes, invalidValue(place, many, why)),
    ...attributes.flatMap(([name, attribute]) => [
      ...attributeNameFaults(name, attributesAt),
      ...attributeFaults(attribute ?? {}, attributesAt.key(name)),
    ]),
    ...capacities.flatMap(([name, capacity]) => [
      ...attributeNameFaults(name, capacityAt),
      ...capacityFaults(capacity ?? {}, device.allowMultipleAllocations === true, capacityAt.key(name)),
    ]),
    ...(sameTaints ? [] : bounded(device.taints, mostTaints, place.child('taints'), taintFaults)),
    ...boundedSet(
      device.consumesCounters,
      mostConsumptions,
      place.child('consumesCounters'),
      ({ counterSet, counters }, at) => [
        ...(isFilled(counterSet) ? dnsLabel(counterSet, at.child('counterSet')) : [required(at.child('counterSet'))]),
        ...countersFaults(counters, at.child('counters')),
      ],
      ({ counterSet = '' }) => counterSet,
    ),
    ...(byDevice ? nodeFaults(device, place) : elsewhereFaults(device, place)),
    ...bindingFaults(device, place, validateLabelName),
  ]
}

/** Counters by name; there is at least one. */
export function countersFaults(counters: Part, place: Path): FieldError[] {
  const entries = entriesOf(counters)
  if (entries.length === 0) return [required(place)]
  if (entries.length > mostCounters) return [tooMany(place, entries.length, mostCounters)]
  return entries.flatMap(([name]) => dnsLabel(name, place))
}

function attributeFaults(attribute: Part, place: Path): FieldError[] {
  const { string, version } = attribute
  const set = ['bool', 'int', 'string', 'version'].filter((field) => isSet(attribute[field]))
  const why = 'exactly one value must be specified'
  const long = (text: string, at: Path) => when(byteLength(text) > longestValue, tooLong(at, longestValue))
  return [
    ...(isSet(string) ? long(string, place.child('string')) : []),
    ...(isSet(version)
      ? [
          ...when(
            !semver.test(version),
            invalidValue(place.child('version'), version, 'must be a string compatible with semver.org spec 2.0.0'),
          ),
          ...long(version, place.child('version')),
        ]
      : []),
    ...when(set.length === 0, invalidValue(place, '', why)),
    ...when(set.length > 1, invalidValue(place, shownAttribute(attribute), why)),
  ]
}

function shownAttribute({ bool = null, int = null, string = null, version = null }: Part): unknown {
  return {
    IntValue: int,
    BoolValue: bool,
    StringValue: string,
    VersionValue: version,
    IntValues: null,
    BoolValues: null,
    StringValues: null,
    VersionValues: null,
  }
}

function capacityFaults({ value = '0', requestPolicy }: Part, shared: boolean, place: Path): FieldError[] {
  const at = place.child('requestPolicy')
  if (!isSet(requestPolicy)) return []
  if (!shared) return [forbiddenValue(at, 'allowMultipleAllocations must be true')]
  const { validValues, validRange, default: usual } = requestPolicy
  const [valuesAt, rangeAt, defaultAt] = ['validValues', 'validRange', 'default'].map((one) => at.child(one)) as [
    Path,
    Path,
    Path,
  ]
  if (isFilled(validValues) && isSet(validRange)) {
    const why = 'exactly one policy can be specified, cannot specify "validValues" and "validRange" at the same time'
    return [forbiddenValue(at, why)]
  }
  if (isFilled(validValues))
    return isSet(usual)
      ? valuesFaults(validValues, usual, value, valuesAt)
      : [required(defaultAt, 'required when validValues is defined')]
  if (!isSet(validRange)) return []
  return isSet(usual)
    ? rangeFaults(validRange, usual, value, rangeAt)
    : [required(defaultAt, 'required when validRange is defined')]
}

const compare = (a: string, b: string): number => compareQuantity(parseQuantity(a), parseQuantity(b))

function valuesFaults(values: readonly string[], usual: string, most: string, place: Path): FieldError[] {
  const text = formatQuantity
  const unsorted = values.flatMap((value, index) => {
    const before = values[index - 1]
    const falls = before !== undefined && compare(before, value) > 0
    return when(falls, invalidValue(place.index(index), text(value), 'values must be sorted in ascending order'))
  })
  const found = values.length <= mostOptions && values.some((value) => compare(value, usual) === 0)
  const why = 'default value is not valid according to the requestPolicy'
  return [
    ...unsorted,
    ...boundedSet(
      values,
      mostOptions,
      place,
      (value: string, at) =>
        when(
          compare(value, most) > 0,
          invalidValue(at, text(value), `option is larger than capacity value: ${text(most)}`),
        ),
      (value) => String(whole(value)),
    ),
    ...when(!found, invalidValue(place, text(usual), why)),
  ]
}

function rangeFaults({ min, max, step }: Part, usual: string, most: string, place: Path): FieldError[] {
  const text = formatQuantity
  const [minAt, maxAt, stepAt] = [place.child('min'), place.child('max'), place.child('step')]
  if (!isSet(min)) return [required(minAt, 'required when validRange is defined')]
  const above = (low: string, high: string, at: Path, shown: string, why: string) =>
    when(compare(low, high) > 0, invalidValue(at, text(shown), `${why}: ${text(high)}`))
  return [
    ...above(min, most, minAt, min, 'min is larger than capacity value'),
    ...above(min, usual, minAt, usual, 'default is less than min').map((fault) => ({
      ...fault,
      detail: `default is less than min: ${text(min)}`,
    })),
    ...(isSet(max)
      ? [
          ...above(min, max, maxAt, min, 'min is larger than max'),
          ...above(max, most, maxAt, max, 'max is larger than capacity value'),
          ...above(usual, max, maxAt, usual, 'default is more than max'),
        ]
      : []),
    ...(isSet(step) ? stepFaults({ min, max, step }, usual, most, stepAt) : []),
  ]
}

function stepFaults({ min, max, step }: Part, usual: string, most: string, place: Path): FieldError[] {
  const text = formatQuantity
  const one = addQuantity(parseQuantity(min), parseQuantity(step))
  const large = compareQuantity(one, parseQuantity(most)) > 0
  const why = `one step ${text(one)} is larger than capacity value: ${text(most)}`
  const multiple = `value is not a multiple of a given step (${text(step)}) from (${text(min)})`
  const misses = (value: string): boolean => (whole(value) - whole(min)) % whole(step) !== 0
  return [
    ...when(large, invalidValue(place, text(step), why)),
    ...when(misses(usual), invalidValue(place, text(usual), multiple)),
    ...when(isSet(max) && misses(max ?? min), invalidValue(place, text(max ?? min), multiple)),
  ]
}

function taintFaults({ key = '', value = '', effect = '' }: Part, place: Path): FieldError[] {
  const at = place.child('effect')
  return [
    ...validateLabelName(key, place.child('key')),
    ...(value === '' ? [] : faults(place.child('value'), value, isValidLabelValue(value))),
    ...(effect === '' ? [required(at)] : when(!taintEffects.includes(effect), notSupported(at, effect, taintEffects))),
  ]
}

function nodeFaults({ nodeName, nodeSelector, allNodes }: Part, place: Path): FieldError[] {
  const why =
    'exactly one of `nodeName`, `nodeSelector`, or `allNodes` is required when `perDeviceNodeSelection` is set to true in the ResourceSlice spec'
  const set = [
    ...(isFilled(nodeName) ? ['`nodeName`'] : []),
    ...(isSet(nodeSelector) ? ['`nodeSelector`'] : []),
    ...(allNodes === true ? ['`allNodes`'] : []),
  ]
  return [
    ...(isFilled(nodeName) ? dnsSubdomain(nodeName, place.child('nodeName')) : []),
    ...when(nodeName === '', invalidValue(place.child('nodeName'), '', 'must not be empty')),
    ...(isSet(nodeSelector) ? nodeSelectorFaults(nodeSelector, place.child('nodeSelector')) : []),
    ...when(allNodes === false, invalidValue(place.child('allNodes'), false, 'must be either unset or set to true')),
    ...when(set.length === 0, required(place, why)),
    ...when(set.length > 1, invalidValue(place, `{${set.join(', ')}}`, why)),
  ]
}

function elsewhereFaults(device: Part, place: Path): FieldError[] {
  const placed = ['nodeName', 'nodeSelector', 'allNodes'].some((field) => isSet(device[field]))
  const why =
    '`nodeName`, `nodeSelector` and `allNodes` can only be set if `perDeviceNodeSelection` is set to true in the ResourceSlice spec'
  return when(placed, invalidValue(place, null, why))
}

/** Whether a slice may hold only half as many devices as a plain one. */
export function isAdvanced(devices: unknown): boolean {
  return listOf(devices).some(({ taints, consumesCounters }) => isFilled(taints) || isFilled(consumesCounters))
}
