/**
 * What may be written where an IP address is wanted, in Kubernetes' words.
 * Source: k8s.io/apimachinery pkg/util/validation (addresses), k8s.io/kubernetes pkg/apis/core/validation (endpoints)
 */
import { faults, when } from './checks.ts'
import { type FieldError, invalidValue, type Path } from './field-error.ts'

const v6Groups = 8

/** The four bytes of an IPv4 address, or undefined. Leading zeros are allowed, as old objects may have them. */
export function ipv4Bytes(text: string): readonly number[] | undefined {
  const parts = text.split('.')
  const bytes = parts.map((part) => (/^\d{1,3}$/.test(part) ? Number(part) : 256))
  return parts.length === 4 && bytes.every((byte) => byte < 256) ? bytes : undefined
}

/** The eight groups of an IPv6 address, or undefined. */
export function ipv6Groups(text: string): readonly number[] | undefined {
  if (!/^[0-9a-fA-F:.]+$/.test(text) || !text.includes(':')) return undefined
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [head, tail] = halves.map(groupsOf)
  if (head === undefined) return undefined
  if (halves.length === 1) return head.length === v6Groups ? head : undefined
  if (tail === undefined || head.length + tail.length >= v6Groups) return undefined
  return [...head, ...new Array<number>(v6Groups - head.length - tail.length).fill(0), ...tail]
}

function groupsOf(half: string): readonly number[] | undefined {
  if (half === '') return []
  const groups: number[] = []
  const parts = half.split(':')
  for (const [index, part] of parts.entries()) {
    const bytes = index === parts.length - 1 && part.includes('.') ? ipv4Bytes(part) : undefined
    if (bytes !== undefined)
      groups.push((bytes[0] ?? 0) * 256 + (bytes[1] ?? 0), (bytes[2] ?? 0) * 256 + (bytes[3] ?? 0))
    else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16))
    else return undefined
  }
  return groups
}

/** Whether the text is an address of the family. */
export function isIp(text: string, family?: 'IPv4' | 'IPv6'): boolean {
  const isV4 = ipv4Bytes(text) !== undefined
  if (family === 'IPv4') return isV4
  return family === 'IPv6' ? !isV4 && ipv6Groups(text) !== undefined : isV4 || ipv6Groups(text) !== undefined
}

/** The faults of an address; those that were there before pass. */
export function ipFaults(text: string, place: Path, before: readonly string[] = []): FieldError[] {
  if (before.includes(text)) return []
  const why = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'
  if (!isIp(text)) return [invalidValue(place, text, why)]
  const zeros = text.split('.').some((part) => /^0\d/.test(part)) && ipv4Bytes(text) !== undefined
  const groups = ipv6Groups(text)
  const isMapped = (groups ?? []).slice(0, 5).every((group) => group === 0) && groups?.[5] === 0xffff
  return [
    ...when(zeros, invalidValue(place, text, 'must not have leading 0s')),
    ...when(isMapped, invalidValue(place, text, 'must not be an IPv4-mapped IPv6 address')),
  ]
}

/** The faults of an address behind a service: it must be one that others can reach. */
export function endpointIpFaults(text: string, place: Path): FieldError[] {
  const bytes = ipv4Bytes(text)
  const groups = bytes === undefined ? ipv6Groups(text) : undefined
  if (bytes === undefined && groups === undefined) return [invalidValue(place, text, 'must be a valid IP address')]
  return faults(place, text, bytes === undefined ? reserved6(groups ?? [], text) : reserved4(bytes, text))
}

const loopback = 'may not be in the loopback range (127.0.0.0/8, ::1/128)'
const linkLocal = 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'
const linkLocalMulticast = 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'

function reserved4([a, b, c, d]: readonly number[], text: string): string[] {
  if (a === 0 && b === 0 && c === 0 && d === 0) return [`may not be unspecified (${text})`]
  if (a === 127) return [loopback]
  if (a === 169 && b === 254) return [linkLocal]
  return a === 224 && b === 0 && c === 0 ? [linkLocalMulticast] : []
}

function reserved6(groups: readonly number[], text: string): string[] {
  const [first = 0] = groups
  const restIsZero = groups.slice(0, -1).every((group) => group === 0)
  if (restIsZero && groups.at(-1) === 0) return [`may not be unspecified (${text})`]
  if (restIsZero && groups.at(-1) === 1) return [loopback]
  if ((first & 0xffc0) === 0xfe80) return [linkLocal]
  return (first & 0xff0f) === 0xff02 ? [linkLocalMulticast] : []
}
