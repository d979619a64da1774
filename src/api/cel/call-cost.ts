/**
 * What calls cost when they run. Source: cel-go's interpreter (runtimecost) and k8s.io/apiserver pkg/cel/library (cost):
 * changing a figure changes which requests are refused.
 */
import { CelFormat } from './functions/formats.ts'
import { CelList, CelMap, CelObject, CelOptional, sizeOf, typeName, type Value } from './values.ts'

const perCharacter = 0.1
const perPatternCharacter = 0.25
const checkCost = 350_000

type Cost = number | ((args: readonly Value[], result: Value) => number)

/** The size Kubernetes' library counts: 1 for what has none. */
function size(value: Value | undefined): number {
  if (value instanceof CelObject) return value.size
  return value === undefined ? 1 : (sizeOf(value) ?? 1)
}

/** The size cel-go counts: optionals count as what they hold. */
function innerSize(value: Value | undefined): number {
  return value instanceof CelOptional && value.value !== undefined ? innerSize(value.value) : size(value)
}

const traversal = (value: Value | undefined, factor = 1) => Math.ceil(size(value) * factor * perCharacter)

function treeCost(value: Value): number {
  if (typeof value === 'string') return Math.floor(new TextEncoder().encode(value).length * perCharacter)
  if (value instanceof Uint8Array) return Math.floor(value.length * perCharacter)
  let cost = 0
  if (value instanceof CelList) for (let index = 0; index < value.size; index++) cost += treeCost(value.get(index))
  else if (value instanceof CelMap)
    for (const key of value.keys()) cost += treeCost(key) + treeCost(value.find(key) as Value)
  else return 1
  return cost
}

function patternCost(text: Value | undefined, patternSize: number): number {
  return Math.ceil((1 + size(text)) * perCharacter) * Math.ceil(patternSize * perPatternCharacter)
}

function selectorCost([, selector]: readonly Value[]): number {
  const length = size(selector)
  return 10 + Math.ceil(length * perCharacter) + Math.ceil(Math.ceil(length * 0.5) * 50)
}

function networkCost(parsesOther: boolean, masks: boolean) {
  return ([network, other]: readonly Value[]): number => {
    const length = size(network)
    const masking = masks ? Math.ceil(length * perCharacter) + 1 : 0
    return Math.ceil((length + length) * perCharacter) + masking + (parsesOther ? traversal(other) : 0)
  }
}

const first = (factor: number): Cost => {
  return ([value]) => traversal(value, factor)
}

const nominal =
  'serviceAccount path group resource subresource namespace name allowed reason error errored masked prefixLength family isUnspecified isLoopback isLinkLocalMulticast isLinkLocalUnicast isGlobalUnicast format.named sign asInteger isInteger asApproximateFloat isGreaterThan isLessThan compareTo add sub major minor patch getScheme getHostname getHost getPort getEscapedPath getQuery'

/** Costs by the name of the function: Kubernetes' own. */
const byName: Readonly<Record<string, Cost>> = {
  ...Object.fromEntries(nominal.split(' ').map((name) => [name, 1])),
  ...Object.fromEntries(
    'isSorted sum max min indexOf lastIndexOf'
      .split(' ')
      .map((name) => [name, ([value]: readonly Value[]) => treeCost(value as Value)]),
  ),
  ...Object.fromEntries(
    'url lowerAscii upperAscii substring trim jsonpatch.escapeKey cidr isIP isCIDR ip quantity isQuantity semver isSemver'
      .split(' ')
      .map((name) => [name, first(1)]),
  ),
  check: checkCost,
  fieldSelector: selectorCost,
  labelSelector: selectorCost,
  replace: first(2),
  split: first(2),
  'ip.isCanonical': first(2),
  join: (_, result) => traversal(result, 2),
  find: ([text, pattern]) => patternCost(text, size(pattern)),
  findAll: ([text, pattern]) => patternCost(text, size(pattern)),
  validate: ([format, text]) => (format instanceof CelFormat ? patternCost(text, format.patternSize) : 1),
}

function smaller([a, b]: readonly Value[]): number {
  if (a instanceof CelObject) return 1
  return Math.ceil(Math.min(innerSize(a), innerSize(b)) * perCharacter)
}

const argument: Cost = ([value]) => Math.ceil(innerSize(value) * perCharacter)

function listCost(factor: number, count: number): number {
  return Math.floor(count * factor) + 1 + 10
}

function selfCompare(list: Value | undefined): number {
  const count = innerSize(list)
  if (!(list instanceof CelList) || count === 0) return listCost(2, 0)
  const kind = typeName(list.get(0))
  return listCost(kind === 'string' || kind === 'bytes' ? 2 + perCharacter : 2, count * count)
}

function setCost(factor: number): Cost {
  return ([a, b]) => 1 + Math.floor(innerSize(a) * innerSize(b) * factor)
}

/** Costs by overload: cel-go's. */
const byOverload: Readonly<Record<string, Cost>> = {
  ...Object.fromEntries(
    'starts_with_string ends_with_string string_to_bytes bytes_to_string strings_quote string_format'
      .split(' ')
      .map((id) => [id, argument]),
  ),
  ...Object.fromEntries(
    'less_string greater_string less_equals_string greater_equals_string less_bytes greater_bytes less_equals_bytes greater_equals_bytes equals not_equals'
      .split(' ')
      .map((id) => [id, smaller]),
  ),
  in_list: ([, list]) => innerSize(list),
  add_string: ([a, b]) => Math.ceil((innerSize(a) + innerSize(b)) * perCharacter),
  add_bytes: ([a, b]) => Math.ceil((innerSize(a) + innerSize(b)) * perCharacter),
  matches_string: ([text, pattern]) => patternCost(text, innerSize(pattern)),
  contains_string: ([text, part]) =>
    Math.ceil(innerSize(text) * perCharacter) * Math.ceil(innerSize(part) * perCharacter),
  list_slice: (_, result) => listCost(1, innerSize(result)),
  lists_range: (_, result) => listCost(1, innerSize(result)),
  list_reverse: (_, result) => listCost(1, innerSize(result)),
  list_flatten: ([list]) => listCost(1, innerSize(list)),
  list_flatten_int: ([list, depth]) => listCost(Number(depth), innerSize(list)),
  list_distinct: ([list]) => selfCompare(list),
  list_sets_contains_list: setCost(1),
  list_sets_intersects_list: setCost(1),
  list_sets_equivalent_list: setCost(2),
}

/** What a call costs; a function when that depends on its arguments. `overload` is empty when only known at run time. */
export function costOf(fn: string, overload: string): Cost {
  if (/^list_.*_sort$/.test(overload)) return ([list]) => selfCompare(list)
  if (/^list_.*_sortByAssociatedKeys$/.test(overload)) return ([, keys]) => selfCompare(keys)
  if (overload === 'cidr_ip') return 1
  if (fn === 'containsIP') return networkCost(overload === 'cidr_contains_ip_string', false)
  if (fn === 'containsCIDR') return networkCost(overload === 'cidr_contains_cidr_string', true)
  if (Object.hasOwn(byName, fn)) return byName[fn] ?? 1
  return Object.hasOwn(byOverload, overload) ? (byOverload[overload] ?? 1) : 1
}
