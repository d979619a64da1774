/** What a user does, in short: values for `scenario(…).do(…)` and `perform`. */
import type { Json, KubeObject } from '../api/object.ts'
import type { Taint } from '../node/node-spec.ts'
import type {
  Apply,
  Break,
  Cordon,
  Drain,
  EditLabels,
  Evict,
  PatchObject,
  Remove,
  Scale,
  SetImage,
  SetTaint,
  Undo,
  Wait,
} from './operation.ts'

/** As `kubectl apply -f`. */
export const apply = (object: KubeObject): Apply => ({ op: 'apply', object })

/** As `kubectl patch KIND NAME -p PATCH`, a merge patch unless `how` says otherwise. */
export const patch = (
  kind: string,
  name: string,
  change: Json,
  how: Pick<PatchObject, 'type' | 'namespace'> = {},
): PatchObject => ({ op: 'patch', kind, name, patch: change, ...how })

/** As `kubectl scale deployment NAME --replicas N`; `kind` for others. */
export const scale = (name: string, replicas: number, kind = 'Deployment'): Scale => ({
  op: 'scale',
  kind,
  name,
  replicas,
})

/** As `kubectl set image deployment/NAME *=IMAGE`. */
export const setImage = (name: string, image: string, kind = 'Deployment'): SetImage => ({
  op: 'setImage',
  kind,
  name,
  image,
  container: '*',
})

/** As `kubectl rollout undo`. */
export const undo = (name: string, kind = 'Deployment'): Undo => ({ op: 'undo', kind, name })

/** As `kubectl delete`. */
export const remove = (
  kind: string,
  name: string,
  how: Pick<Remove, 'propagation' | 'graceSeconds' | 'namespace'> = {},
): Remove => ({
  op: 'delete',
  kind,
  name,
  ...how,
})

/** As `kubectl drain`: cordons, and evicts what the budgets let go. */
export const drain = (node: string): Drain => ({ op: 'drain', node })
/** An eviction of one pod, when its budget lets it go. */
export const evict = (name: string, namespace = 'default'): Evict => ({ op: 'evict', name, namespace })
export const cordon = (node: string): Cordon => ({ op: 'cordon', node })
export const uncordon = (node: string): Cordon => ({ op: 'uncordon', node })

/** As `kubectl taint node`. */
export const taint = (node: string, taint: Taint): SetTaint => ({ op: 'taint', node, taint })
export const untaint = (node: string, taint: Taint): SetTaint => ({ op: 'taint', node, taint, remove: true })

/** As `kubectl label`; null takes a label away. */
export const label = (kind: string, name: string, labels: Readonly<Record<string, string | null>>): EditLabels => ({
  op: 'label',
  kind,
  name,
  labels,
})

/** The node's machine dies. */
export const kill = (node: string): Break => ({ fault: { kill: node } })
export const silence = (node: string): Break => ({ fault: { silence: node } })
export const restore = (node: string): Break => ({ fault: { restore: node } })

/** A controller loses its memory and starts again. */
export const crash = (controller: string): Break => ({ fault: { crash: controller } })

/** Time goes by before the next input. */
export const wait = (duration: number | string): Wait => ({ wait: duration })
