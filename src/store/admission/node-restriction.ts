/**
 * NodeRestriction: a kubelet writes about itself and its own pods only.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction
 */
import { certificateRequest } from '../../api/certificate-request.ts'
import type { KubeObject } from '../../api/object.ts'
import { nodeOfUser } from '../../api/rbac/node.ts'
import { equal } from '../../lib/equal.ts'
import { type AdmissionRequest, type AdmissionStep, refusal } from '../admission-step.ts'

/** Labels of Kubernetes' own domains that a kubelet may give its node. */
const ownLabels = new Set([
  'kubernetes.io/hostname',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
  'beta.kubernetes.io/instance-type',
  'node.kubernetes.io/instance-type',
  'kubernetes.io/os',
  'kubernetes.io/arch',
  'beta.kubernetes.io/os',
  'beta.kubernetes.io/arch',
])
const ownDomains = ['kubelet.kubernetes.io', 'node.kubernetes.io']
const mirror = 'kubernetes.io/config.mirror'

export const nodeRestriction: AdmissionStep = (request) => {
  const { user, object, kind } = request
  const node = user === undefined ? undefined : nodeOfUser(user)
  if (node === undefined || request.operation === 'CONNECT') return object
  const why = rules[kind.resource]?.(request, node)
  if (why !== undefined) throw refusal(request, why)
  return object
}

type Rule = (request: AdmissionRequest, node: string) => string | undefined

const pods: Rule = ({ operation, subresource, object, previous }, node) => {
  if (subresource === 'status') {
    if (previous?.spec?.nodeName !== node)
      return `node "${node}" can only update pod status for pods with spec.nodeName set to itself`
    if (equal(previous.metadata.labels ?? {}, object.metadata.labels ?? {})) return undefined
    return `node "${node}" cannot update labels through pod status`
  }
  if (subresource === 'eviction') {
    const own = (previous ?? object).spec?.nodeName === node
    return own ? undefined : `node ${node} can only evict pods with spec.nodeName set to itself`
  }
  if (subresource !== '') return `unexpected pod subresource "${subresource}", only 'status' and 'eviction' are allowed`
  if (operation === 'CREATE') return whyNoMirror(object, node)
  if (operation !== 'DELETE')
    return `unexpected operation "${operation}", node "${node}" can only create and delete mirror pods`
  const own = object.spec?.nodeName === node
  return own ? undefined : `node "${node}" can only delete pods with spec.nodeName set to itself`
}

function whyNoMirror(pod: KubeObject, node: string): string | undefined {
  if (pod.metadata.annotations?.[mirror] === undefined)
    return `pod does not have "${mirror}" annotation, node "${node}" can only create mirror pods`
  if (pod.spec?.nodeName !== node) return `node "${node}" can only create pods with spec.nodeName set to itself`
  const [owner, ...more] = pod.metadata.ownerReferences ?? []
  if (more.length > 0) return `node "${node}" can only create pods with a single owner reference set to itself`
  if (owner?.apiVersion !== 'v1' || owner.kind !== 'Node' || owner.name !== node)
    return `node "${node}" can only create pods with an owner reference set to itself`
  if (owner.controller !== true)
    return `node "${node}" can only create pods with a controller owner reference set to itself`
  if (owner.blockOwnerDeletion === true) return `node "${node}" must not set blockOwnerDeletion on an owner reference`
  return undefined
}

const nodes: Rule = ({ operation, name, object, previous }, node) => {
  const asked = name || object.metadata.name
  if (asked !== node) return `node "${node}" is not allowed to modify node "${asked}"`
  if (operation === 'CREATE') {
    const labels = forbiddenLabels(object, undefined)
    if (labels === '') return undefined
    return `node "${node}" is not allowed to set the following labels: ${labels}`
  }
  if (operation !== 'UPDATE') return undefined
  if (!equal(object.spec?.taints ?? [], previous?.spec?.taints ?? []))
    return `node "${node}" is not allowed to modify taints`
  if (!equal(object.metadata.ownerReferences ?? [], previous?.metadata.ownerReferences ?? []))
    return `node "${node}" is not allowed to modify ownerReferences`
  const labels = forbiddenLabels(object, previous)
  return labels === '' ? undefined : `is not allowed to modify labels: ${labels}`
}

function forbiddenLabels(object: KubeObject, previous: KubeObject | undefined): string {
  const [now, before] = [object.metadata.labels ?? {}, previous?.metadata.labels ?? {}]
  const changed = Object.keys({ ...now, ...before }).filter((key) => now[key] !== before[key])
  return changed.filter(isForbidden).sort().join(', ')
}

function isForbidden(label: string): boolean {
  const domain = label.includes('/') ? (label.split('/')[0] as string) : ''
  const within = (whole: string): boolean => domain === whole || domain.endsWith(`.${whole}`)
  if (within('node-restriction.kubernetes.io')) return true
  return (within('kubernetes.io') || within('k8s.io')) && !ownLabels.has(label) && !ownDomains.some(within)
}

const claims: Rule = ({ subresource, object, previous }, node) => {
  if (subresource !== 'status') return 'may only update PVC status'
  const bare = (claim: KubeObject | undefined): unknown => {
    const { resourceVersion: _version, managedFields: _fields, ...metadata } = claim?.metadata ?? { name: '' }
    const {
      capacity: _c,
      conditions: _k,
      allocatedResources: _a,
      allocatedResourceStatuses: _s,
      ...status
    } = claim?.status ?? {}
    return { ...claim, metadata, status }
  }
  if (equal(bare(object), bare(previous))) return undefined
  return `node "${node}" is not allowed to update fields other than status.quantity and status.conditions`
}

const leases: Rule = ({ operation, namespace, name, object }, node) => {
  if (namespace !== 'kube-node-lease') return 'can only access leases in the "kube-node-lease" system namespace'
  const asked = operation === 'CREATE' ? object.metadata.name : name
  return asked === node ? undefined : 'can only access node lease with the same name as the requesting node'
}

const csiNodes: Rule = ({ operation, name, object }, node) => {
  const asked = operation === 'CREATE' ? object.metadata.name : name
  return asked === node ? undefined : 'can only access CSINode with the same name as the requesting node'
}

/** A kubelet asks for its own certificates only. */
const signingRequests: Rule = ({ operation, object }, node) => {
  if (operation !== 'CREATE') return undefined
  const signers = ['kubernetes.io/kube-apiserver-client-kubelet', 'kubernetes.io/kubelet-serving']
  if (!signers.includes(object.spec?.signerName)) return undefined
  const parsed = certificateRequest(object.spec?.request)
  if (typeof parsed === 'string') return `unable to parse csr: ${parsed}`
  const own = `system:node:${node}`
  if (parsed.commonName === own) return undefined
  return `can only create a node CSR with CN=${own}`
}

const slices: Rule = ({ operation, object, previous }, node) => {
  const own = (operation === 'CREATE' ? object : (previous ?? object)).spec?.nodeName === node
  if (own) return undefined
  const verb = operation === 'CREATE' ? 'create' : operation === 'DELETE' ? 'delete' : 'update'
  return `can only ${verb} ResourceSlice with the same NodeName as the requesting node`
}

const rules: Readonly<Record<string, Rule>> = {
  pods,
  nodes,
  persistentvolumeclaims: claims,
  'leases.coordination.k8s.io': leases,
  'csinodes.storage.k8s.io': csiNodes,
  'resourceslices.resource.k8s.io': slices,
  'certificatesigningrequests.certificates.k8s.io': signingRequests,
}
