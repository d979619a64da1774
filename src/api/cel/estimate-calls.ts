/** What calls may cost, by function and overload. Sources: as in `call-cost.ts`. */
import type { Expr } from './ast.ts'
import { add, type Estimate, fixed, scaled, times, unbounded, union, unknownSize } from './estimate-size.ts'
import type { Type } from './types.ts'

/** An argument or receiver. */
export interface CallPart {
  readonly expr: Expr
  /** The path from a variable, empty when there is none. */
  readonly path: readonly string[]
  readonly type: Type | undefined
  readonly size: Estimate | undefined
}

export interface CallEstimate {
  readonly cost: Estimate
  readonly size?: Estimate | undefined
}

type SizeAt = (path: readonly string[]) => Estimate | undefined
type Rule = (target: CallPart | undefined, args: readonly CallPart[], sizeAt: SizeAt) => CallEstimate | undefined

const perCharacter = 0.1
const perPatternCharacter = 0.25

const sizeOf = (part: CallPart | undefined) => part?.size ?? unknownSize
const nominal: Rule = () => ({ cost: fixed(1) })
const onTarget = (run: (size: Estimate, args: readonly CallPart[]) => CallEstimate): Rule => {
  return (target, args) => target && run(sizeOf(target), args)
}
const onFirst = (factor: number, keepsSize = false): Rule => {
  return (_, args) => {
    if (args.length === 0) return undefined
    const size = sizeOf(args[0])
    return { cost: scaled(size, factor), ...(keepsSize ? { size } : {}) }
  }
}
const traversal: Rule = onTarget((size) => ({ cost: scaled(size, perCharacter), size }))

/** One comparison for each element, and reading it when it is a text. */
const eachElement: Rule = (target, _, sizeAt) => {
  if (!target) return undefined
  const [element] = target.type?.params ?? []
  if (!element) return { cost: scaled(sizeOf(target), perCharacter) }
  let each = fixed(1)
  if (element.kind === 'string' || element.kind === 'bytes') {
    const path = target.path.length > 0 ? [...target.path, '@items'] : []
    each = add(each, scaled(sizeAt(path) ?? unknownSize, perCharacter))
  }
  return { cost: times(sizeOf(target), each) }
}

const selector: Rule = (_, args) => {
  if (args.length !== 1) return undefined
  const length = sizeOf(args[0])
  return { cost: add(add(fixed(10), scaled(length, perCharacter)), scaled(scaled(length, 0.5), 50)) }
}

/** The size of a text in which parts were replaced. */
function replacedSize(text: Estimate, old: Estimate, by: Estimate): Estimate {
  let [most, keptMost, least, keptLeast] = [0, 0, 0, 0]
  if (old.min === 0) [most, keptMost] = [text.max < unbounded ? text.max + 1 : text.max, text.max]
  else if (by.max <= old.min) keptMost = text.max
  else most = Math.ceil(text.max / old.min)
  if (old.max === 0) [least, keptLeast] = [text.min + 1, text.min]
  else if (old.max <= by.min) keptLeast = text.min
  else least = Math.ceil(text.min / old.max)
  return add(times({ min: least, max: most }, by), { min: keptLeast, max: keptMost })
}

const replace: Rule = (target, args) => {
  if (!target || args.length < 2) return undefined
  const text = sizeOf(target)
  return { cost: scaled(text, 2 * perCharacter), size: replacedSize(text, sizeOf(args[0]), sizeOf(args[1])) }
}

const split: Rule = onTarget((size, args) => {
  const limit = args[1]?.expr
  const max =
    limit?.kind === 'literal' && typeof limit.value === 'number'
      ? limit.value < 0
        ? unbounded
        : limit.value
      : size.max
  return { cost: scaled(size, 2 * perCharacter), size: { min: 0, max } }
})

const join: Rule = (target, args, sizeAt) => {
  if (!target) return undefined
  const list = sizeOf(target)
  let size = fixed(0)
  if (target.type?.params.length) {
    const path = target.path.length > 0 ? [...target.path, '@items'] : []
    size = times(list, sizeAt(path) ?? unknownSize)
  }
  if (args.length > 0) {
    const separators = { min: Math.max(0, list.min - 1), max: Math.max(0, list.max - 1) }
    size = add(size, times(sizeOf(args[0]), separators))
  }
  return { cost: scaled(size, perCharacter), size }
}

const pattern = (text: Estimate, source: Estimate) =>
  times(scaled(add(text, fixed(1)), perCharacter), scaled(source, perPatternCharacter))

const find: Rule = (target, args) => {
  if (!target || args.length === 0) return undefined
  const size = sizeOf(target)
  return { cost: pattern(size, sizeOf(args[0])), size: { min: 0, max: size.max } }
}

function contains(masks: boolean): (parses: boolean) => Rule {
  return (parses) => (_, args) => {
    const size = { min: 4, max: 16 }
    let cost = scaled(add(size, size), perCharacter)
    if (masks) cost = add(add(cost, scaled(size, perCharacter)), fixed(1))
    return { cost: parses ? add(cost, scaled(sizeOf(args[0]), perCharacter)) : cost }
  }
}

const named = (names: string, rule: Rule) => Object.fromEntries(names.split(' ').map((name) => [name, rule]))

/** Kubernetes' functions, by name. */
const byName: Readonly<Record<string, Rule>> = {
  ...named(
    'serviceAccount path group resource subresource namespace name allowed reason error errored masked prefixLength family isUnspecified isLoopback isLinkLocalMulticast isLinkLocalUnicast isGlobalUnicast format.named sign asInteger isInteger asApproximateFloat isGreaterThan isLessThan compareTo add sub major minor patch getScheme getHostname getHost getPort getEscapedPath getQuery',
    nominal,
  ),
  ...named('isSorted sum max min indexOf lastIndexOf', eachElement),
  ...named('lowerAscii upperAscii substring trim', traversal),
  ...named('url jsonpatch.escapeKey', onFirst(perCharacter, true)),
  ...named('cidr isIP isCIDR ip quantity isQuantity semver isSemver', onFirst(perCharacter)),
  'ip.isCanonical': onFirst(2 * perCharacter),
  check: () => ({ cost: fixed(350_000) }),
  fieldSelector: selector,
  labelSelector: selector,
  replace,
  split,
  join,
  find,
  findAll: find,
  validate: (_, args) => ({ cost: scaled(scaled(sizeOf(args[0]), perCharacter), 128 * perPatternCharacter) }),
}

const allocating = (factor: number, size: Estimate): CallEstimate => ({
  cost: add(add(scaled(size, factor), fixed(1)), fixed(10)),
  size,
})

/** The number a literal argument is, `otherwise` when it is none. */
function literal(part: CallPart | undefined, otherwise: number): number {
  const expr = part?.expr
  if (expr?.kind !== 'literal' || typeof expr.value !== 'number') return otherwise
  return Math.max(0, expr.value)
}

const sorted = (part: CallPart | undefined, overload: string): CallEstimate => {
  const size = sizeOf(part)
  return allocating(/list_(string|bytes)_/.test(overload) ? 2 + perCharacter : 2, times(size, size))
}

const sets = (factor: number): Rule => {
  return (_, [a, b]) => ({ cost: add(scaled(times(sizeOf(a), sizeOf(b)), factor), fixed(1)) })
}

const smaller: Rule = (_, [a, b]) => {
  const max = Math.min(sizeOf(a).max, sizeOf(b).max)
  return { cost: scaled({ min: max > 0 ? 1 : 0, max }, perCharacter) }
}

const joined = (flat: boolean): Rule => {
  return (_, [a, b]) => {
    const size = add(sizeOf(a), sizeOf(b))
    return { cost: flat ? fixed(1) : scaled(size, perCharacter), size }
  }
}

/** cel-go's overloads. */
const byOverload: Readonly<Record<string, Rule>> = {
  ...named(
    'less_string greater_string less_equals_string greater_equals_string less_bytes greater_bytes less_equals_bytes greater_equals_bytes equals not_equals',
    smaller,
  ),
  ...named('starts_with_string ends_with_string', onFirst(perCharacter)),
  string_format: onTarget((size) => ({ cost: scaled(size, perCharacter) })),
  string_to_bytes: (_, [a]) => ({
    cost: scaled(sizeOf(a), perCharacter),
    size: { min: sizeOf(a).min, max: Math.min(unbounded, sizeOf(a).max * 4) },
  }),
  bytes_to_string: (_, [a]) => ({
    cost: scaled(sizeOf(a), perCharacter),
    size: { min: Math.floor(sizeOf(a).min / 4), max: sizeOf(a).max },
  }),
  strings_quote: (_, [a]) => ({
    cost: scaled(sizeOf(a), perCharacter),
    size: { min: sizeOf(a).min + 2, max: Math.min(unbounded, sizeOf(a).max * 2 + 2) },
  }),
  in_list: (_, [, list]) => ({ cost: scaled(sizeOf(list), 1) }),
  matches_string: (target, [source]) => target && { cost: pattern(sizeOf(target), sizeOf(source)) },
  contains_string: (target, [part]) =>
    target && { cost: times(scaled(sizeOf(target), perCharacter), scaled(sizeOf(part), perCharacter)) },
  add_string: joined(false),
  add_bytes: joined(false),
  add_list: joined(true),
  list_slice: onTarget((size, [start, end]) => allocating(1, fixed(literal(end, size.max) - literal(start, 0)))),
  lists_range: (_, [count]) => allocating(1, fixed(literal(count, unbounded))),
  list_reverse: onTarget((size) => allocating(1, size)),
  list_flatten: onTarget((size) => allocating(1, size)),
  list_flatten_int: onTarget((size, [depth]) => allocating(literal(depth, unbounded), size)),
  list_distinct: onTarget((size) => allocating(2, times(size, size))),
  list_sets_contains_list: sets(1),
  list_sets_intersects_list: sets(1),
  list_sets_equivalent_list: sets(2),
}

/** Values of Kubernetes' libraries compare at the cost of one. */
function equalObjects(args: readonly CallPart[]): CallEstimate | undefined {
  const [a, b] = args
  if (!a?.type || a.type.text !== b?.type?.text) return undefined
  const flat = ['net.IP', 'net.CIDR', 'kubernetes.Quantity', 'kubernetes.Semver']
  if (flat.includes(a.type.name) || a.type.name.startsWith('kubernetes.authorization.')) return { cost: fixed(1) }
  if (a.type.name === 'kubernetes.NamedFormat') return { cost: scaled({ min: 1, max: 64 }, perCharacter) }
  if (a.type.name !== 'kubernetes.URL') return undefined
  return { cost: scaled({ min: 1, max: b.size ? union(b.size, b.size).max : 1 }, perCharacter) }
}

/** What one overload of a call may cost beside its arguments, and how large its result may be. */
export function callEstimate(
  fn: string,
  overload: string,
  target: CallPart | undefined,
  args: readonly CallPart[],
  sizeAt: SizeAt,
): CallEstimate {
  const plain = { cost: fixed(1) }
  if (/^list_.*_sort$/.test(overload)) return sorted(target, overload)
  if (/^list_.*_sortByAssociatedKeys$/.test(overload)) return sorted(args[0], overload)
  if (overload === 'cidr_ip') return plain
  if (fn === 'containsIP') return contains(false)(overload === 'cidr_contains_ip_string')(target, args, sizeAt) ?? plain
  if (fn === 'containsCIDR')
    return contains(true)(overload === 'cidr_contains_cidr_string')(target, args, sizeAt) ?? plain
  if (fn === '_==_') {
    const objects = equalObjects(args)
    if (objects) return objects
  }
  const rule = Object.hasOwn(byName, fn) ? byName[fn] : undefined
  const byFunction = rule?.(target, args, sizeAt)
  if (byFunction) return byFunction
  const other = Object.hasOwn(byOverload, overload) ? byOverload[overload] : undefined
  return other?.(target, args, sizeAt) ?? plain
}
