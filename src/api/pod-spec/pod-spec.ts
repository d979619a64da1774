/**
 * The rules of a pod's spec, alone or in a template, after defaults.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#PodSpec
 */
import {
  among,
  amongRequired,
  dnsLabel,
  dnsSubdomain,
  each,
  faults,
  filled,
  isFilled,
  isSet,
  listOf,
  type Part,
  qualifiedName,
  repeated,
  when,
} from '../checks.ts'
import {
  duplicate,
  type FieldError,
  forbiddenValue,
  invalidValue,
  type Path,
  required,
  tooLong,
} from '../field-error.ts'
import { ipFaults } from '../ip-rules.ts'
import { validateLabels } from '../meta.ts'
import { isDns1123Subdomain } from '../names.ts'
import { affinityFaults } from './affinity.ts'
import { containersFaults, ephemeralContainersFaults, initContainersFaults } from './containers.ts'
import { hostNetworkFaults } from './ports.ts'
import { deadlineFaults, podSecurityFaults } from './security.ts'
import { spreadFaults } from './spread.ts'
import { tolerationFaults } from './tolerations.ts'
import { volumeFaults, volumesByName } from './volumes.ts'

const restartPolicies = ['Always', 'OnFailure', 'Never']
const dnsPolicies = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']
const preemptionPolicies = ['PreemptLowerPriority', 'Never']
const mostNameservers = 3
const mostSearches = 32
const longestSearchList = 2048
const longestHostname = 64

/** What the spec belongs to. `name` is the pod's; a template has none. */
export interface SpecOwner {
  readonly isPod: boolean
  readonly name?: string
}

/** The faults of a pod's spec. */
export function podSpecFaults(spec: Part, owner: SpecOwner, place: Path): FieldError[] {
  const volumes = volumesByName(spec.volumes)
  const grace = place.child('terminationGracePeriodSeconds')
  return [
    ...when(!isSet(spec.terminationGracePeriodSeconds), required(grace)),
    ...volumeFaults(spec.volumes, owner.name, place.child('volumes')),
    ...containersFaults(spec, volumes, place.child('containers')),
    ...initContainersFaults(spec, volumes, place.child('initContainers')),
    ...ephemeralContainersFaults(spec, volumes, place.child('ephemeralContainers')),
    ...hostNetworkFaults(spec, owner.isPod, place),
    ...amongRequired(spec.restartPolicy, restartPolicies, place.child('restartPolicy')),
    ...amongRequired(spec.dnsPolicy, dnsPolicies, place.child('dnsPolicy')),
    ...validateLabels(spec.nodeSelector ?? undefined, place.child('nodeSelector')),
    ...podSecurityFaults(spec, place),
    ...affinityFaults(spec.affinity, place.child('affinity')),
    ...dnsFaults(spec, place.child('dnsConfig')),
    ...gateFaults(spec, place),
    ...claimFaults(spec.resourceClaims, place.child('resourceClaims')),
    ...spreadFaults(spec.topologySpreadConstraints, place.child('topologySpreadConstraints')),
    ...hostnameFaults(spec, place),
    ...nameFaults(spec, place),
  ]
}

function osFaults({ name }: Part, place: Path): FieldError[] {
  return isFilled(name) ? among(name, ['linux', 'windows'], place) : [required(place.child('name'))]
}

/** Claims of devices: each by its name once, and of a claim or of a template of one. */
function claimFaults(claims: unknown, place: Path): FieldError[] {
  const names = listOf(claims).map(({ name = '' }) => name)
  return each(claims, place, (claim, at, index) => {
    const { name = '', resourceClaimName: own, resourceClaimTemplateName: template } = claim
    const shown = { Name: name, ResourceClaimName: own ?? null, ResourceClaimTemplateName: template ?? null }
    const both = 'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified'
    const none = 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`'
    return [
      ...(name === '' ? [required(at.child('name'))] : dnsLabel(name, at.child('name'))),
      ...when(name !== '' && names.indexOf(name) < index, duplicate(at.child('name'), name)),
      ...when(isSet(own) && isSet(template), invalidValue(at, shown, both)),
      ...when(!isSet(own) && !isSet(template), invalidValue(at, shown, none)),
      ...(isSet(own) ? dnsSubdomain(own, at.child('resourceClaimName')) : []),
      ...(isSet(template) ? dnsSubdomain(template, at.child('resourceClaimTemplateName')) : []),
    ]
  })
}

function nameFaults(spec: Part, place: Path): FieldError[] {
  const name = (field: string) =>
    isFilled(spec[field]) ? faults(place.child(field), spec[field], isDns1123Subdomain(spec[field])) : []
  const label = (field: string) => (isFilled(spec[field]) ? dnsLabel(spec[field], place.child(field)) : [])
  return [
    ...name('serviceAccountName'),
    ...name('nodeName'),
    ...deadlineFaults(spec.activeDeadlineSeconds, 1, place.child('activeDeadlineSeconds')),
    ...label('hostname'),
    ...label('subdomain'),
    ...tolerationFaults(spec.tolerations, place.child('tolerations')),
    ...each(spec.hostAliases, place.child('hostAliases'), ({ ip, hostnames }, at) => [
      ...ipFaults(ip ?? '', at.child('ip')),
      ...each(hostnames, at.child('hostnames'), (host, hostAt) => dnsSubdomain(host, hostAt)),
    ]),
    ...name('priorityClassName'),
    ...name('runtimeClassName'),
    ...(isSet(spec.preemptionPolicy)
      ? amongRequired(spec.preemptionPolicy, preemptionPolicies, place.child('preemptionPolicy'))
      : []),
    ...(isSet(spec.os) ? osFaults(spec.os, place.child('os')) : []),
  ]
}

function gateFaults({ readinessGates, schedulingGates }: Part, place: Path): FieldError[] {
  const gates = place.child('schedulingGates')
  const names = listOf(schedulingGates).map(({ name }) => name ?? '')
  return [
    ...each(readinessGates, place.child('readinessGates'), ({ conditionType = '' }, at) =>
      qualifiedName(conditionType, at.child('conditionType')),
    ),
    ...names.flatMap((name, index) => qualifiedName(name, gates.index(index))),
    ...repeated(names, (index) => gates.index(index)),
  ]
}

function hostnameFaults(spec: Part, place: Path): FieldError[] {
  const name = spec.hostnameOverride
  if (!isSet(name)) return []
  const at = place.child('hostnameOverride')
  return [
    ...when(spec.setHostnameAsFQDN === true, forbiddenValue(at, 'may not be specified when setHostnameAsFQDN is true')),
    ...when(spec.hostNetwork === true, forbiddenValue(at, 'may not be specified when hostNetwork is true')),
    ...when(name.length > longestHostname, tooLong(at, longestHostname)),
    ...dnsSubdomain(name, at),
  ]
}

function dnsFaults({ dnsConfig, dnsPolicy }: Part, place: Path): FieldError[] {
  const servers = place.child('nameservers')
  if (dnsPolicy === 'None') {
    if (!isSet(dnsConfig)) return [required(place, 'must provide `dnsConfig` when `dnsPolicy` is None')]
    const least = 'must provide at least one DNS nameserver when `dnsPolicy` is None'
    if (!isFilled(dnsConfig.nameservers)) return [required(servers, least)]
  }
  if (!isSet(dnsConfig)) return []
  const { nameservers, searches, options } = dnsConfig
  return [
    ...when(
      listOf(nameservers).length > mostNameservers,
      invalidValue(servers, nameservers, `must not have more than ${mostNameservers} nameservers`),
    ),
    ...each(nameservers, servers, (server, at) => ipFaults(server, at)),
    ...searchFaults(listOf(searches), place.child('searches')),
    ...each(options, place.child('options'), ({ name }, at) => filled(name, at, 'must not be empty')),
  ]
}

const searchSource = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\\._?[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*'
const searchPattern = new RegExp(`^${searchSource}$`)
const searchWords = `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${searchSource}')`

function searchFaults(searches: readonly string[], place: Path): FieldError[] {
  const most = `must not have more than ${mostSearches} search paths`
  const longest = `must not have more than ${longestSearchList} characters (including spaces) in the search list`
  return [
    ...when(searches.length > mostSearches, invalidValue(place, searches, most)),
    ...when(searches.join(' ').length > longestSearchList, invalidValue(place, searches, longest)),
    ...each(searches, place, (search: string, at) => {
      const name = search === '.' ? search : search.replace(/\.$/, '')
      return name === '.' || searchPattern.test(name) ? [] : [invalidValue(at, name, searchWords)]
    }),
  ]
}
