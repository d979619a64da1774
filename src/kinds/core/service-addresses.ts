/**
 * A Service's own addresses: form, families, and that they stay what they are.
 * Source: https://kubernetes.io/docs/concepts/services-networking/dual-stack/
 */
import { among, amongOptional, each, isFilled, isSet, listOf, type Part, when } from '../../api/checks.ts'
import { duplicate, type FieldError, invalidValue, path, required } from '../../api/field-error.ts'
import { ipFaults, isIp } from '../../api/ip-rules.ts'

const place = path('spec')
const addressesAt = place.child('clusterIPs')
const familiesAt = place.child('ipFamilies')
const families = ['IPv4', 'IPv6'] as const

/** Whether the Service wants no address. */
export function isHeadless(spec: Part): boolean {
  const addresses = listOf(spec.clusterIPs)
  return addresses.length === 1 && addresses[0] === 'None'
}

/** The faults of clusterIP, clusterIPs, ipFamilies and ipFamilyPolicy. */
export function addressFaults(spec: Part, previous: Part): FieldError[] {
  if (spec.type === 'ExternalName') return []
  const addresses: readonly string[] = listOf(spec.clusterIPs)
  const form = formFaults(addresses, listOf(previous?.clusterIPs))
  const errors = [
    ...firstFaults(spec, addresses),
    ...familyListFaults(spec.ipFamilies),
    ...amongOptional(
      spec.ipFamilyPolicy,
      ['PreferDualStack', 'RequireDualStack', 'SingleStack'],
      place.child('ipFamilyPolicy'),
    ),
    ...form,
    ...when(addresses.length > 2, invalidValue(addressesAt, addresses, 'may only hold up to 2 values')),
  ]
  if (form.length > 0) return errors
  const twice = addresses.length > 1 && new Set(addresses.map((ip) => isIp(ip, 'IPv4'))).size !== 2
  const onePerFamily = 'may specify no more than one IP for each IP family'
  return [
    ...errors,
    ...when(twice, invalidValue(addressesAt, addresses, onePerFamily)),
    ...(isHeadless(spec) ? [] : familyMatchFaults(addresses, listOf(spec.ipFamilies))),
  ]
}

function firstFaults({ clusterIP = '' }: Part, addresses: readonly string[]): FieldError[] {
  if (clusterIP === '') {
    const why = 'must be empty when `clusterIP` is not specified'
    return when(addresses.length > 0, invalidValue(addressesAt, addresses, why))
  }
  if (addresses.length === 0) return [required(addressesAt)]
  return when(addresses[0] !== clusterIP, invalidValue(addressesAt, addresses, 'first value must match `clusterIP`'))
}

function familyListFaults(list: unknown): FieldError[] {
  const seen = new Set<string>()
  return each(list, familiesAt, (family, at) => {
    const again = seen.has(family)
    seen.add(family)
    return [...among(family, families, at), ...when(again, duplicate(at, family))]
  })
}

function formFaults(addresses: readonly string[], before: readonly string[]): FieldError[] {
  const many = "'None' must be the first and only value"
  return each(addresses, addressesAt, (address: string, at, index) => {
    if (index > 0 || address !== 'None') return ipFaults(address, at, before)
    return when(addresses.length > 1, invalidValue(addressesAt, addresses, many))
  })
}

function familyMatchFaults(addresses: readonly string[], wanted: readonly Part[]): FieldError[] {
  return addresses.flatMap((address, index) => {
    const family = families.find((one) => one === wanted[index])
    if (family === undefined || isIp(address, family)) return []
    const why = `expected an ${family} value as indicated by \`ipFamilies[${index}]\``
    return [invalidValue(addressesAt.index(index), address, why)]
  })
}

/** The faults of addresses and families that changed though they were given once. */
export function familyChangeFaults(previous: Part, next: Part): FieldError[] {
  if (previous.type === 'ExternalName' || next.type === 'ExternalName') return []
  const was = isHeadless(previous)
  const is = isHeadless(next)
  return [
    ...(was && is ? [] : changeFaults(previous, next, 'clusterIPs')),
    ...(was || is ? [] : changeFaults(previous, next, 'ipFamilies')),
  ]
}

const words = { clusterIPs: 'clusterIP', ipFamilies: 'ipFamily' } as const

function changeFaults(previous: Part, next: Part, field: 'clusterIPs' | 'ipFamilies'): FieldError[] {
  const old = listOf(previous[field])
  const now = listOf(next[field])
  const at = place.child(field)
  const shown = now.length === 0 ? null : now
  const change = (index: number) => invalidValue(at.index(index), shown, 'may not change once set')
  if (old.length === now.length) {
    return old.flatMap((value, index) => when(value !== now[index], change(field === 'clusterIPs' ? index : 0)))
  }
  const first = old.length > 0 && now.length > 0 && old[0] !== now[0]
  if (old.length < now.length) return when(first, change(0))
  const gone = field === 'clusterIPs' ? now.length === 0 : !isFilled(next.clusterIPs)
  const single = next.ipFamilyPolicy === 'SingleStack'
  const why = `must be set to 'SingleStack' when releasing the secondary ${words[field]}`
  const policy = isSet(next.ipFamilyPolicy) ? next.ipFamilyPolicy : null
  return [
    ...when(gone, invalidValue(at.index(0), shown, `primary ${words[field]} can not be unset`)),
    ...when(first, change(0)),
    ...when(now.length === 1 && !single, invalidValue(place.child('ipFamilyPolicy'), policy, why)),
  ]
}
