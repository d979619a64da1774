/**
 * The rules of EndpointSlices.
 * Source: https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/
 */
import {
  among,
  amongRequired,
  dnsLabel,
  dnsSubdomain,
  each,
  faults,
  isFilled,
  isSet,
  listOf,
  type Part,
  qualifiedName,
  when,
} from '../../api/checks.ts'
import { duplicate, type FieldError, invalidValue, type Path, path, required, tooMany } from '../../api/field-error.ts'
import { endpointIpFaults, ipFaults, isIp } from '../../api/ip-rules.ts'
import { validateImmutable } from '../../api/meta.ts'
import { isValidLabelValue } from '../../api/names.ts'
import type { KubeObject } from '../../api/object.ts'
import { protocols } from '../../api/pod-spec/ports.ts'
import { semanticEqual } from '../../api/semantic-equal.ts'

const most = { addresses: 100, ports: 20_000, endpoints: 1000, hints: 8 } as const

/** The faults of an EndpointSlice. Endpoints that were stored as they are pass. */
export function validateEndpointSlice(slice: KubeObject, previous: KubeObject | undefined): FieldError[] {
  const { addressType, ports, endpoints } = slice
  const kept = previous !== undefined && semanticEqual(endpoints, previous.endpoints)
  return [
    ...amongRequired(addressType, ['FQDN', 'IPv4', 'IPv6'], path('addressType')),
    ...portListFaults(ports, path('ports')),
    ...(kept ? [] : endpointFaults(endpoints, addressType, path('endpoints'))),
    ...(previous === undefined
      ? []
      : validateImmutable(addressType ?? '', previous.addressType ?? '', path('addressType'))),
  ]
}

function portListFaults(ports: unknown, place: Path): FieldError[] {
  const count = listOf(ports).length
  if (count > most.ports) return [tooMany(place, count, most.ports)]
  const names = new Set<string>()
  return each(ports, place, ({ name, protocol, appProtocol }, at) => {
    const text: string = name ?? ''
    const again = names.has(text)
    names.add(text)
    return [
      ...(text === '' ? [] : dnsLabel(text, at.child('name'))),
      ...when(again, duplicate(at.child('name'), text)),
      ...(isSet(protocol) ? among(protocol, protocols, at.child('protocol')) : [required(at.child('protocol'))]),
      ...(isSet(appProtocol) ? qualifiedName(appProtocol, at.child('appProtocol')) : []),
    ]
  })
}

function endpointFaults(endpoints: unknown, type: string, place: Path): FieldError[] {
  const count = listOf(endpoints).length
  if (count > most.endpoints) return [tooMany(place, count, most.endpoints)]
  return each(endpoints, place, ({ addresses, nodeName, hostname, hints }, at) => {
    const addressesAt = at.child('addresses')
    const many = listOf(addresses).length
    return [
      ...when(many === 0, required(addressesAt, 'must contain at least 1 address')),
      ...when(many > most.addresses, tooMany(addressesAt, many, most.addresses)),
      ...each(addresses, addressesAt, (address, addressAt) => addressFaults(address, type, addressAt, addressesAt)),
      ...(isSet(nodeName) ? dnsSubdomain(nodeName, at.child('nodeName')) : []),
      ...(isSet(hostname) ? dnsLabel(hostname, at.child('hostname')) : []),
      ...(isSet(hints) ? hintFaults(hints, at.child('hints')) : []),
    ]
  })
}

function addressFaults(address: string, type: string, place: Path, list: Path): FieldError[] {
  if (type === 'FQDN') return domainFaults(address, place)
  if (type !== 'IPv4' && type !== 'IPv6') return []
  const form = ipFaults(address, place)
  if (form.length > 0) return form
  const other = !isIp(address, type)
  return [
    ...when(other, invalidValue(list, address, `must be an ${type} address`)),
    ...endpointIpFaults(address, place),
  ]
}

function domainFaults(name: string, place: Path): FieldError[] {
  if (name === '') return [required(place)]
  const bare = name.replace(/\.$/, '')
  const form = dnsSubdomain(bare, place)
  if (form.length > 0) return form
  const few = bare.split('.').length < 2
  return when(few, invalidValue(place, name, 'should be a domain with at least two segments separated by dots'))
}

function hintFaults({ forZones, forNodes }: Part, place: Path): FieldError[] {
  const zones = namedFaults(forZones, place.child('forZones'), (name, at) => faults(at, name, isValidLabelValue(name)))
  if (listOf(forZones).length > most.hints || !isFilled(forNodes)) return zones
  return [...zones, ...namedFaults(forNodes, place.child('forNodes'), dnsSubdomain)]
}

function namedFaults(list: unknown, place: Path, rule: (name: string, at: Path) => FieldError[]): FieldError[] {
  const count = listOf(list).length
  if (count > most.hints) return [tooMany(place, count, most.hints)]
  const names = new Set<string>()
  return each(list, place, ({ name = '' }, at) => {
    const again = names.has(name)
    names.add(name)
    const nameAt = at.child('name')
    return [...when(again, duplicate(nameAt, name)), ...rule(name, nameAt)]
  })
}
