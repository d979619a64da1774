/** Kubernetes' ip and cidr libraries. Source: https://kubernetes.io/docs/reference/using-api/cel/ */
import { IpAddress, IpNetwork, parseAddress, parseNetwork } from '../address.ts'
import { CelError, noOverload, type Value } from '../values.ts'
import type { Functions } from './dispatch.ts'

function onAddress(run: (address: IpAddress) => Value) {
  return ([value = null]: readonly Value[]): Value => (value instanceof IpAddress ? run(value) : noOverload)
}

function onNetwork(run: (network: IpNetwork, other: Value) => Value) {
  return ([value = null, other = null]: readonly Value[]): Value =>
    value instanceof IpNetwork ? run(value, other) : noOverload
}

function onText(run: (text: string) => Value) {
  return ([value = null]: readonly Value[]): Value => (typeof value === 'string' ? run(value) : noOverload)
}

const isV4 = ({ bytes }: IpAddress) => bytes.length === 4
const isZero = ({ bytes }: IpAddress) => bytes.every((byte) => byte === 0)
const isBroadcast = (ip: IpAddress) => isV4(ip) && ip.bytes.every((byte) => byte === 255)

function isLoopback(ip: IpAddress): boolean {
  return isV4(ip) ? ip.bytes[0] === 127 : ip.text === '::1'
}

function isMulticast({ bytes }: IpAddress): boolean {
  return bytes.length === 4 ? ((bytes[0] ?? 0) & 0xf0) === 0xe0 : bytes[0] === 0xff
}

function isLinkLocalMulticast({ bytes: [first = 0, second = 0, third = 0], bytes }: IpAddress): boolean {
  return bytes.length === 4 ? first === 224 && second === 0 && third === 0 : first === 0xff && (second & 0x0f) === 2
}

function isLinkLocalUnicast({ bytes: [first = 0, second = 0], bytes }: IpAddress): boolean {
  return bytes.length === 4 ? first === 169 && second === 254 : first === 0xfe && (second & 0xc0) === 0x80
}

function isGlobalUnicast(ip: IpAddress): boolean {
  return !isZero(ip) && !isBroadcast(ip) && !isLoopback(ip) && !isMulticast(ip) && !isLinkLocalUnicast(ip)
}

function containsNetwork(network: IpNetwork, other: Value): Value {
  const inner = typeof other === 'string' ? parseNetwork(other) : other
  if (inner instanceof CelError) return inner
  if (!(inner instanceof IpNetwork)) return noOverload
  return network.bits <= inner.bits && network.contains(inner.address)
}

function containsAddress(network: IpNetwork, other: Value): Value {
  const address = typeof other === 'string' ? parseAddress(other) : other
  if (address instanceof CelError) return noOverload
  return address instanceof IpAddress ? network.contains(address) : noOverload
}

function isCanonical(text: string): Value {
  const address = parseAddress(text)
  return address instanceof CelError ? address : address.text === text
}

export const addresses: Functions = {
  ip: ([value = null]) => (value instanceof IpNetwork ? value.address : onText(parseAddress)([value])),
  cidr: onText(parseNetwork),
  isIP: onText((text) => parseAddress(text) instanceof IpAddress),
  isCIDR: onText((text) => parseNetwork(text) instanceof IpNetwork),
  'ip.isCanonical': onText(isCanonical),
  family: onAddress((ip) => (isV4(ip) ? 4 : 6)),
  isUnspecified: onAddress(isZero),
  isLoopback: onAddress(isLoopback),
  isLinkLocalMulticast: onAddress(isLinkLocalMulticast),
  isLinkLocalUnicast: onAddress(isLinkLocalUnicast),
  isGlobalUnicast: onAddress(isGlobalUnicast),
  containsIP: onNetwork(containsAddress),
  containsCIDR: onNetwork(containsNetwork),
  prefixLength: onNetwork((network) => network.bits),
  masked: onNetwork((network) => network.masked),
}
