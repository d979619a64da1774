/**
 * The addresses in a pod's status: the pod's own and those of its host.
 * Source: https://kubernetes.io/docs/concepts/services-networking/dual-stack/
 */
import { each, isFilled, listOf, type Part, when } from '../../api/checks.ts'
import { type FieldError, invalidValue, type Path } from '../../api/field-error.ts'
import { ipFaults, isIp } from '../../api/ip-rules.ts'

/** The faults of `podIPs` and `hostIPs`. Addresses that were there before pass. */
export function podAddressFaults(status: Part, old: Part, place: Path): FieldError[] {
  const [host] = listOf(status.hostIPs)
  const hostAt = place.child('hostIPs')
  const differs = isFilled(status.hostIPs) && (host?.ip ?? '') !== (status.hostIP ?? '')
  return [
    ...listFaults(status.podIPs, old.podIPs, place.child('podIPs')),
    ...when(differs, invalidValue(hostAt.index(0).child('ip'), host?.ip ?? '', 'must be equal to `hostIP`')),
    ...listFaults(status.hostIPs, old.hostIPs, hostAt),
  ]
}

function listFaults(list: unknown, previous: unknown, place: Path): FieldError[] {
  const addresses: readonly string[] = listOf(list).map(({ ip }) => ip ?? '')
  const before = listOf(previous).map(({ ip }) => ip ?? '')
  const families = new Set(addresses.map((ip) => isIp(ip, 'IPv4')))
  const shown = addresses.map((ip) => ({ IP: ip }))
  return [
    ...each(addresses, place, (ip, at) => ipFaults(ip, at, before)),
    ...when(
      addresses.length > families.size,
      invalidValue(place, shown, 'may specify no more than one IP for each IP family'),
    ),
  ]
}

/** podIP is the first of podIPs; where the two differ, podIP holds. */
export function withPodAddresses(status: Part): Part {
  const { podIP, podIPs } = status
  const first = listOf(podIPs)[0]?.ip
  if ((podIP ?? '') === (first ?? '')) return status
  return { ...status, ...(isFilled(podIP) ? { podIP, podIPs: [{ ip: podIP }] } : { podIP: first }) }
}
