/** The shapes of admission: a request, the tools a plugin has, and a plugin with its part in each phase. */
import type { Kind } from '../api/kind.ts'
import type { KubeObject, ResourceKey } from '../api/object.ts'
import { forbidden, type StatusError } from '../api/status-error.ts'
import type { UserInfo } from '../api/user-info.ts'
import type { OutsideCall } from '../ports.ts'
import type { OutsideAnswer } from './outside.ts'
import type { View } from './view.ts'

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT'

/** What is about to happen to one object. For DELETE `object` is the stored one; a CONNECT has its options. */
export interface AdmissionRequest {
  readonly operation: Operation
  /** The kind in its stored version, which is the form of `object` and `previous`. */
  readonly kind: Kind
  /** The kind in the version the request was made to. */
  readonly requestKind?: Kind
  readonly namespace: string
  /** '' while a generated name is not there yet. */
  readonly name: string
  readonly object: KubeObject
  readonly previous?: KubeObject
  readonly subresource: string
  readonly user?: UserInfo
  readonly dryRun?: boolean
  /** CreateOptions, UpdateOptions, PatchOptions or DeleteOptions, without apiVersion and kind. */
  readonly options?: Readonly<Record<string, unknown>>
  /** What a subresource was sent (a Binding, an Eviction) when that is not the object itself. */
  readonly sent?: KubeObject
}

/** What a plugin may do beside answering: draws from the cluster's seed, warnings, questions to the outside. */
export interface AdmissionTools {
  /** Five characters of the name alphabet. */
  suffix(): string
  random(bound: number): number
  uid(): string
  /** Adds a warning to the answer; equal ones are said once. */
  warn(text: string): void
  /** Adds an audit annotation to the request. */
  audit(key: string, value: string): void
  /** The answers to these calls; the write waits until they are there. */
  ask(calls: readonly OutsideCall[]): readonly OutsideAnswer[]
  /** A uid for a question to the outside: the same in every attempt at the same write. */
  requestId(question: string): string
  /** Changes another stored object in the same commit (a quota that is charged). Not for dry runs. */
  alsoWrite(resource: ResourceKey, previous: KubeObject, next: KubeObject): void
  /** True in the second pass, after a webhook or policy changed what earlier plugins had seen. */
  readonly again: boolean
  /** Asks for a second pass over the mutating plugins. */
  passAgain(): void
  /** What one plugin keeps from its first pass to its second. */
  readonly kept: Map<string, unknown>
}

/** Answers the object to go on with, changed or not, or throws a StatusError. */
export type AdmissionStep = (request: AdmissionRequest, view: View, tools: AdmissionTools) => KubeObject

/** Throws a StatusError to refuse the object as it would be stored. */
export type AdmissionCheck = (request: AdmissionRequest, view: View, tools: AdmissionTools) => void

/**
 * One admission plugin under Kubernetes' name. `mutate` runs before the server completes and validates the object and
 * has neither uid nor generated name; `allocate` runs when it has both; `validate` sees what would be stored.
 */
export interface AdmissionPlugin {
  readonly name: string
  readonly mutate?: AdmissionStep
  readonly allocate?: AdmissionStep
  readonly validate?: AdmissionCheck
}

/** The name a refusal says: that of the request, else of the object, else what its name is generated from. */
export function refusedName({ name, object }: AdmissionRequest): string {
  return name || object.metadata?.name || object.metadata?.generateName || 'Unknown'
}

/** The 403 of a plugin. */
export function refusal(request: AdmissionRequest, why: string): StatusError {
  const kind = request.requestKind ?? request.kind
  return forbidden(kind.groupResource, refusedName(request), why)
}
