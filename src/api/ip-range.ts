/**
 * IP addresses and ranges as numbers, their canonical text, and the rules of ranges in Kubernetes' words.
 * Source: RFC 5952; k8s.io/apimachinery pkg/util/validation
 */
import { when } from './checks.ts'
import { type FieldError, invalidValue, type Path } from './field-error.ts'
import { ipFaults, ipv4Bytes, ipv6Groups, isIp } from './ip-rules.ts'

/** An address; IPv4-mapped IPv6 addresses are IPv4 ones, as in Go. `width` is 32 or 128 bits. */
export interface IpAddress {
  readonly value: bigint
  readonly width: 32 | 128
}

/** A range: its first address and the length of the prefix in bits. */
export interface IpRange extends IpAddress {
  readonly bits: number
  /** The length as it was written: 96 more than `bits` for an IPv4-mapped one. */
  readonly written: number
}

const mapped = 0xffffn << 32n

/** The address, or undefined for other text. */
export function parseIp(text: string): IpAddress | undefined {
  const bytes = ipv4Bytes(text)
  if (bytes !== undefined) return { value: joined(bytes, 8n), width: 32 }
  const groups = ipv6Groups(text)
  if (groups === undefined) return undefined
  const value = joined(groups, 16n)
  return value >> 32n === mapped >> 32n ? { value: value & 0xffffffffn, width: 32 } : { value, width: 128 }
}

const joined = (parts: readonly number[], bits: bigint): bigint =>
  parts.reduce((sum, part) => (sum << bits) | BigInt(part), 0n)

/** The range with the bits beyond its prefix cleared, or undefined for other text. */
export function parseRange(text: string): IpRange | undefined {
  const [address = '', length = '', ...more] = text.split('/')
  const ip = parseIp(address)
  if (ip === undefined || more.length > 0 || !/^\d{1,3}$/.test(length)) return undefined
  const longest = isIp(address, 'IPv4') ? 32 : 128
  const written = Number(length)
  if (written > longest) return undefined
  const bits = longest > ip.width ? Math.max(0, written - 96) : written
  return { width: ip.width, bits, written, value: masked(ip, bits) }
}

function masked({ value, width }: IpAddress, bits: number): bigint {
  const rest = BigInt(width - bits)
  return (value >> rest) << rest
}

/** Whether an address lies in a range. */
export function rangeHolds(range: IpRange, address: IpAddress): boolean {
  return range.width === address.width && masked(address, range.bits) === range.value
}

/** The canonical text of an address: RFC 5952 for IPv6. */
export function ipText({ value, width }: IpAddress): string {
  if (width === 32) return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.')
  const groups = Array.from({ length: 8 }, (_, i) => ((value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16))
  const text = groups.join(':')
  const runs = [...text.matchAll(/\b0(?::0)+\b/g)].sort((a, b) => b[0].length - a[0].length)
  const longest = runs[0]
  if (longest === undefined) return text
  const head = text.slice(0, longest.index).replace(/:$/, '')
  const tail = text.slice(longest.index + longest[0].length).replace(/^:/, '')
  return `${head}::${tail}`
}

/** The canonical text of a range. */
export function rangeText(range: IpRange): string {
  return `${ipText(range)}/${range.bits}`
}

/** The faults of a range such as `10.0.0.0/8`; those that were there before pass. */
export function cidrFaults(text: string, place: Path, before: readonly string[] = []): FieldError[] {
  if (before.includes(text)) return []
  const why = whyNoRange(text)
  return when(why !== '', invalidValue(place, text, why))
}

function whyNoRange(text: string): string {
  const range = parseRange(text)
  if (range === undefined) return 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'
  const [address = '', length = ''] = text.split('/')
  const ip = parseIp(address) as IpAddress
  if (hasLeadingZeros(address) || /^0\d/.test(length)) return 'must not have leading 0s in IP or prefix length'
  if (ip.width === 32 && address.includes(':')) return 'must not have an IPv4-mapped IPv6 address'
  return ip.value === range.value ? '' : 'must not have bits set beyond the prefix length'
}

const hasLeadingZeros = (text: string): boolean =>
  ipv4Bytes(text) !== undefined && text.split('.').some((part) => /^0\d/.test(part))

/** The faults of a range that must be written in its canonical form. */
export function canonicalCidrFaults(text: string, place: Path): FieldError[] {
  const found = cidrFaults(text, place)
  const range = parseRange(text)
  if (found.length > 0 || range === undefined) return found
  const right = rangeText(range)
  return when(text !== right, invalidValue(place, text, `must be in canonical form ("${right}")`))
}

/** The faults of an address that must be written in its canonical form. */
export function canonicalIpFaults(text: string, place: Path): FieldError[] {
  const found = ipFaults(text, place)
  const ip = parseIp(text)
  if (found.length > 0 || ip === undefined) return found
  const right = ipText(ip)
  return when(text !== right, invalidValue(place, text, `must be in canonical form ("${right}")`))
}

/** What is said of a range that is valid and reads as something else. */
export function cidrWarnings(text: string, place: Path): string[] {
  const range = parseRange(text)
  const ip = parseIp(text.split('/')[0] ?? '')
  if (range === undefined || ip === undefined) return []
  const right = rangeText(range)
  const single = `${ipText(ip)}/${ip.width}`
  const odd = hasLeadingZeros(text.split('/')[0] ?? '') || (ip.width === 32 && text.includes(':'))
  const warnings = [
    ...(ip.value === range.value
      ? []
      : [`${place}: CIDR value "${text}" is ambiguous in this context (should be "${right}" or "${single}"?)`]),
    ...(odd ? [`${place}: non-standard CIDR value "${text}" is invalid: use "${right}"`] : []),
  ]
  if (warnings.length > 0 || ip.width === 32 || text === right) return warnings
  return [`${place}: IPv6 CIDR value "${text}" should be in RFC 5952 canonical format ("${right}")`]
}

/** What is said of an address that is valid and not written in the usual way. */
export function ipWarnings(text: string, place: Path): string[] {
  const ip = parseIp(text)
  if (ip === undefined) return []
  const right = ipText(ip)
  if (hasLeadingZeros(text) || (ip.width === 32 && text.includes(':')))
    return [`${place}: non-standard IP address "${text}" is invalid: use "${right}"`]
  if (ip.width === 32 || text === right) return []
  return [`${place}: IPv6 address "${text}" should be in RFC 5952 canonical format ("${right}")`]
}
