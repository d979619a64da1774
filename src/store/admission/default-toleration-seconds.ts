/**
 * DefaultTolerationSeconds: a pod stands a node that is not ready or unreachable for five minutes, unless it says
 * otherwise itself.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#defaulttolerationseconds
 */
import type { Toleration } from '../../api/scheduling.ts'
import type { AdmissionStep } from '../admission-step.ts'

const toleratedSeconds = 300
const troubles = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'] as const

/** Adds the missing tolerations to a pod that is created or updated. */
export const defaultTolerationSeconds: AdmissionStep = ({ operation, kind, object, subresource }) => {
  if (kind.resource !== 'pods' || operation === 'DELETE' || subresource !== '') return object
  const own: readonly Toleration[] = object.spec?.tolerations ?? []
  const added = troubles.filter((key) => !own.some((toleration) => speaksOf(toleration, key))).map(toleration)
  if (added.length === 0) return object
  return { ...object, spec: { ...object.spec, tolerations: [...own, ...added] } }
}

function speaksOf(toleration: Toleration, key: string): boolean {
  const anyKey = toleration.key === undefined || toleration.key === ''
  const anyEffect = toleration.effect === undefined || toleration.effect === ''
  return (anyKey || toleration.key === key) && (anyEffect || toleration.effect === 'NoExecute')
}

function toleration(key: string): Toleration {
  return { key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: toleratedSeconds }
}
