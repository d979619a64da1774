/**
 * The rules of Services.
 * Source: https://kubernetes.io/docs/concepts/services-networking/service/
 */
import {
  amongRequired,
  dnsLabel,
  dnsSubdomain,
  each,
  faults,
  goStruct,
  isFilled,
  isSet,
  listOf,
  type Part,
  qualifiedName,
  when,
} from '../../api/checks.ts'
import {
  duplicate,
  type FieldError,
  forbiddenValue,
  invalidValue,
  type Path,
  path,
  required,
} from '../../api/field-error.ts'
import { cidrFaults } from '../../api/ip-range.ts'
import { endpointIpFaults, ipFaults } from '../../api/ip-rules.ts'
import { validateLabels } from '../../api/meta.ts'
import { isValidPortNumber } from '../../api/names.ts'
import type { KubeObject } from '../../api/object.ts'
import { portFaults, protocols } from '../../api/pod-spec/ports.ts'
import { addressFaults, familyChangeFaults, isHeadless } from './service-addresses.ts'
import { exposureFaults } from './service-exposure.ts'
import { balancerStatusFaults } from './service-status.ts'

const place = path('spec')
const portsAt = place.child('ports')
const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort']
const longestAffinitySeconds = 86_400

/** The faults of a Service, or of its status. */
export function validateService(service: KubeObject, previous: KubeObject | undefined, subresource: string) {
  if (subresource === 'status') return balancerStatusFaults(service, previous)
  const spec: Part = service.spec ?? {}
  return [
    ...(previous === undefined ? [] : familyChangeFaults(previous.spec ?? {}, spec)),
    ...typeFaults(spec),
    ...portListFaults(spec),
    ...(isSet(spec.selector) ? validateLabels(spec.selector, place.child('selector')) : []),
    ...affinityFaults(spec),
    ...addressFaults(spec, previous?.spec),
    ...each(spec.externalIPs, place.child('externalIPs'), (ip, at) => {
      const form = ipFaults(ip, at, previous?.spec?.externalIPs)
      return form.length > 0 ? form : endpointIpFaults(ip, at)
    }),
    ...amongRequired(spec.type, types, place.child('type')),
    ...nodePortFaults(spec),
    ...sameportFaults(spec),
    ...sourceRangeFaults(spec, previous?.spec),
    ...exposureFaults(spec, previous?.spec),
  ]
}

function typeFaults(spec: Part): FieldError[] {
  const headless = isHeadless(spec)
  const bare = !isFilled(spec.ports) && !headless && spec.type !== 'ExternalName'
  const errors = when(bare, required(portsAt))
  const first = place.child('clusterIPs').index(0)
  if (spec.type === 'LoadBalancer' || spec.type === 'NodePort') {
    const why = `may not be set to 'None' for ${spec.type} services`
    return [...errors, ...when(headless, invalidValue(first, 'None', why))]
  }
  if (spec.type !== 'ExternalName') return errors
  const why = 'may not be set for ExternalName services'
  const given = ['clusterIPs', 'ipFamilies', 'ipFamilyPolicy'].filter((field) => isFilled(spec[field]))
  const name = (spec.externalName ?? '').replace(/\.$/, '')
  const at = place.child('externalName')
  return [
    ...errors,
    ...given.map((field) => forbiddenValue(place.child(field), why)),
    ...(name === '' ? [required(at)] : dnsSubdomain(name, at)),
  ]
}

function portListFaults({ ports }: Part): FieldError[] {
  const names = new Set<string>()
  const many = listOf(ports).length > 1
  return each(ports, portsAt, (port, at) => [
    ...portNameFaults(port.name ?? '', many, names, at.child('name')),
    ...faults(at.child('port'), port.port ?? 0, isValidPortNumber(port.port ?? 0)),
    ...amongRequired(port.protocol, protocols, at.child('protocol')),
    ...portFaults(port.targetPort, at.child('targetPort')),
    ...(isSet(port.appProtocol) ? qualifiedName(port.appProtocol, at.child('appProtocol')) : []),
  ])
}

function portNameFaults(name: string, isNeeded: boolean, names: Set<string>, at: Path): FieldError[] {
  if (name === '') return when(isNeeded, required(at))
  const again = names.has(name)
  names.add(name)
  return [...dnsLabel(name, at), ...when(again, duplicate(at, name))]
}

function affinityFaults({ sessionAffinity, sessionAffinityConfig: config }: Part): FieldError[] {
  const at = place.child('sessionAffinityConfig')
  const kind = amongRequired(sessionAffinity, ['ClientIP', 'None'], place.child('sessionAffinity'))
  if (sessionAffinity === 'None') {
    return [...kind, ...when(isSet(config), forbiddenValue(at, 'must not be set when session affinity is None'))]
  }
  if (sessionAffinity !== 'ClientIP') return kind
  const missing = 'when session affinity type is ClientIP'
  if (!isSet(config)) return [...kind, required(at, missing)]
  if (!isSet(config.clientIP)) return [...kind, required(at.child('clientIP'), missing)]
  const seconds = config.clientIP.timeoutSeconds
  const secondsAt = at.child('clientIP', 'timeoutSeconds')
  if (!isSet(seconds)) return [...kind, required(secondsAt, missing)]
  const outside = seconds <= 0 || seconds > longestAffinitySeconds
  const why = `must be greater than 0 and less than ${longestAffinitySeconds}`
  return [...kind, ...when(outside, invalidValue(secondsAt, seconds, why))]
}

function nodePortFaults({ type, ports }: Part): FieldError[] {
  const taken = new Set<string>()
  const refused = each(type === 'ClusterIP' ? ports : [], portsAt, ({ nodePort }, at) =>
    when(
      isFilled(nodePort) && nodePort !== 0,
      forbiddenValue(at.child('nodePort'), "may not be used when `type` is 'ClusterIP'"),
    ),
  )
  const repeated = each(ports, portsAt, ({ nodePort, protocol }, at) => {
    if (!nodePort) return []
    const key = `${protocol}/${nodePort}`
    const again = taken.has(key)
    taken.add(key)
    return when(again, duplicate(at.child('nodePort'), nodePort))
  })
  return [...refused, ...repeated]
}

const goPort = { Name: '', Protocol: '', AppProtocol: null, Port: 0, TargetPort: 0, NodePort: 0 }

function sameportFaults({ ports }: Part): FieldError[] {
  const taken = new Set<string>()
  return each(ports, portsAt, ({ protocol, port }, at) => {
    const key = `${protocol}/${port}`
    const again = taken.has(key)
    taken.add(key)
    return when(again, duplicate(at, goStruct({ protocol, port }, goPort)))
  })
}

function sourceRangeFaults(spec: Part, previous: Part): FieldError[] {
  if (!isFilled(spec.loadBalancerSourceRanges)) return []
  const at = place.child('LoadBalancerSourceRanges')
  const before = listOf(previous?.loadBalancerSourceRanges).map((range: string) => range.trim())
  const why = "may only be used when `type` is 'LoadBalancer'"
  return [
    ...when(spec.type !== 'LoadBalancer', forbiddenValue(at, why)),
    ...each(spec.loadBalancerSourceRanges, at, (range: string, rangeAt) => cidrFaults(range.trim(), rangeAt, before)),
  ]
}
