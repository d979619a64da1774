/**
 * The scale subresource: autoscaling/v1 Scale seen through a kind's paths.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/scale-v1/
 */
import type { Kind, ScalePaths } from '../api/kind.ts'
import type { KubeObject } from '../api/object.ts'
import { selectorToText } from '../api/selector.ts'

/** The value at a simple path such as `.spec.replicas`. */
export function atPath(object: unknown, path: string): unknown {
  return steps(path).reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], object)
}

/** A copy of the object with the value at the path replaced. */
export function withPath(object: KubeObject, path: string, value: unknown): KubeObject {
  return put(object, steps(path), value) as KubeObject
}

/** What `GET …/scale` answers for a stored object. */
export function scaleOf(kind: Kind, stored: KubeObject): KubeObject {
  const paths = kind.subresources.scale as ScalePaths
  const object = kind.fromStorage(stored)
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  const selector = atPath(object, paths.selector)
  const text = typeof selector === 'string' || selector === undefined ? selector : selectorToText(selector as never)
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp } as KubeObject['metadata'],
    spec: { replicas: atPath(object, paths.spec) ?? 0 },
    status: { replicas: atPath(object, paths.status) ?? 0, ...(text ? { selector: text } : {}) },
  }
}

function steps(path: string): string[] {
  return path.split('.').filter((step) => step !== '')
}

function put(object: unknown, path: readonly string[], value: unknown): unknown {
  const [first, ...rest] = path
  if (first === undefined) return value
  const record = (object ?? {}) as Record<string, unknown>
  return { ...record, [first]: put(record[first], rest, value) }
}
