/** IP addresses and networks as values. Source: k8s.io/apiserver pkg/cel (ip, cidr), Go's net/netip. */

import { goQuote } from '../go-text.ts'
import { ipv4Bytes, ipv6Groups } from '../ip-rules.ts'
import { CelError, CelObject, noOverload, type Value } from './values.ts'

/** The canonical text of the eight groups of an IPv6 address (RFC 5952). */
function ipv6Text(groups: readonly number[]): string {
  let best = { start: -1, length: 1 }
  for (let start = 0; start < groups.length; start++) {
    let length = 0
    while (groups[start + length] === 0) length++
    if (length > best.length) best = { start, length }
  }
  const text = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':')
  if (best.start < 0) return text(groups)
  return `${text(groups.slice(0, best.start))}::${text(groups.slice(best.start + best.length))}`
}

/** An address: 4 or 16 bytes. */
export class IpAddress extends CelObject {
  readonly typeName = 'net.IP'
  readonly bytes: readonly number[]
  constructor(bytes: readonly number[]) {
    super()
    this.bytes = bytes
  }
  override get size(): number {
    return this.bytes.length
  }
  get text(): string {
    if (this.bytes.length === 4) return this.bytes.join('.')
    const groups = Array.from({ length: 8 }, (_, at) => (this.bytes[at * 2] ?? 0) * 256 + (this.bytes[at * 2 + 1] ?? 0))
    return ipv6Text(groups)
  }
  equals(other: Value): boolean | CelError {
    return other instanceof IpAddress ? other.text === this.text : noOverload
  }
}

/** A network: an address and how many of its bits count. */
export class IpNetwork extends CelObject {
  readonly typeName = 'net.CIDR'
  readonly address: IpAddress
  readonly bits: number
  constructor(address: IpAddress, bits: number) {
    super()
    this.address = address
    this.bits = bits
  }
  override get size(): number {
    return Math.ceil(this.bits / 8)
  }
  get text(): string {
    return `${this.address.text}/${this.bits}`
  }
  get masked(): IpNetwork {
    const bytes = this.address.bytes.map((byte, at) => {
      const kept = Math.max(0, Math.min(8, this.bits - at * 8))
      return byte & (0xff << (8 - kept)) & 0xff
    })
    return new IpNetwork(new IpAddress(bytes), this.bits)
  }
  /** Whether an address lies in it; addresses of the other family do not. */
  contains(address: IpAddress): boolean {
    if (address.bytes.length !== this.address.bytes.length) return false
    return new IpNetwork(address, this.bits).masked.text === this.masked.text
  }
  equals(other: Value): boolean | CelError {
    return other instanceof IpNetwork ? other.text === this.text : noOverload
  }
}

/** Why Go's netip reads no address in a text. */
function parseFault(text: string): string {
  if (!/[.:%]/.test(text)) return 'unable to parse IP'
  if (/^[^:%]*\./.test(text)) {
    const parts = text.split('.')
    const strange = /[^\d.]/.exec(text)
    if (strange) return `unexpected character (at ${goQuote(text.slice(strange.index))})`
    if (parts.some((part) => part === ''))
      return `IPv4 field must have at least one digit (at ${goQuote(text.slice(Math.max(0, text.search(/\.(\.|$)/) + (text.startsWith('.') ? 0 : 1))))})`
    if (parts.some((part) => /^0\d/.test(part))) return 'IPv4 field has octet with leading zero'
    if (parts.some((part) => Number(part) > 255)) return 'IPv4 field has value >255'
    return parts.length < 4 ? 'IPv4 address too short' : 'IPv4 address too long'
  }
  if (/^[^:]*%/.test(text)) return 'missing IPv6 address'
  const digitless = 'each colon-separated field must have at least one digit'
  const strange = /[^\da-fA-F:.]/.exec(text)
  if (strange && /(^|:)$/.test(text.slice(0, strange.index)))
    return `${digitless} (at ${goQuote(text.slice(strange.index))})`
  if (strange) return `unexpected character (at ${goQuote(text.slice(strange.index))})`
  const triple = text.indexOf(':::')
  if (triple >= 0) return `${digitless} (at ${goQuote(text.slice(triple + 2))})`
  if (text.split('::').length > 2)
    return `multiple :: in address (at ${goQuote(text.slice(text.lastIndexOf('::') + 1))})`
  if (/[\da-fA-F]{5}/.test(text)) return `each group must have 4 or less digits (at ${goQuote(text)})`
  const groups = text.split(':')
  if (groups.length <= 8) return 'address string too short'
  return `trailing garbage after address (at ${goQuote(groups.slice(8).join(':'))})`
}

function readAddress(text: string): { bytes: readonly number[] } | { fault: string } {
  const v4 = /(^|\.)0\d/.test(text) ? undefined : ipv4Bytes(text)
  if (v4) return { bytes: v4 }
  const groups = ipv6Groups(text)
  if (groups && !/(^|[.:])0\d+\./.test(text)) return { bytes: groups.flatMap((group) => [group >> 8, group & 0xff]) }
  return { fault: `ParseAddr(${goQuote(text)}): ${parseFault(text)}` }
}

const isMapped = (bytes: readonly number[]) =>
  bytes.length === 16 && bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255

/** The address of a text, or Kubernetes' error. */
export function parseAddress(text: string): IpAddress | CelError {
  const zone = text.includes(':') ? text.indexOf('%') : -1
  const read = readAddress(zone < 0 ? text : text.slice(0, zone))
  if ('fault' in read)
    return new CelError(`IP Address ${goQuote(text)} parse error during conversion from string: ${read.fault}`)
  if (zone >= 0) return new CelError(`IP address ${goQuote(text)} with zone value is not allowed`)
  if (isMapped(read.bytes)) return new CelError(`IPv4-mapped IPv6 address ${goQuote(text)} is not allowed`)
  return new IpAddress(read.bytes)
}

function prefixFault(text: string): string | undefined {
  const slash = text.lastIndexOf('/')
  if (slash < 0) return "no '/'"
  if (text.slice(0, slash).includes('%')) return 'IPv6 zones cannot be present in a prefix'
  const address = readAddress(text.slice(0, slash))
  if ('fault' in address) return address.fault
  const bits = text.slice(slash + 1)
  if (!/^(0|[1-9]\d*)$/.test(bits)) return `bad bits after slash: ${goQuote(bits)}`
  return Number(bits) > address.bytes.length * 8 ? 'prefix length out of range' : undefined
}

/** The network of a text, or Kubernetes' error. */
export function parseNetwork(text: string): IpNetwork | CelError {
  const twice = 'network address parse error during conversion from string: '
  const fault = prefixFault(text)
  if (fault !== undefined) {
    const shown = fault.startsWith('ParseAddr(') ? fault : `${fault}`
    return new CelError(`${twice}${twice}netip.ParsePrefix(${goQuote(text)}): ${shown}`)
  }
  const slash = text.lastIndexOf('/')
  const read = readAddress(text.slice(0, slash)) as { bytes: readonly number[] }
  if (isMapped(read.bytes)) return new CelError(`${twice}IPv4-mapped IPv6 address ${goQuote(text)} is not allowed`)
  return new IpNetwork(new IpAddress(read.bytes), Number(text.slice(slash + 1)))
}
