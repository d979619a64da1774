/**
 * The order in which Kubernetes prefers versions: v2 before v1, stable before beta before alpha, other names last.
 * Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/#version-priority
 */

const stages: Readonly<Record<string, number>> = { '': 3, beta: 2, alpha: 1 }

/** Negative when `a` is preferred to `b`. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [rank(a), rank(b)]
  if (left === undefined && right === undefined) return a < b ? -1 : a > b ? 1 : 0
  if (left === undefined || right === undefined) return left === undefined ? 1 : -1
  return right[0] - left[0] || right[1] - left[1] || right[2] - left[2]
}

/** Stage, major number, minor number; undefined for a name that is no version of this form. */
function rank(version: string): readonly [number, number, number] | undefined {
  const parts = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version)
  if (parts === null) return undefined
  const [, major = '0', stage = '', minor = '0'] = parts
  return [stages[stage] ?? 0, Number(major), Number(minor)]
}
