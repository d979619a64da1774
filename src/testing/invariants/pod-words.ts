/** What rows about pods on their nodes are said in: containers, what a status tells of them, nodes that are well. */
import type { KubeObject } from '../../api/object.ts'
import { timeOf } from './words.ts'

interface Ended {
  readonly exitCode: number
  readonly reason?: string
  readonly startedAt?: string | null
  readonly finishedAt?: string | null
}

/** One entry of containerStatuses or initContainerStatuses. */
export interface Told {
  readonly name: string
  readonly image?: string
  readonly ready?: boolean
  readonly restartCount?: number
  readonly state?: { readonly running?: { readonly startedAt?: string }; readonly terminated?: Ended }
  readonly lastState?: { readonly terminated?: Ended }
}

/** As far as rows look at a container of the spec. */
export interface Container {
  readonly name: string
  readonly image?: string
  readonly restartPolicy?: string
  readonly restartPolicyRules?: readonly unknown[]
}

type List = 'containers' | 'initContainers'

export const containersOf = (pod: KubeObject, list: List): readonly Container[] => pod.spec?.[list] ?? []

export const toldOf = (pod: KubeObject, list: List): readonly Told[] =>
  pod.status?.[list === 'containers' ? 'containerStatuses' : 'initContainerStatuses'] ?? []

/** An init container that runs beside the others. */
export const isSidecar = ({ restartPolicy }: Container): boolean => restartPolicy === 'Always'

/** An init container that has to end. */
export const isPlain = (container: Container): boolean => !isSidecar(container)

/** Would it be started again after this end? Containers with rules of their own are not judged. */
export function restarts(pod: KubeObject, spec: Container, exitCode: number, isInit: boolean): boolean {
  if ((spec.restartPolicyRules?.length ?? 0) > 0) return exitCode !== 0
  const policy: string = spec.restartPolicy ?? pod.spec?.restartPolicy ?? 'Always'
  if (policy === 'Never') return false
  return exitCode !== 0 || (policy === 'Always' && (!isInit || isSidecar(spec)))
}

/** The node is ready and has been since before the time (ms). */
export function isWell(node: KubeObject | undefined, at: number): boolean {
  const ready = (
    (node?.status?.conditions ?? []) as { type: string; status: string; lastTransitionTime?: string }[]
  ).find(({ type }) => type === 'Ready')
  return ready?.status === 'True' && (timeOf(ready.lastTransitionTime) ?? 0) <= at
}
