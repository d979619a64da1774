/**
 * NetworkPolicy: networking.k8s.io/v1.
 * Source: https://kubernetes.io/docs/concepts/services-networking/network-policies/
 */
import { among, each, faults, isFilled, isSet, listOf, type Part, when } from '../../api/checks.ts'
import { column } from '../../api/column.ts'
import {
  type FieldError,
  forbiddenValue,
  invalidValue,
  notSupported,
  type Path,
  path,
  required,
} from '../../api/field-error.ts'
import { cidrFaults, cidrWarnings, parseRange, rangeHolds } from '../../api/ip-range.ts'
import { defineKind } from '../../api/kind.ts'
import { validateLabelSelector } from '../../api/meta.ts'
import { isValidPortName, isValidPortNumber } from '../../api/names.ts'
import type { KubeObject } from '../../api/object.ts'
import { formatLabelSelector } from '../../api/selector.ts'
import { ageColumn, nameColumn } from '../../api/table.ts'

const types = ['Ingress', 'Egress']
const sides = [
  ['ingress', 'from'],
  ['egress', 'to'],
] as const

function portFaults({ protocol, port, endPort }: Part, place: Path): FieldError[] {
  const [portAt, endAt] = [place.child('port'), place.child('endPort')]
  const protocols = ['TCP', 'UDP', 'SCTP']
  const unknown = isSet(protocol) && !protocols.includes(protocol)
  const wrongProtocol = when(unknown, notSupported(place.child('protocol'), protocol, protocols))
  if (typeof port === 'number') {
    const below = isSet(endPort) && endPort < port
    return [
      ...wrongProtocol,
      ...faults(portAt, port, isValidPortNumber(port)),
      ...when(below, invalidValue(endAt, port, 'must be greater than or equal to `port`')),
      ...(isSet(endPort) ? faults(endAt, endPort, isValidPortNumber(endPort)) : []),
    ]
  }
  const why = isSet(port) ? 'when `port` is non-numeric' : 'when `port` is not specified'
  return [
    ...wrongProtocol,
    ...when(isSet(endPort), invalidValue(endAt, endPort, `may not be specified ${why}`)),
    ...(isSet(port) ? faults(portAt, port, isValidPortName(port)) : []),
  ]
}

function peerFaults(peer: Part, before: readonly string[], place: Path): FieldError[] {
  const { podSelector, namespaceSelector, ipBlock } = peer
  const count = [podSelector, namespaceSelector, ipBlock].filter(isSet).length
  return [
    ...validateLabelSelector(podSelector ?? undefined, place.child('podSelector')),
    ...validateLabelSelector(namespaceSelector ?? undefined, place.child('namespaceSelector')),
    ...(isSet(ipBlock) ? blockFaults(ipBlock, before, place.child('ipBlock')) : []),
    ...when(count === 0, required(place, 'must specify a peer')),
    ...when(count > 1 && isSet(ipBlock), forbiddenValue(place, 'may not specify both ipBlock and another peer')),
  ]
}

function blockFaults({ cidr, except }: Part, before: readonly string[], place: Path): FieldError[] {
  const at = place.child('cidr')
  if (!isFilled(cidr)) return [required(at)]
  const whole = parseRange(cidr)
  return [
    ...cidrFaults(cidr, at, before),
    ...(whole === undefined
      ? []
      : each(except, place.child('except'), (text: string, exceptAt) => {
          const part = parseRange(text)
          const outside = part !== undefined && (!rangeHolds(whole, part) || whole.written >= part.written)
          return [
            ...cidrFaults(text, exceptAt, before),
            ...when(outside, invalidValue(exceptAt, text, 'must be a strict subset of `cidr`')),
          ]
        })),
  ]
}

/** Every ipBlock of a policy with its place. */
function blocksOf(policy: KubeObject | undefined): { block: Part; place: Path }[] {
  return sides.flatMap(([side, peers]) =>
    listOf(policy?.spec?.[side]).flatMap((rule, i) =>
      listOf(rule[peers]).flatMap((peer, j) =>
        isSet(peer.ipBlock)
          ? [{ block: peer.ipBlock, place: path('spec', side).index(i).child(peers).index(j).child('ipBlock') }]
          : [],
      ),
    ),
  )
}

function validate({ spec = {} }: KubeObject, previous: KubeObject | undefined): FieldError[] {
  const before = blocksOf(previous).flatMap(({ block }) => [block.cidr, ...listOf(block.except)])
  const place = path('spec')
  const typesAt = place.child('policyTypes')
  const many = listOf(spec.policyTypes).length > types.length
  return [
    ...validateLabelSelector(spec.podSelector, place.child('podSelector')),
    ...sides.flatMap(([side, peers]) =>
      each(spec[side], place.child(side), (rule, at) => [
        ...each(rule.ports, at.child('ports'), portFaults),
        ...each(rule[peers], at.child(peers), (peer, peerAt) => peerFaults(peer, before, peerAt)),
      ]),
    ),
    ...(many
      ? [invalidValue(typesAt, spec.policyTypes, 'may not specify more than two policyTypes')]
      : each(spec.policyTypes, typesAt, (type, at) => among(type, types, at))),
  ]
}

const warnings = (policy: KubeObject): string[] =>
  blocksOf(policy).flatMap(({ block, place }) => [
    ...cidrWarnings(block.cidr, place.child('cidr')),
    ...listOf(block.except).flatMap((one, index) => cidrWarnings(one, place.child('except').index(index))),
  ])

export const NetworkPolicy = defineKind({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'NetworkPolicy',
  plural: 'networkpolicies',
  shortNames: ['netpol'],
  namespaced: true,
  schema: 'io.k8s.api.networking.v1.NetworkPolicy',
  hasGeneration: true,
  validate,
  warnings,
  columns: [nameColumn, column('Pod-Selector', ({ spec }) => formatLabelSelector(spec?.podSelector)), ageColumn],
})
