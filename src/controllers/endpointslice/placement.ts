/**
 * Which slice holds which endpoint: what is in place stays, holes are filled, and only then slices come or go.
 * Source: https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#distribution-of-endpointslices
 */
import type { KubeObject } from '../../api/object.ts'
import { equal } from '../../lib/equal.ts'
import { type Endpoint, type EndpointGroup, groupKey } from './endpoints.ts'

/** Endpoints one slice holds at most. */
export const sliceCapacity = 100

/** What should become of a service's slices. `updated` keep their place and get new content. */
export interface Placement {
  readonly updated: readonly { readonly slice: KubeObject; readonly content: SliceContent }[]
  readonly created: readonly SliceContent[]
  readonly deleted: readonly KubeObject[]
}

export interface SliceContent {
  readonly addressType: string
  readonly ports: readonly unknown[]
  readonly endpoints: readonly Endpoint[]
}

interface Seat {
  readonly slice: KubeObject
  readonly endpoints: Endpoint[]
  changed: boolean
}

/** Seats the groups' endpoints in the slices there are. `addressTypes` get one empty slice when they have no endpoint. */
export function place(
  groups: readonly EndpointGroup[],
  slices: readonly KubeObject[],
  addressTypes: readonly string[],
): Placement {
  const updated: { slice: KubeObject; content: SliceContent }[] = []
  const created: SliceContent[] = []
  const spare = slices.filter((slice) => !groups.some((group) => group.key === keyOf(slice)))
  for (const group of groups) {
    const seated = seat(
      group,
      slices.filter((slice) => keyOf(slice) === group.key),
    )
    for (const one of seated.kept) {
      const content = { addressType: group.addressType, ports: group.ports, endpoints: one.endpoints }
      if (one.changed) updated.push({ slice: one.slice, content })
    }
    spare.push(...seated.emptied)
    created.push(...seated.created)
  }
  for (const addressType of addressTypes) {
    if (groups.some((group) => group.addressType === addressType)) continue
    created.push({ addressType, ports: [], endpoints: [] })
  }
  return recycled(updated, created, spare)
}

/** Slices nobody needs take the content of slices that would be made, where the address type is the same. */
function recycled(
  updated: { slice: KubeObject; content: SliceContent }[],
  wanted: readonly SliceContent[],
  spare: readonly KubeObject[],
): Placement {
  const free = [...spare]
  const created: SliceContent[] = []
  for (const content of wanted) {
    const at = free.findIndex((slice) => slice.addressType === content.addressType)
    const slice = free[at]
    if (slice === undefined) created.push(content)
    else {
      free.splice(at, 1)
      updated.push({ slice, content })
    }
  }
  return { updated, created, deleted: free }
}

function keyOf(slice: KubeObject): string {
  return groupKey(slice.addressType, slice.ports ?? [])
}

function seat(group: EndpointGroup, slices: readonly KubeObject[]) {
  const waiting = new Map(group.endpoints.map((endpoint) => [endpoint.targetRef.uid, endpoint]))
  const seats: Seat[] = slices.map((slice) => seatIn(slice, waiting))
  const left = [...waiting.values()]
  fill(seats, left)
  const created: SliceContent[] = []
  for (let at = 0; at < left.length; at += sliceCapacity) {
    const endpoints = left.slice(at, at + sliceCapacity)
    created.push({ addressType: group.addressType, ports: group.ports, endpoints })
  }
  const kept = seats.filter((one) => one.endpoints.length > 0)
  const emptied = seats.filter((one) => one.endpoints.length === 0).map((one) => one.slice)
  return { kept, emptied, created }
}

/** Keeps what still belongs in the slice, brought up to date; takes it out of `waiting`, so nothing sits twice. */
function seatIn(slice: KubeObject, waiting: Map<string, Endpoint>): Seat {
  const before: readonly Endpoint[] = slice.endpoints ?? []
  const endpoints: Endpoint[] = []
  for (const old of before) {
    const uid = old.targetRef?.uid ?? ''
    const wanted = waiting.get(uid)
    if (wanted === undefined || endpoints.length === sliceCapacity) continue
    waiting.delete(uid)
    endpoints.push(equal(old, wanted) ? old : wanted)
  }
  const changed = before.length !== endpoints.length || before.some((old, at) => old !== endpoints[at])
  return { slice, endpoints, changed }
}

/** Fills slices that change anyway first, then the fullest others, and takes what was seated out of `left`. */
function fill(seats: readonly Seat[], left: Endpoint[]): void {
  const order = [...seats].sort(
    (a, b) => Number(b.changed) - Number(a.changed) || b.endpoints.length - a.endpoints.length,
  )
  for (const one of order) {
    const room = sliceCapacity - one.endpoints.length
    if (room <= 0 || left.length === 0) continue
    one.endpoints.push(...left.splice(0, room))
    one.changed = true
  }
}
