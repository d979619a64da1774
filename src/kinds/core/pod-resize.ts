/**
 * The subresource resize: cpu and memory of containers change while they run.
 * Source: https://kubernetes.io/docs/tasks/configure-pod-container/resize-container-resources/ (KEP-1287)
 */
import { isFilled, listOf, type Part } from '../../api/checks.ts'
import { type FieldError, forbiddenValue, invalidValue, type Path, path } from '../../api/field-error.ts'
import type { KubeObject } from '../../api/object.ts'
import { qosClass } from '../../api/qos.ts'
import { semanticEqual } from '../../api/semantic-equal.ts'
import { mirrorAnnotation } from './pod-ephemeral.ts'
import { withSpecOf } from './pod-parts.ts'

const lists = ['containers', 'initContainers'] as const
const specPath = path('spec')

/** Only resources and resize policies change; containers that came, went or moved are left for validation to refuse. */
export function prepareResize(next: KubeObject, previous: KubeObject): KubeObject {
  const [now, old] = [next.spec ?? {}, previous.spec ?? {}]
  if (lists.some((list) => listOf(now[list]).length !== listOf(old[list]).length)) return next
  const { resources: _before, ...rest } = old
  const spec = {
    ...rest,
    ...(now.resources === undefined ? {} : { resources: now.resources }),
    ...Object.fromEntries(
      lists.flatMap((list) => (now[list] === undefined ? [] : [[list, resized(now[list], old[list])]])),
    ),
  }
  return withSpecOf(next, previous, spec)
}

function resized(now: Part, old: Part): Part {
  if (listOf(now).some((one, at) => one.name !== old[at]?.name)) return now
  return listOf(now).map(({ resources, resizePolicy }, at) => {
    const { resources: _resources, resizePolicy: _policy, ...rest } = old[at]
    return {
      ...rest,
      ...(resources === undefined ? {} : { resources }),
      ...(resizePolicy === undefined ? {} : { resizePolicy }),
    }
  })
}

/** What is managed through the subresource. */
export function ownedResize(pod: KubeObject): KubeObject {
  const { apiVersion, kind, metadata, spec = {} } = pod
  const parts = lists.flatMap((list) => {
    const own = listOf(spec[list]).map(({ name, resources, resizePolicy }) => ({
      name,
      ...(resources === undefined ? {} : { resources }),
      ...(resizePolicy === undefined ? {} : { resizePolicy }),
    }))
    return own.length === 0 ? [] : [[list, own]]
  })
  return { apiVersion, kind, metadata, spec: Object.fromEntries(parts) }
}

/** The faults of a resize beyond those of the pod itself. */
export function resizeFaults(pod: KubeObject, previous: KubeObject): FieldError[] {
  const [now, old] = [pod.spec ?? {}, previous.spec ?? {}]
  if (previous.metadata.annotations?.[mirrorAnnotation] !== undefined)
    return [forbiddenValue('[]', 'static pods cannot be resized')]
  if (old.os?.name === 'windows') return [forbiddenValue('[]', 'windows pods cannot be resized')]
  const faults: FieldError[] = []
  if (qosClass(previous) !== qosClass(pod))
    faults.push(
      invalidValue(specPath, pod.status?.qosClass ?? '', 'Pod QOS Class may not change as a result of resizing'),
    )
  if (!isSupported(previous)) faults.push(forbiddenValue(specPath, 'Pod running on node without support for resize'))
  const whole = hasOwn(old) || hasOwn(now) ? wholeFaults(now, old) : []
  faults.push(...whole)
  const moved = lists.flatMap((list) => orderFaults(now, old, list))
  if (moved.length > 0) return [...faults, ...moved]
  faults.push(...[...lists].reverse().flatMap((list) => removedFaults(now, old, list)))
  faults.push(...mutableFaults(now, old))
  if (faults.length > 0) return faults
  const rest = {
    ...now,
    ...Object.fromEntries(
      lists.flatMap((list) =>
        now[list] === undefined ? [] : [[list, listOf(now[list]).map((one, at) => withOldAmounts(one, old[list][at]))]],
      ),
    ),
  }
  const { resources: _whole, ...parts } = rest as Part
  const amounts = amountsOfOld(now.resources, old.resources)
  const kept =
    hasOwn(old) || hasOwn(now) ? { ...parts, ...(amounts === undefined ? {} : { resources: amounts }) } : rest
  return semanticEqual(kept, old) ? [] : [forbiddenValue(specPath, 'only cpu and memory resources are mutable')]
}

const hasOwn = (spec: Part): boolean => isFilled(spec.resources?.requests) || isFilled(spec.resources?.limits)

/** A running container tells whether its node can resize. */
function isSupported(pod: KubeObject): boolean {
  const running = listOf(pod.status?.containerStatuses).find(({ state }) => state?.running !== undefined)
  return running === undefined || running.resources !== undefined
}

function wholeFaults(now: Part, old: Part): FieldError[] {
  const place = specPath.child('resources')
  if (old.resources !== undefined && now.resources === undefined)
    return [forbiddenValue(place, 'pod-level resources cannot be removed')]
  const faults: FieldError[] = []
  for (const list of ['requests', 'limits'] as const)
    if (isRemoved(now.resources?.[list], old.resources?.[list]))
      faults.push(forbiddenValue(place.child(list), `pod-level resource ${list} cannot be removed`))
  if (!semanticEqual(amountsOfOld(now.resources, old.resources), old.resources))
    faults.push(forbiddenValue(specPath, 'only cpu and memory resources are mutable at pod-level'))
  return faults
}

function orderFaults(now: Part, old: Part, list: (typeof lists)[number]): FieldError[] {
  const at = specPath.child(list)
  if (listOf(now[list]).length !== listOf(old[list]).length)
    return [forbiddenValue(at, `${list} may not be added or removed on resize`)]
  return listOf(old[list]).flatMap(({ name }, index) =>
    now[list][index].name === name
      ? []
      : [forbiddenValue(at.index(index).child('name'), `${list} may not be renamed or reordered on resize`)],
  )
}

function isRemoved(now: Part, old: Part): boolean {
  return Object.keys(old ?? {}).some((name) => now?.[name] === undefined)
}

function removedFaults(now: Part, old: Part, list: (typeof lists)[number]): FieldError[] {
  return listOf(old[list]).flatMap(({ resources: before }, index) => {
    const { resources: after } = now[list][index]
    const at: Path = specPath.child(list).index(index).child('resources')
    return (['requests', 'limits'] as const).flatMap((kind) =>
      isRemoved(after?.[kind], before?.[kind])
        ? [forbiddenValue(at.child(kind), `resource ${kind} cannot be removed`)]
        : [],
    )
  })
}

function mutableFaults(now: Part, old: Part): FieldError[] {
  const main = listOf(now.containers).flatMap((one, index) =>
    semanticEqual(withOldAmounts(one, old.containers[index]), old.containers[index])
      ? []
      : [forbiddenValue(specPath, 'only cpu and memory resources are mutable')],
  )
  const inits = listOf(now.initContainers).flatMap((one, index) => {
    const before = old.initContainers[index]
    const at = specPath.child('initContainers').index(index)
    const faults: FieldError[] = []
    if (!semanticEqual(withOldAmounts(one, before), before))
      faults.push(forbiddenValue(at, 'only cpu and memory resources for init or sidecar containers are mutable'))
    if (one.restartPolicy !== 'Always' && !semanticEqual(one, before))
      for (const { restartPolicy } of listOf(one.resizePolicy))
        if (restartPolicy === 'RestartContainer')
          faults.push(
            forbiddenValue(
              at,
              'non-sidecar init containers with a resize policy of RestartContainer cannot be resized',
            ),
          )
    return faults
  })
  return [...main, ...inits]
}

/** A container with the old figures of cpu and memory. */
function withOldAmounts(container: Part, old: Part): Part {
  const resources = amountsOfOld(container.resources, old?.resources)
  const { resources: _now, ...rest } = container
  return resources === undefined ? rest : { ...rest, resources }
}

function amountsOfOld(now: Part, old: Part): Part {
  const kinds = (['limits', 'requests'] as const).flatMap((kind) => {
    const { cpu: _cpu, memory: _memory, ...others } = now?.[kind] ?? {}
    const { cpu, memory } = old?.[kind] ?? {}
    const all = { ...others, ...(cpu === undefined ? {} : { cpu }), ...(memory === undefined ? {} : { memory }) }
    return Object.keys(all).length === 0 ? [] : [[kind, all]]
  })
  if (kinds.length === 0 && old === undefined) return undefined
  return { ...(now?.claims === undefined ? {} : { claims: now.claims }), ...Object.fromEntries(kinds) }
}
