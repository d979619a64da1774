/**
 * The rules of Nodes.
 * Source: https://kubernetes.io/docs/concepts/architecture/nodes/
 */
import { among, each, entriesOf, goStruct, isFilled, listOf, type Part, when } from '../../api/checks.ts'
import { duplicate, type FieldError, forbiddenValue, invalidValue, path, required } from '../../api/field-error.ts'
import { cidrFaults } from '../../api/ip-range.ts'
import { isIp } from '../../api/ip-rules.ts'
import { validateLabelName } from '../../api/meta.ts'
import { isValidLabelValue } from '../../api/names.ts'
import type { KubeObject } from '../../api/object.ts'
import { resourceAmountFaults } from '../../api/pod-spec/resources.ts'
import { taintEffects } from '../../api/pod-spec/tolerations.ts'

const goTaint = { Key: '', Value: '', Effect: '', TimeAdded: null }
const goAddress = { Type: '', Address: '' }
const cidrsAt = path('spec', 'podCIDRs')

/** The faults of a Node. Taints are named below metadata, as the API server does. */
export function validateNode(node: KubeObject, previous: KubeObject | undefined): FieldError[] {
  const spec: Part = node.spec ?? {}
  if (previous === undefined) {
    return [...taintFaults(spec.taints), ...amountFaults(node.status), ...rangeFaults(spec.podCIDRs)]
  }
  return [
    ...amountFaults(node.status),
    ...addressFaults(node.status?.addresses),
    ...rangeFaults(spec.podCIDRs),
    ...rangeChange(spec, previous.spec ?? {}),
    ...taintFaults(spec.taints),
  ]
}

function rangeFaults(ranges: unknown): FieldError[] {
  const list: readonly string[] = listOf(ranges)
  const families = new Set(list.map((range) => isIp(range.split('/')[0] ?? '', 'IPv4')))
  const crowded = list.length > families.size
  return [
    ...each(list, cidrsAt, (range, at) => cidrFaults(range, at)),
    ...when(crowded, invalidValue(cidrsAt, list, 'may specify no more than one CIDR for each IP family')),
  ]
}

/** podCIDR is the first of podCIDRs; where the two differ, podCIDR holds. */
export function withRanges(node: KubeObject): KubeObject {
  const { podCIDR, podCIDRs } = node.spec ?? {}
  const [first] = listOf(podCIDRs)
  if ((podCIDR ?? '') === (first ?? '')) return node
  const both = isFilled(podCIDR) ? { podCIDR, podCIDRs: [podCIDR] } : { podCIDR: first, podCIDRs }
  return { ...node, spec: { ...node.spec, ...both } }
}

function amountFaults(status: Part): FieldError[] {
  return (['capacity', 'allocatable'] as const).flatMap((field) =>
    entriesOf(status?.[field]).flatMap(([name, amount]) =>
      resourceAmountFaults(name, amount, path('status', field, name)),
    ),
  )
}

function addressFaults(addresses: unknown): FieldError[] {
  const seen = new Set<string>()
  return each(addresses, path('status', 'addresses'), (address, at) => {
    const key = `${address.type}/${address.address}`
    const again = seen.has(key)
    seen.add(key)
    return when(again, duplicate(at, goStruct(address, goAddress)))
  })
}

function rangeChange(next: Part, previous: Part): FieldError[] {
  const once = (name: string) => `node updates may not change ${name} except from "" to valid`
  const old: readonly string[] = previous.podCIDRs ?? []
  const now: readonly string[] = next.podCIDRs ?? []
  const moves = old.length === now.length ? old.filter((range, index) => range !== now[index]).length : 1
  const provider = isFilled(previous.providerID) && previous.providerID !== next.providerID
  const ranges = old.length === 0 ? 0 : moves
  return [
    ...Array.from({ length: ranges }, () => forbiddenValue(cidrsAt, once('podCIDR'))),
    ...when(provider, forbiddenValue(path('spec', 'providerID'), once('providerID'))),
  ]
}

function taintFaults(taints: unknown): FieldError[] {
  const seen = new Set<string>()
  return each(taints, path('metadata', 'taints'), (taint, at) => {
    const { key = '', value = '', effect = '' } = taint
    const wrong = isValidLabelValue(value)
    const pair = `${effect}/${key}`
    const again = seen.has(pair)
    seen.add(pair)
    const effectAt = at.child('effect')
    const twice = { ...duplicate(at, goStruct(taint, goTaint)), detail: 'taints must be unique by key and effect pair' }
    return [
      ...validateLabelName(key, at.child('key')),
      ...when(wrong.length > 0, invalidValue(at.child('value'), value, wrong.join(';'))),
      ...(effect === '' ? [required(effectAt)] : among(effect, taintEffects, effectAt)),
      ...when(again, twice),
    ]
  })
}
