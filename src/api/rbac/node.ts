/**
 * What kubelets may do: read what their own pods need, write about themselves. Rules that speak of objects follow the
 * pods that are bound to the node at this moment.
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/node/
 */
import { listOf, type Part } from '../checks.ts'
import type { KubeObject } from '../object.ts'
import type { UserInfo } from '../user-info.ts'
import type { Decision, Lookup } from './resolve.ts'
import { type Action, type PolicyRule, ruleAllows } from './rules.ts'

const yes: Decision = { allowed: true, reason: '' }
const no = (reason: string): Decision => ({ allowed: false, reason })

/** The node a user is the kubelet of; undefined for everybody else. */
export function nodeOfUser(user: UserInfo): string | undefined {
  if (!user.username.startsWith('system:node:') || user.groups?.includes('system:nodes') !== true) return undefined
  return user.username.slice('system:node:'.length)
}

/** The node authorizer. Pure; no opinion of anybody who is no kubelet. */
export function nodeDecision(lookup: Lookup, user: UserInfo, action: Action): Decision {
  const node = nodeOfUser(user)
  if (node === undefined) return no('')
  if (node === '') return no(`unknown node for user ${JSON.stringify(user.username)}`)
  if (action.resource === '') return no('')
  const decide = special[action.group === '' ? action.resource : `${action.resource}.${action.group}`]
  if (decide !== undefined) return decide(lookup, node, action)
  return rules.some((rule) => ruleAllows(rule, action)) ? yes : no('')
}

type Decide = (lookup: Lookup, node: string, action: Action) => Decision

/** Whether a pod of the node leads to an object of this name. */
type Leads = (pod: KubeObject, name: string, lookup: Lookup) => boolean

function related(leads: Leads): Decide {
  return (lookup, node, { namespace, name }) => {
    if (name === '') return no('No Object name found')
    const pods = lookup.by('pods', 'node', node)
    const found = pods.some(
      (pod) =>
        (namespace === '' || pod.metadata.namespace === namespace) &&
        pod.metadata.annotations?.['kubernetes.io/config.mirror'] === undefined &&
        leads(pod, name, lookup),
    )
    return found ? yes : no(`no relationship found between node '${node}' and this object`)
  }
}

function readable(leads: Leads): Decide {
  const ask = related(leads)
  return (lookup, node, action) => {
    if (!['get', 'list', 'watch'].includes(action.verb)) return no('can only read resources of this type')
    if (action.subresource !== '') return no('cannot read subresource')
    if (action.namespace === '') return no('can only read namespaced object of this type')
    return ask(lookup, node, action)
  }
}

function gettable(leads: Leads): Decide {
  const ask = related(leads)
  return (lookup, node, action) => {
    if (action.verb !== 'get') return no('can only get individual resources of this type')
    return action.subresource === '' ? ask(lookup, node, action) : no('cannot get subresource')
  }
}

const containersOf = ({ spec }: KubeObject): readonly Part[] =>
  ['initContainers', 'containers', 'ephemeralContainers'].flatMap((list) => listOf(spec?.[list]))

/** The names a pod's spec has for Secrets or ConfigMaps. */
function references(pod: KubeObject, what: 'secret' | 'configMap'): readonly unknown[] {
  const [key, from, name] =
    what === 'secret' ? ['secretKeyRef', 'secretRef', 'secretName'] : ['configMapKeyRef', 'configMapRef', 'name']
  const volumes = listOf(pod.spec?.volumes)
  return [
    ...(what === 'secret' ? listOf(pod.spec?.imagePullSecrets).map((one) => one.name) : []),
    ...containersOf(pod).flatMap(({ env, envFrom }) => [
      ...listOf(env).map((one) => one.valueFrom?.[key]?.name),
      ...listOf(envFrom).map((one) => one[from]?.name),
    ]),
    ...volumes.map((volume) => volume[what]?.[name]),
    ...volumes.flatMap((volume) => listOf(volume.projected?.sources).map((source) => source[what]?.name)),
    ...(what === 'secret' ? volumes.map((volume) => volume.csi?.nodePublishSecretRef?.name) : []),
  ]
}

function claimsOf(pod: KubeObject): readonly unknown[] {
  return listOf(pod.spec?.volumes).map((volume) =>
    volume.ephemeral === undefined ? volume.persistentVolumeClaim?.claimName : `${pod.metadata.name}-${volume.name}`,
  )
}

const ofClaim: Leads = (pod, name) => claimsOf(pod).includes(name)
const ofAccount: Leads = (pod, name) => pod.spec?.serviceAccountName === name
const itself: Leads = (pod, name) => pod.metadata.name === name

const ofVolume: Leads = (pod, name, lookup) =>
  claimsOf(pod).some(
    (claim) =>
      typeof claim === 'string' &&
      lookup.get('persistentvolumeclaims', pod.metadata.namespace ?? '', claim)?.spec?.volumeName === name,
  )

const ofDeviceClaim: Leads = (pod, name) =>
  listOf(pod.spec?.resourceClaims).some((one) => one.resourceClaimName === name) ||
  listOf(pod.status?.resourceClaimStatuses).some((one) => one.resourceClaimName === name)

const claims: Decide = (lookup, node, action) => {
  if (action.subresource !== 'status') return gettable(ofClaim)(lookup, node, action)
  if (!['update', 'patch'].includes(action.verb)) return no('can only get/update/patch this type')
  return related(ofClaim)(lookup, node, action)
}

const accounts: Decide = (lookup, node, action) => {
  const { verb, subresource, name } = action
  if (verb === 'get' && subresource === '') return readable(ofAccount)(lookup, node, action)
  if (verb !== 'create' || name === '') return no('can only create tokens for individual service accounts')
  if (subresource !== 'token') return no('can only create token subresource of serviceaccount')
  return related(ofAccount)(lookup, node, action)
}

const ownVerbs = ['get', 'create', 'update', 'patch', 'delete']

const leases: Decide = (_lookup, node, { verb, namespace, name }) => {
  if (!ownVerbs.includes(verb)) return no('can only get, create, update, patch, or delete a node lease')
  if (namespace !== 'kube-node-lease') return no('can only access leases in the "kube-node-lease" system namespace')
  if (verb === 'create' || name === node) return yes
  return no('can only access node lease with the same name as the requesting node')
}

const csiNodes: Decide = (_lookup, node, { verb, subresource, name }) => {
  if (!ownVerbs.includes(verb)) return no('can only get, create, update, patch, or delete a CSINode')
  if (subresource !== '') return no('cannot authorize CSINode subresources')
  if (verb === 'create' || name === node) return yes
  return no('can only access CSINode with the same name as the requesting node')
}

function selects({ selected = [] }: Action, field: string, value: string): boolean {
  return selected.some((term) => term.field === field && term.op === '=' && term.value === value)
}

const slices: Decide = (lookup, node, action) => {
  const { verb, subresource, name } = action
  if (subresource !== '') return no('cannot authorize ResourceSlice subresources')
  if (verb === 'create') return yes
  if (['get', 'update', 'patch', 'delete'].includes(verb)) {
    const own = lookup.get('resourceslices.resource.k8s.io', '', name)?.spec?.nodeName === node
    return own ? yes : no(`no relationship found between node '${node}' and this object`)
  }
  if (selects(action, 'spec.nodeName', node)) return yes
  return no('can only list/watch/deletecollection resourceslices with nodeName field selector')
}

const attachments: Decide = (lookup, node, { verb, subresource, name }) => {
  if (verb !== 'get') return no('can only get individual resources of this type')
  if (subresource !== '') return no('cannot get subresource')
  const own = lookup.get('volumeattachments.storage.k8s.io', '', name)?.spec?.nodeName === node
  return own ? yes : no(`no relationship found between node '${node}' and this object`)
}

const nodes: Decide = (_lookup, node, { verb, subresource, name }) => {
  const writes = ['update', 'patch'].includes(verb)
  if (subresource === 'status') return writes ? yes : no('')
  if (subresource !== '') return no('')
  if (writes || verb === 'create') return yes
  if (!['get', 'list', 'watch'].includes(verb)) return no('')
  if (name === node) return yes
  if (name === '') return no(`node '${node}' cannot read all nodes, only its own Node object`)
  return no(`node '${node}' cannot read '${name}', only its own Node object`)
}

const pods: Decide = (lookup, node, action) => {
  const { verb, subresource, name } = action
  if (subresource === 'status') return ['update', 'patch'].includes(verb) ? yes : no('')
  if (subresource === 'eviction') return verb === 'create' ? yes : no('')
  if (subresource !== '') return no('')
  if (verb === 'create' || verb === 'delete') return yes
  if (verb === 'get') return related(itself)(lookup, node, action)
  if (verb !== 'list' && verb !== 'watch') return no('')
  if (selects(action, 'spec.nodeName', node)) return yes
  if (name !== '') return related(itself)(lookup, node, action)
  return no('can only list/watch pods with spec.nodeName field selector')
}

const special: Readonly<Record<string, Decide>> = {
  secrets: readable((pod, name) => references(pod, 'secret').includes(name)),
  configmaps: readable((pod, name) => references(pod, 'configMap').includes(name)),
  persistentvolumeclaims: claims,
  persistentvolumes: gettable(ofVolume),
  'resourceclaims.resource.k8s.io': gettable(ofDeviceClaim),
  'volumeattachments.storage.k8s.io': attachments,
  serviceaccounts: accounts,
  'leases.coordination.k8s.io': leases,
  'csinodes.storage.k8s.io': csiNodes,
  'resourceslices.resource.k8s.io': slices,
  nodes,
  pods,
}

const read = ['get', 'list', 'watch']

/** What all kubelets may do alike. */
const rules: readonly PolicyRule[] = [
  { verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'] },
  {
    verbs: ['create'],
    apiGroups: ['authorization.k8s.io'],
    resources: ['subjectaccessreviews', 'localsubjectaccessreviews'],
  },
  { verbs: read, apiGroups: [''], resources: ['services'] },
  { verbs: ['create', 'update', 'patch'], apiGroups: ['', 'events.k8s.io'], resources: ['events'] },
  { verbs: ['get'], apiGroups: [''], resources: ['endpoints'] },
  {
    verbs: ['create', ...read],
    apiGroups: ['certificates.k8s.io'],
    resources: ['certificatesigningrequests'],
  },
  { verbs: read, apiGroups: ['storage.k8s.io'], resources: ['csidrivers'] },
  { verbs: read, apiGroups: ['node.k8s.io'], resources: ['runtimeclasses'] },
]
