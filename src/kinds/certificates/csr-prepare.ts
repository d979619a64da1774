/**
 * What each way of changing a CertificateSigningRequest leaves of a change: approval its conditions, status everything
 * but verdicts, the request itself nothing.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/certificate-signing-request-v1/
 */
import { listOf, type Part } from '../../api/checks.ts'
import type { PrepareContext } from '../../api/kind.ts'
import type { KubeObject } from '../../api/object.ts'
import { toRfc3339 } from '../../api/time.ts'

const verdicts = ['Approved', 'Denied']

/** The request after a change. */
export function prepareSigningUpdate(next: KubeObject, previous: KubeObject, context: PrepareContext): KubeObject {
  const kept = { ...next, spec: previous.spec }
  if (context.subresource === '') return { ...kept, status: previous.status }
  const conditions = listOf(next.status?.conditions)
  if (context.subresource === 'approval') return withConditions(kept, previous, previous.status, conditions, context)
  const own = verdicts.reduce((list, type) => withKept(list, previous, type), conditions)
  return withConditions(kept, previous, next.status, own, context)
}

/** Verdicts as they were, when their number is. */
function withKept(conditions: readonly Part[], previous: KubeObject, type: string): readonly Part[] {
  const before = listOf(previous.status?.conditions).filter((one) => one.type === type)
  if (conditions.filter((one) => one.type === type).length !== before.length) return conditions
  let at = 0
  return conditions.map((one) => (one.type === type ? before[at++] : one))
}

function withConditions(
  object: KubeObject,
  previous: KubeObject,
  status: Part,
  conditions: readonly Part[],
  { now }: PrepareContext,
): KubeObject {
  const time = toRfc3339(now)
  const before = listOf(previous.status?.conditions)
  const timed = conditions.map((one) => {
    const same = before.find((old) => old.type === one.type && old.status === one.status)
    return {
      ...one,
      lastUpdateTime: one.lastUpdateTime ?? time,
      lastTransitionTime: one.lastTransitionTime ?? same?.lastTransitionTime ?? time,
    }
  })
  const { conditions: _conditions, ...rest } = status ?? {}
  return { ...object, status: timed.length === 0 ? rest : { ...rest, conditions: timed } }
}

/** Nobody owns the spec, and of the status only what the way of the change may set. */
export function ownedOfSigning(csr: KubeObject, subresource: string): KubeObject {
  const { spec: _spec, status, ...rest } = csr
  const { conditions, certificate } = status ?? {}
  const own = subresource === 'approval' ? { conditions } : subresource === 'status' ? { certificate } : undefined
  const kept = Object.entries(own ?? {}).filter(([, value]) => value !== undefined)
  return (kept.length === 0 ? rest : { ...rest, status: Object.fromEntries(kept) }) as KubeObject
}
