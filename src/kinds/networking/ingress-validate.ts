/**
 * The rules of Ingresses: hosts, paths, backends, certificates.
 * Source: https://kubernetes.io/docs/concepts/services-networking/ingress/
 */
import {
  dnsLabel,
  dnsSubdomain,
  each,
  faults,
  filled,
  isFilled,
  isSet,
  listOf,
  type Part,
  when,
} from '../../api/checks.ts'
import { type FieldError, invalidValue, notSupported, type Path, path, required } from '../../api/field-error.ts'
import { ipFaults, isIp } from '../../api/ip-rules.ts'
import {
  isDns1123Subdomain,
  isPathSegmentName,
  isValidPortName,
  isValidPortNumber,
  isWildcardDns1123Subdomain,
} from '../../api/names.ts'
import type { KubeObject } from '../../api/object.ts'

const classAnnotation = 'kubernetes.io/ingress.class'
const notIp = 'must be a DNS name, not an IP address'

/** The faults of an Ingress, or of its status. What an existing one has wrong stays allowed where Kubernetes lets it. */
export function validateIngress(object: KubeObject, previous: KubeObject | undefined, subresource: string) {
  if (subresource === 'status') return statusFaults(object, previous)
  const spec = object.spec ?? {}
  const annotation = object.metadata.annotations?.[classAnnotation]
  const differs = annotation !== undefined && isSet(spec.ingressClassName) && annotation !== spec.ingressClassName
  return [
    ...specFaults(spec, previous, path('spec')),
    ...when(
      previous === undefined && differs,
      invalidValue(
        path('annotations', classAnnotation),
        annotation,
        'must match `ingressClassName` when both are specified',
      ),
    ),
  ]
}

function specFaults(spec: Part, previous: KubeObject | undefined, place: Path): FieldError[] {
  const { rules, defaultBackend, tls, ingressClassName } = spec
  const nothing = !isFilled(rules) && !isSet(defaultBackend)
  const looseHosts = listOf(previous?.spec?.rules).some(
    (rule) => rule.host?.includes('*') === true && ruleValueFaults(rule, place).length > 0,
  )
  const secretsBefore = listOf(previous?.spec?.tls).some(({ secretName = '' }) => wrongSecret(secretName).length > 0)
  return [
    ...when(nothing, invalidValue(place, rules ?? null, 'either `defaultBackend` or `rules` must be specified')),
    ...(isSet(defaultBackend) ? backendFaults(defaultBackend, place.child('defaultBackend')) : []),
    ...each(rules, place.child('rules'), (rule, at) => [
      ...hostFaults(rule.host ?? '', at.child('host')),
      ...(rule.host?.includes('*') === true && looseHosts ? [] : ruleValueFaults(rule, at)),
    ]),
    ...each(tls, place.child('tls'), ({ hosts, secretName = '' }, at) => [
      ...each(hosts, at.child('hosts'), (host: string, hostAt) => faults(hostAt, host, wrongHost(host))),
      ...(secretsBefore ? [] : faults(at.child('secretName'), secretName, wrongSecret(secretName))),
    ]),
    ...(isSet(ingressClassName) ? dnsSubdomain(ingressClassName, place.child('ingressClassName')) : []),
  ]
}

const wrongSecret = (name: string): string[] => (name === '' ? [] : isDns1123Subdomain(name))
const wrongHost = (host: string): string[] =>
  host.includes('*') ? isWildcardDns1123Subdomain(host) : isDns1123Subdomain(host)

function hostFaults(host: string, place: Path): FieldError[] {
  if (host === '') return []
  return [...when(isIp(host), invalidValue(place, host, notIp)), ...faults(place, host, wrongHost(host))]
}

function ruleValueFaults({ http }: Part, place: Path): FieldError[] {
  if (!isSet(http)) return []
  const at = place.child('http', 'paths')
  return [...filled(http.paths, at), ...each(http.paths, at, pathFaults)]
}

const sequences = ['//', '/./', '/../', '%2f', '%2F']
const endings = ['/..', '/.']

function pathFaults({ path: text = '', pathType, backend }: Part, place: Path): FieldError[] {
  const [at, typeAt] = [place.child('path'), place.child('pathType')]
  if (!isSet(pathType)) return [required(typeAt, 'pathType must be specified')]
  const exact = pathType === 'Exact' || pathType === 'Prefix'
  const known = exact || pathType === 'ImplementationSpecific'
  const relative = known && !text.startsWith('/') && (exact || text !== '')
  const found = exact ? sequences.filter((one) => text.includes(one)) : []
  const ends = exact ? endings.filter((one) => text.endsWith(one)) : []
  return [
    ...when(relative, invalidValue(at, text, 'must be an absolute path')),
    ...found.map((one) => invalidValue(at, text, `must not contain '${one}'`)),
    ...ends.map((one) => invalidValue(at, text, `cannot end with '${one}'`)),
    ...when(!known, notSupported(typeAt, pathType, ['Exact', 'ImplementationSpecific', 'Prefix'])),
    ...backendFaults(backend ?? {}, place.child('backend')),
  ]
}

function backendFaults({ resource, service }: Part, place: Path): FieldError[] {
  if (isSet(resource) && isSet(service))
    return [invalidValue(place, '', 'cannot set both resource and service backends')]
  if (isSet(resource)) return referenceFaults(resource, place.child('resource'))
  if (!isSet(service)) return [invalidValue(place, '', 'resource or service backend is required')]
  const at = place.child('service', 'name')
  const { name, number } = service.port ?? {}
  const [nameAt, numberAt] = [place.child('service', 'port', 'name'), place.child('service', 'port', 'number')]
  const isNamed = isFilled(name)
  const isNumbered = isSet(number) && number !== 0
  return [
    ...(isFilled(service.name) ? dnsLabel(service.name, at) : [required(at)]),
    ...when(isNamed && isNumbered, invalidValue(place, '', 'cannot set both port name & port number')),
    ...(isNamed && !isNumbered ? faults(nameAt, name, isValidPortName(name)) : []),
    ...(isNumbered && !isNamed ? faults(numberAt, number, isValidPortNumber(number)) : []),
    ...when(!isNamed && !isNumbered, required(place, 'port name or number is required')),
  ]
}

/** The faults of a reference to an object in the same namespace, by group, kind and name. */
export function referenceFaults({ apiGroup, kind, name }: Part, place: Path): FieldError[] {
  const segment = (value: string | undefined, at: Path): FieldError[] =>
    value === undefined || value === '' ? [required(at)] : faults(at, value, isPathSegmentName(value))
  return [
    ...(isSet(apiGroup) ? dnsSubdomain(apiGroup, place.child('apiGroup')) : []),
    ...segment(kind, place.child('kind')),
    ...segment(name, place.child('name')),
  ]
}

function statusFaults(object: KubeObject, previous: KubeObject | undefined): FieldError[] {
  const points = (one: KubeObject | undefined) => listOf(one?.status?.loadBalancer?.ingress)
  const before = points(previous).map(({ ip = '' }) => ip as string)
  return each(points(object), path('status', 'loadBalancer', 'ingress'), ({ ip = '', hostname = '' }, at) => [
    ...(ip === '' ? [] : ipFaults(ip, at.child('ip'), before)),
    ...(hostname === '' ? [] : dnsSubdomain(hostname, at.child('hostname'))),
    ...when(isIp(hostname), invalidValue(at.child('hostname'), hostname, notIp)),
  ])
}
