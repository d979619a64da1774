/**
 * Endpoints: core/v1. The older form of EndpointSlices.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/service-resources/endpoints-v1/
 */
import { each, listOf, type Part, when } from '../../api/checks.ts'
import { column } from '../../api/column.ts'
import { type FieldError, invalidValue, notSupported, type Path, path, required } from '../../api/field-error.ts'
import { withFinalizerRule } from '../../api/finalizer-rules.ts'
import { endpointIpFaults, ipFaults } from '../../api/ip-rules.ts'
import { defineKind } from '../../api/kind.ts'
import { isDns1123Label } from '../../api/names.ts'
import type { KubeObject } from '../../api/object.ts'
import { ageColumn, nameColumn } from '../../api/table.ts'

function validate(endpoints: KubeObject): FieldError[] {
  return each(endpoints.subsets, path('subsets'), (subset, place) => subsetFaults(subset, place))
}

function subsetFaults(subset: Part, place: Path): FieldError[] {
  const { addresses, notReadyAddresses, ports } = subset
  const none = listOf(addresses).length === 0 && listOf(notReadyAddresses).length === 0
  const many = listOf(ports).length > 1
  return [
    ...when(none, required(place, 'must specify `addresses` or `notReadyAddresses`')),
    ...each(addresses, place.child('addresses'), addressFaults),
    ...each(notReadyAddresses, place.child('notReadyAddresses'), addressFaults),
    ...each(ports, place.child('ports'), (port, at) => portFaults(port, many, at)),
  ]
}

function addressFaults({ ip = '', hostname = '' }: Part, place: Path): FieldError[] {
  return [
    ...ipFaults(ip, place.child('ip')),
    ...(hostname === ''
      ? []
      : isDns1123Label(hostname).map((why) => invalidValue(place.child('hostname'), hostname, why))),
    ...endpointIpFaults(ip, place.child('ip')),
  ]
}

const protocols = ['SCTP', 'TCP', 'UDP']

function portFaults({ name = '', port = 0, protocol = '' }: Part, named: boolean, place: Path): FieldError[] {
  const inside = Number.isInteger(port) && port > 0 && port < 65536
  return [
    ...(named && name === '' ? [required(place.child('name'))] : []),
    ...(name === '' ? [] : isDns1123Label(name).map((why) => invalidValue(place.child('name'), name, why))),
    ...when(!inside, invalidValue(place.child('port'), port, 'must be between 1 and 65535, inclusive')),
    ...(protocol === ''
      ? [required(place.child('protocol'))]
      : when(!protocols.includes(protocol), notSupported(place.child('protocol'), protocol, protocols))),
  ]
}

/** Up to three addresses with their ports, and how many there are beside. */
function shown(endpoints: KubeObject): string {
  const all = listOf(endpoints.subsets).flatMap(({ addresses, ports }) => {
    const hosts = listOf(addresses).map(({ ip }) => String(ip))
    if (listOf(ports).length === 0) return hosts
    return listOf(ports).flatMap(({ port }) =>
      hosts.map((ip) => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`)),
    )
  })
  if (all.length === 0) return '<none>'
  return all.length > 3 ? `${all.slice(0, 3).join(',')} + ${all.length - 3} more...` : all.join(',')
}

export const Endpoints = defineKind({
  group: '',
  version: 'v1',
  kind: 'Endpoints',
  plural: 'endpoints',
  singular: 'endpoints',
  shortNames: ['ep'],
  namespaced: true,
  schema: 'io.k8s.api.core.v1.Endpoints',
  hasGeneration: false,
  deprecated: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
  validate: withFinalizerRule(validate),
  defaultPropagation: 'Background',
  columns: [nameColumn, column('Endpoints', shown), ageColumn],
})
