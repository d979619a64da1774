/**
 * TaintNodesByCondition: a new node is tainted until it is known to be ready. NoExecute taints also get the time at
 * which they came, which the taint-eviction controller counts from: it is the only memory of that moment.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#taintnodesbycondition
 */
import type { Taint } from '../../api/scheduling.ts'
import { toRfc3339 } from '../../api/time.ts'
import type { AdmissionStep } from '../admission-step.ts'

const notReady: Taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }

export const taintNodesByCondition: AdmissionStep = ({ operation, kind, object, previous, subresource }, view) => {
  if (kind.resource !== 'nodes' || operation === 'DELETE' || subresource !== '') return object
  const given: readonly Taint[] = object.spec?.taints ?? []
  const before: readonly Taint[] = previous?.spec?.taints ?? []
  const missing = operation === 'CREATE' && !given.some((taint) => same(taint, notReady))
  const taints = missing ? [...given, notReady] : given
  // Stored in whole seconds: rounded up, so that no toleration runs out early.
  const now = toRfc3339(Math.ceil(view.now / 1000) * 1000)
  const timed = taints.map((taint) => withTime(taint, before, now))
  if (timed.every((taint, at) => taint === given[at])) return object
  return { ...object, spec: { ...object.spec, taints: timed } }
}

function withTime(taint: Taint, before: readonly Taint[], now: string): Taint {
  if (taint.effect !== 'NoExecute' || taint.timeAdded) return taint
  const stored = before.find((one) => same(one, taint))
  return { ...taint, timeAdded: stored?.timeAdded ?? now }
}

function same(a: Taint, b: Taint): boolean {
  return a.key === b.key && a.effect === b.effect
}
