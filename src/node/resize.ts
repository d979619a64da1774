/**
 * Resizing a pod in place: what its containers were given, what they are to have, and whether the node has room for it.
 * What was given is read off the pod's own status, as a kubelet reads its checkpoint.
 * Source: https://kubernetes.io/docs/tasks/configure-pod-container/resize-container-resources/ (KEP-1287)
 */
import type { Condition } from '../api/conditions.ts'
import type { KubeObject } from '../api/object.ts'
import { semanticEqual } from '../api/semantic-equal.ts'
import { type Occupancy, roomFor } from './admit.ts'
import type { ContainerSpec } from './simulated/behaviour.ts'
import { type ContainerState, contextOf } from './status.ts'

/** requests and limits of one container. */
export interface Resources {
  readonly requests?: Readonly<Record<string, string>>
  readonly limits?: Readonly<Record<string, string>>
}

/** How a pod stands with its resize. */
export interface Resize {
  /** By container: what was allocated, and what it has. */
  readonly given: ReadonlyMap<string, { readonly allocated: Resources; readonly actual: Resources }>
  readonly condition: Pick<Condition, 'type' | 'reason' | 'message'> | undefined
  /** Containers that get what they are to have by a restart. */
  readonly restarts: readonly string[]
  readonly events: readonly {
    readonly level: 'Normal' | 'Warning'
    readonly reason: string
    readonly message: string
  }[]
}

interface Status {
  readonly name: string
  readonly restartCount?: number
  readonly resources?: Resources
  readonly allocatedResources?: Resources['requests']
}

const sized = ['cpu', 'memory'] as const

/** Where the resize of a pod stands. `occupancy` counts all pods of the node, this one as its spec is. */
export function resizeOf(
  pod: KubeObject,
  node: KubeObject | undefined,
  occupancy: () => Occupancy,
  states: readonly ContainerState[],
): Resize {
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {}
  const before = new Map([...initContainerStatuses, ...containerStatuses].map((one: Status) => [one.name, one]))
  const running = states.filter(
    ({ snapshot }) => snapshot?.matches('running') === true || snapshot?.matches('terminating') === true,
  )
  const known = running.flatMap((state) => {
    const status = before.get(state.spec.name)
    return status?.resources === undefined ? [] : [{ state, status, desired: resourcesOf(state.spec) }]
  })
  const asIs = new Map(
    running.map(({ spec }) => [spec.name, { allocated: resourcesOf(spec), actual: resourcesOf(spec) }]),
  )
  const changed = known.filter(
    ({ status, desired }) =>
      !semanticEqual(allocatedOf(status), desired.requests ?? {}) || !semanticEqual(status.resources, desired),
  )
  if (changed.length === 0) return { given: asIs, condition: undefined, restarts: [], events: [] }
  const isNew = changed.some(
    ({ status, desired }) => !semanticEqual(allocatedOf(status), desired.requests ?? {}) || !isAwaited(pod),
  )
  const refused = isNew ? whyNot(pod, node, occupancy) : undefined
  if (refused !== undefined) {
    const kept = new Map(
      known.map(({ status }) => [
        status.name,
        { allocated: { requests: allocatedOf(status) }, actual: status.resources as Resources },
      ]),
    )
    const condition = { type: 'PodResizePending', ...refused }
    const isTold = (pod.status?.conditions ?? []).some(
      (one: Condition) =>
        one.type === condition.type && one.reason === refused.reason && one.message === refused.message,
    )
    const events = isTold
      ? []
      : [
          {
            level: 'Warning',
            reason: `Resize${refused.reason}`,
            message: said(pod, `Pod resize ${refused.reason}`, refused.message),
          } as const,
        ]
    return { given: new Map([...asIs, ...kept]), condition, restarts: [], events }
  }
  return actuated(pod, changed, asIs)
}

type Changed = { readonly state: ContainerState; readonly status: Status; readonly desired: Resources }

function actuated(pod: KubeObject, changed: readonly Changed[], asIs: Resize['given']): Resize {
  const waiting = changed.filter(({ state, status, desired }) => {
    const isSame = (contextOf(state)?.restarts ?? 0) === (status.restartCount ?? 0)
    return isSame && restartsFor(state.spec, status.resources ?? {}, desired)
  })
  const given = new Map(asIs)
  for (const { status, desired } of waiting)
    given.set(status.name, { allocated: desired, actual: status.resources ?? {} })
  const hasBegun = isAwaited(pod)
  const begun = hasBegun
    ? []
    : [{ level: 'Normal', reason: 'ResizeStarted', message: said(pod, 'Pod resize started') } as const]
  const done =
    waiting.length > 0
      ? []
      : [{ level: 'Normal', reason: 'ResizeCompleted', message: said(pod, 'Pod resize completed') } as const]
  return {
    given,
    condition: waiting.length === 0 ? undefined : { type: 'PodResizeInProgress', reason: '', message: '' },
    restarts: waiting
      .filter(({ state }) => state.snapshot?.matches('running') === true)
      .map(({ status }) => status.name),
    events: [...begun, ...done],
  }
}

const isAwaited = (pod: KubeObject): boolean =>
  (pod.status?.conditions ?? []).some((one: Condition) => one.type === 'PodResizeInProgress')

function allocatedOf({
  allocatedResources,
  resources,
}: Pick<Status, 'allocatedResources' | 'resources'>): Readonly<Record<string, string>> {
  return allocatedResources ?? resources?.requests ?? {}
}

/** What a container's spec asks for. */
export function resourcesOf({ resources = {} }: ContainerSpec): Resources {
  const { requests, limits } = resources as Resources
  return { ...(limits === undefined ? {} : { limits }), ...(requests === undefined ? {} : { requests }) }
}

function restartsFor(spec: ContainerSpec, now: Resources, desired: Resources): boolean {
  const policies = (spec.resizePolicy ?? []) as { resourceName: string; restartPolicy: string }[]
  return sized.some((name) => {
    const differs = now.requests?.[name] !== desired.requests?.[name] || now.limits?.[name] !== desired.limits?.[name]
    return differs && policies.some((one) => one.resourceName === name && one.restartPolicy === 'RestartContainer')
  })
}

/** Why the node cannot give what is asked for: never, or not now. */
function whyNot(pod: KubeObject, node: KubeObject | undefined, occupancy: () => Occupancy) {
  if (node === undefined) return undefined
  for (const { name, want, used, capacity } of roomFor(pod, node, occupancy())) {
    if (want > capacity) {
      const message = `Node didn't have enough capacity: ${name}, requested: ${want}, capacity: ${capacity}`
      return { reason: 'Infeasible', message }
    }
    if (used + want > capacity) {
      const message = `Node didn't have enough resource: ${name}, requested: ${want}, used: ${used}, capacity: ${capacity}`
      return { reason: 'Deferred', message }
    }
  }
  return undefined
}

/** An event's message: what is asked for, as JSON. */
function said(pod: KubeObject, begin: string, error = ''): string {
  const list = (name: 'initContainers' | 'containers') =>
    ((pod.spec?.[name] ?? []) as ContainerSpec[]).map((one) => ({ name: one.name, resources: resourcesOf(one) }))
  const inits = list('initContainers')
  const summary = {
    ...(inits.length === 0 ? {} : { initContainers: inits }),
    containers: list('containers'),
    generation: pod.metadata.generation ?? 1,
    ...(error === '' ? {} : { error }),
  }
  return `${begin}: ${JSON.stringify(summary)}`
}

/** The statuses of containers with what they were given and have. */
export function withResources<T extends object>(status: T, name: string, { given }: Resize): T {
  const own = given.get(name)
  if (own === undefined) return status
  const { requests } = own.allocated
  const allocated = requests === undefined || Object.keys(requests).length === 0 ? {} : { allocatedResources: requests }
  return { ...status, ...allocated, resources: own.actual }
}
