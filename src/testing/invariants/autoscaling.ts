/** HorizontalPodAutoscalers further: exactly what use calls for, and exactly what is made of it. */
import type { KubeObject } from '../../api/object.ts'
import { step, type Write } from '../property.ts'
import { calledFor, chosenOf, memoryOf, targetOf } from './hpa-words.ts'
import { page, row } from './row.ts'
import { autoscalers, isBy, named, orElse, replicasOf } from './words.ts'

const docs = page('tasks/run-application/horizontal-pod-autoscale/')

const conditionOf = ({ status }: KubeObject, type: string) =>
  ((status?.conditions ?? []) as { type: string; status: string; reason?: string }[]).find((one) => one.type === type)

interface Look {
  readonly scaler: KubeObject
  readonly target: KubeObject
  /** What the target wants, as it was seen. */
  readonly current: number
  readonly least: number
  readonly most: number
}

/** A look of the autoscaler at its target, by what it then says; undefined for any other write. */
function lookBehind(write: Write): Look | undefined {
  const { object: scaler, resource, type } = write
  if (resource !== autoscalers || type !== 'MODIFIED' || !isBy(write, 'horizontal-pod-autoscaler')) return undefined
  const seen = write.believed.at(autoscalers, write.key)
  const target = targetOf(write.believed, scaler)
  if (target === undefined || seen === undefined || seen.metadata.generation !== scaler.metadata.generation)
    return undefined
  const { minReplicas: least = 1, maxReplicas: most } = scaler.spec ?? {}
  return { scaler, target, current: replicasOf(target), least, most }
}

/** A look that went by the metrics. */
function measuredBehind(write: Write): Look | undefined {
  const look = lookBehind(write)
  if (look === undefined || look.current < look.least || look.current > look.most || look.current === 0)
    return undefined
  return conditionOf(look.scaler, 'ScalingActive')?.status === 'True' ? look : undefined
}

/** `[recommended′ = max over metrics ⌈ready · use / wanted⌉]`. */
export const useIsFollowed = row(
  {
    id: 'H7',
    name: 'useIsFollowed',
    says: 'What an autoscaler recommends is what use calls for, rounded up, the most of all metrics; pods without a measurement count as idle on the way up and as busy on the way down, those that start as idle.',
    class: 'C',
    source: `${docs}#algorithm-details`,
  },
  step((write) => {
    const look = measuredBehind(write)
    const said = memoryOf(write.object)?.r.at(-1)?.[1]
    const is = look === undefined ? undefined : calledFor(write.believed, look.scaler, look.current)
    if (look === undefined || said === undefined || is === undefined) return undefined
    return orElse(
      said === is,
      () => `${named(look.scaler)} recommends ${said} where the use of ${look.current} calls for ${is}`,
    )
  }),
)

/** `[desired′ = limits(window(recommendations))]`. */
export const recommendationsAreWeighed = row(
  {
    id: 'H8',
    name: 'recommendationsAreWeighed',
    says: 'An autoscaler goes down to the highest recommendation of its window and up to the lowest, as far as its policies let it, no lower than minReplicas and no higher than maxReplicas, and says when those held it.',
    class: 'C',
    source: `${docs}#configurable-scaling-behavior`,
  },
  step((write, _before, after) => {
    const look = measuredBehind(write)
    const [memory, earlier] = [memoryOf(write.object), write.previous && memoryOf(write.previous)]
    if (look === undefined || memory === undefined || memory.r.length === 0) return undefined
    const done = { r: memory.r, u: earlier?.u ?? [], d: earlier?.d ?? [] }
    const { size, isLimited } = chosenOf(look.scaler, done, look.current, after.now)
    const said: number = look.scaler.status?.desiredReplicas ?? 0
    if (said !== size)
      return `${named(look.scaler)} has ${look.current} and settles for ${said} where its rules make it ${size}`
    const limited = conditionOf(look.scaler, 'ScalingLimited')?.status
    return orElse(
      limited === (isLimited ? 'True' : 'False'),
      () => `${named(look.scaler)} settles for ${size} and says ScalingLimited=${limited}`,
    )
  }),
)

/** `[current′ = size(target)] ∧ [size = 0 < min ⇒ off] ∧ [size ∉ [min, max] ⇒ desired′ is the nearer end]`. */
export const scalersTellTheirTarget = row(
  {
    id: 'H9',
    name: 'scalersTellTheirTarget',
    says: 'An autoscaler tells the size of its target as it is; it leaves one of no pods alone and says that it is off, and brings one beyond its limits back to them.',
    class: 'C',
    source: `${docs}#implicit-maintenance-mode-deactivation`,
  },
  step((write) => {
    const look = lookBehind(write)
    if (look === undefined) {
      if (!isBy(write, 'horizontal-pod-autoscaler') || replicasOf(write.object) === 0) return undefined
      const scaler = write.resource === autoscalers ? undefined : write.believed.at(autoscalers, write.reconciled)
      if (scaler === undefined || (scaler.spec?.minReplicas ?? 1) === 0) return undefined
      return orElse(
        write.previous?.spec?.replicas !== 0,
        () => `${named(scaler)} scales ${named(write.object)}, which was set to 0`,
      )
    }
    const { scaler, current, least, most } = look
    const { currentReplicas, desiredReplicas } = scaler.status ?? {}
    // A failed look says nothing of sizes.
    if (conditionOf(scaler, 'AbleToScale')?.reason === 'FailedGetScale') return undefined
    if (currentReplicas !== current) return `${named(scaler)} says that there are ${currentReplicas} of ${current}`
    const off = conditionOf(scaler, 'ScalingActive')
    if (current === 0 && least > 0)
      return orElse(
        off?.status === 'False' && off.reason === 'ScalingDisabled' && desiredReplicas === 0,
        () => `${named(scaler)} has nothing to scale and says ${desiredReplicas}, ScalingActive=${off?.status}`,
      )
    const end = current > most ? most : current < least ? least : desiredReplicas
    return orElse(desiredReplicas === end, () => `${named(scaler)} has ${current} pods and says ${desiredReplicas}`)
  }),
)
