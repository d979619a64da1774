/**
 * NamespaceLifecycle: nothing is created in a namespace that is missing or going, and three namespaces stay for good.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#namespacelifecycle
 */
import type { KubeObject } from '../../api/object.ts'
import { forbidden, notFound, StatusError } from '../../api/status-error.ts'
import type { AdmissionRequest, AdmissionStep } from '../admission-step.ts'

const immortal: readonly string[] = ['default', 'kube-system', 'kube-public']
/** Reviews about access are answered for namespaces that do not exist, too. */
const accessReviews: readonly string[] = ['localsubjectaccessreviews.authorization.k8s.io']

/** Refuses with 404 (missing), 403 with the cause NamespaceTerminating (going) or 403 (protected). */
export const namespaceLifecycle: AdmissionStep = (request, view) => {
  const { operation, kind, object } = request
  if (operation === 'DELETE' && kind.resource === 'namespaces' && immortal.includes(request.name))
    throw forbidden('namespaces', request.name, 'this namespace may not be deleted')
  if (operation !== 'CREATE' || !kind.namespaced || accessReviews.includes(kind.resource)) return object
  const namespace = view.get('namespaces', '', request.namespace)
  if (namespace === undefined) throw notFound('namespaces', request.namespace)
  if (isTerminating(namespace)) throw terminating(request)
  return object
}

function isTerminating(namespace: KubeObject): boolean {
  return namespace.metadata.deletionTimestamp !== undefined || namespace.status?.phase === 'Terminating'
}

function terminating(request: AdmissionRequest): StatusError {
  const { namespace, kind, object } = request
  const why = `unable to create new content in namespace ${namespace} because it is being terminated`
  const refusal = forbidden(kind.resource, object.metadata.name, why)
  const cause = {
    reason: 'NamespaceTerminating',
    message: `namespace ${namespace} is being terminated`,
    field: 'metadata.namespace',
  }
  return new StatusError({ ...refusal.status, details: { ...refusal.status.details, causes: [cause] } })
}
