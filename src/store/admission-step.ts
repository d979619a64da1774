/** The shape of one admission step: it answers the object to store, changed or not, or throws a StatusError. */
import type { Kind } from '../api/kind.ts'
import type { KubeObject } from '../api/object.ts'
import type { View } from './view.ts'

/** What is about to happen to one object. For DELETE `object` is the stored one. */
export interface AdmissionRequest {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE'
  /** The kind in its stored version, which is the form of `object` and `previous`. */
  readonly kind: Kind
  /** The kind in the version the request was made to. */
  readonly requestKind?: Kind
  readonly namespace: string
  readonly name: string
  readonly object: KubeObject
  readonly previous?: KubeObject
  readonly subresource: string
}

/** Draws from the cluster's seed. */
export interface AdmissionTools {
  /** Five characters of the name alphabet. */
  suffix(): string
  random(bound: number): number
  uid(): string
}

export type AdmissionStep = (request: AdmissionRequest, view: View, tools: AdmissionTools) => KubeObject
