/** Kubernetes' semver library. Sources: k8s.io/apiserver pkg/cel/library (semver), https://semver.org */
import { goQuote } from '../../go-text.ts'
import { CelError, CelObject, int, largestUint, noOverload, type Value } from '../values.ts'
import type { Functions } from './dispatch.ts'

/** A version. Pre-release parts that are numbers compare as numbers. */
export class CelSemver extends CelObject {
  readonly typeName = 'kubernetes.Semver'
  readonly numbers: readonly [bigint, bigint, bigint]
  readonly pre: readonly string[]
  constructor(numbers: readonly [bigint, bigint, bigint], pre: readonly string[]) {
    super()
    this.numbers = numbers
    this.pre = pre
  }
  equals(other: Value): boolean | CelError {
    return other instanceof CelSemver ? compareSemver(this, other) === 0 : noOverload
  }
}

const isNumber = (text: string) => /^\d+$/.test(text)

function comparePart(a: string, b: string): number {
  if (isNumber(a) !== isNumber(b)) return isNumber(a) ? -1 : 1
  if (!isNumber(a)) return a < b ? -1 : a > b ? 1 : 0
  return BigInt(a) < BigInt(b) ? -1 : BigInt(a) > BigInt(b) ? 1 : 0
}

/** -1, 0 or 1; build metadata does not count. */
export function compareSemver(a: CelSemver, b: CelSemver): number {
  for (const [index, number] of a.numbers.entries()) {
    const other = b.numbers[index] as bigint
    if (number !== other) return number < other ? -1 : 1
  }
  if (a.pre.length === 0 || b.pre.length === 0) return Math.sign(b.pre.length - a.pre.length)
  for (const [index, part] of a.pre.entries()) {
    const other = b.pre[index]
    if (other === undefined) return 1
    const order = comparePart(part, other)
    if (order !== 0) return order
  }
  return a.pre.length < b.pre.length ? -1 : 0
}

function numberOf(text: string, name: string): bigint | string {
  if (!isNumber(text)) return `Invalid character(s) found in ${name} number ${goQuote(text)}`
  if (/^0\d/.test(text)) {
    const Name = name[0]?.toUpperCase() + name.slice(1)
    return `${Name} number must not contain leading zeroes ${goQuote(text)}`
  }
  const value = BigInt(text)
  return value > largestUint ? `strconv.ParseUint: parsing ${goQuote(text)}: value out of range` : value
}

function preFault(part: string): string | undefined {
  if (part === '') return 'Prerelease is empty'
  if (isNumber(part) && /^0\d/.test(part))
    return `Numeric PreRelease version must not contain leading zeroes ${goQuote(part)}`
  return /^[\dA-Za-z-]+$/.test(part) ? undefined : `Invalid character(s) found in prerelease ${goQuote(part)}`
}

function buildFault(part: string): string | undefined {
  if (part === '') return 'Build meta data is empty'
  return /^[\dA-Za-z-]+$/.test(part) ? undefined : `Invalid character(s) found in build meta data ${goQuote(part)}`
}

/** `a.b.c` split at the first two dots. */
function threeParts(text: string): string[] {
  const [major = '', minor, ...rest] = text.split('.')
  return minor === undefined ? [major] : rest.length === 0 ? [major, minor] : [major, minor, rest.join('.')]
}

function parse(text: string): CelSemver | string {
  if (text === '') return 'Version string empty'
  const parts = threeParts(text)
  if (parts.length !== 3) return 'No Major.Minor.Patch elements found'
  const [majorText = '', minorText = '', rest = ''] = parts
  const major = numberOf(majorText, 'major')
  if (typeof major === 'string') return major
  const minor = numberOf(minorText, 'minor')
  if (typeof minor === 'string') return minor
  const plus = rest.indexOf('+')
  const build = plus < 0 ? [] : rest.slice(plus + 1).split('.')
  const version = plus < 0 ? rest : rest.slice(0, plus)
  const dash = version.indexOf('-')
  const pre = dash < 0 ? [] : version.slice(dash + 1).split('.')
  const patch = numberOf(dash < 0 ? version : version.slice(0, dash), 'patch')
  if (typeof patch === 'string') return patch
  const fault =
    pre.map(preFault).find((each) => each !== undefined) ?? build.map(buildFault).find((each) => each !== undefined)
  return fault ?? new CelSemver([major, minor, patch], pre)
}

/** Without a leading `v` and leading zeros, with minor and patch when they are missing. */
function normalized(text: string): string | CelError {
  const parts = threeParts(text.startsWith('v') ? text.slice(1) : text).map((part) => {
    if (part.length < 2) return part
    const trimmed = part.replace(/^0+/, '')
    return /^\d/.test(trimmed) ? trimmed : `0${trimmed}`
  })
  if (parts.length < 3 && /[+-]/.test(parts.at(-1) ?? ''))
    return new CelError('short version cannot contain PreRelease/Build meta data')
  while (parts.length < 3) parts.push('0')
  return parts.join('.')
}

function semver(text: Value, normalize: Value): CelSemver | CelError {
  if (typeof text !== 'string') return noOverload
  const source = normalize === true ? normalized(text) : text
  if (source instanceof CelError) return source
  const version = parse(source)
  return typeof version === 'string' ? new CelError(version) : version
}

const numberAt = (index: 0 | 1 | 2) => {
  return ([value = null]: readonly Value[]): Value =>
    value instanceof CelSemver ? int(value.numbers[index]) : noOverload
}

export const semvers: Functions = {
  semver: ([text = null, normalize = false]) => semver(text, normalize),
  isSemver: ([text = null, normalize = false]) => semver(text, normalize) instanceof CelSemver,
  major: numberAt(0),
  minor: numberAt(1),
  patch: numberAt(2),
}
