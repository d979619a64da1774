/**
 * DefaultIngressClass: an ingress that names no class gets the default one; of several the newest.
 * Source: https://kubernetes.io/docs/concepts/services-networking/ingress/#default-ingress-class
 */
import type { KubeObject } from '../../api/object.ts'
import { parseTime } from '../../api/time.ts'
import type { AdmissionStep } from '../admission-step.ts'

const classes = 'ingressclasses.networking.k8s.io'
const isDefault = 'ingressclass.kubernetes.io/is-default-class'
const oldWay = 'kubernetes.io/ingress.class'

export const defaultIngressClass: AdmissionStep = ({ kind, operation, subresource, object }, view) => {
  if (kind.resource !== 'ingresses.networking.k8s.io' || operation !== 'CREATE' || subresource !== '') return object
  const named = object.spec?.ingressClassName
  if ((named !== undefined && named !== null) || object.metadata.annotations?.[oldWay] !== undefined) return object
  const made = ({ metadata }: KubeObject): number => parseTime(metadata.creationTimestamp ?? '1970-01-01T00:00:00Z')
  const defaults = view.list(classes).filter((one) => one.metadata.annotations?.[isDefault] === 'true')
  const [chosen] = defaults.sort((a, b) => made(b) - made(a) || (a.metadata.name < b.metadata.name ? -1 : 1))
  if (chosen === undefined) return object
  return { ...object, spec: { ...object.spec, ingressClassName: chosen.metadata.name } }
}
