/**
 * The columns of every built-in kind but pods, events and autoscalers, as `kubectl get` prints them.
 * Source: https://kubernetes.io/docs/reference/kubectl/ (what the server's tables hold)
 */
import { column, orNone, templateColumns, wideColumn } from '../api/column.ts'
import type { KubeObject } from '../api/object.ts'
import { formatQuantity, isQuantity } from '../api/quantity.ts'
import { formatLabelSelector } from '../api/selector.ts'
import { ageColumn, type Column, nameColumn } from '../api/table.ts'

const selectorOf = (object: KubeObject): string => formatLabelSelector(object.spec?.selector)
const mapText = (map: Readonly<Record<string, string>> | undefined): string =>
  orNone(
    Object.entries(map ?? {})
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => `${key}=${value}`)
      .join(','),
  )
const size = (object: object | undefined): number => Object.keys(object ?? {}).length
const count = (object: KubeObject, field: string): number => object.status?.[field] ?? 0

export const deploymentColumns: readonly Column[] = [
  nameColumn,
  column(
    'Ready',
    (object) => `${count(object, 'readyReplicas')}/${object.spec?.replicas ?? 1}`,
    'string',
    'Number of the pod with ready state',
  ),
  column('Up-to-date', (object) => count(object, 'updatedReplicas')),
  column('Available', (object) => count(object, 'availableReplicas')),
  ageColumn,
  ...templateColumns(),
  wideColumn('Selector', selectorOf),
]

export const replicaSetColumns: readonly Column[] = [
  nameColumn,
  column('Desired', (object) => object.spec?.replicas ?? 1, 'integer'),
  column('Current', (object) => count(object, 'replicas'), 'integer'),
  column('Ready', (object) => count(object, 'readyReplicas'), 'integer'),
  ageColumn,
  ...templateColumns(),
  wideColumn('Selector', selectorOf),
]

export const daemonSetColumns: readonly Column[] = [
  nameColumn,
  column('Desired', (object) => count(object, 'desiredNumberScheduled'), 'integer'),
  column('Current', (object) => count(object, 'currentNumberScheduled'), 'integer'),
  column('Ready', (object) => count(object, 'numberReady'), 'integer'),
  column('Up-to-date', (object) => count(object, 'updatedNumberScheduled'), 'integer'),
  column('Available', (object) => count(object, 'numberAvailable'), 'integer'),
  column('Node Selector', (object) => mapText(object.spec?.template?.spec?.nodeSelector)),
  ageColumn,
  ...templateColumns(),
  wideColumn('Selector', selectorOf),
]

function controllerName(object: KubeObject): string {
  const owner = object.metadata.ownerReferences?.find((one) => one.controller === true)
  if (owner === undefined) return '<none>'
  const group = owner.apiVersion.includes('/') ? `.${owner.apiVersion.split('/')[0]}` : ''
  return `${owner.kind.toLowerCase()}${group}/${owner.name}`
}

export const controllerRevisionColumns: readonly Column[] = [
  nameColumn,
  column('Controller', controllerName),
  column('Revision', (object) => object.revision ?? 0),
  ageColumn,
]

interface Port {
  readonly name?: string
  readonly port: number
  readonly protocol?: string
  readonly nodePort?: number
}

function portsText(ports: readonly Port[] | undefined): string {
  const parts = (ports ?? []).map(
    ({ port, nodePort, protocol = 'TCP' }) => `${port}${nodePort ? `:${nodePort}` : ''}/${protocol}`,
  )
  return orNone(parts.join(','))
}

function externalIp(service: KubeObject): string {
  const { type = 'ClusterIP', externalIPs, externalName } = service.spec ?? {}
  const own = ((externalIPs ?? []) as string[]).join(',')
  if (type === 'ExternalName') return orNone(externalName)
  if (type !== 'LoadBalancer') return orNone(own)
  const given = ((service.status?.loadBalancer?.ingress ?? []) as { ip?: string; hostname?: string }[]).map(
    (one) => one.ip ?? one.hostname ?? '',
  )
  return [...given, ...(own === '' ? [] : [own])].join(',') || '<pending>'
}

export const serviceColumns: readonly Column[] = [
  nameColumn,
  column('Type', (service) => service.spec?.type ?? 'ClusterIP'),
  column('Cluster-IP', (service) => orNone(service.spec?.clusterIP)),
  column('External-IP', externalIp),
  column('Port(s)', (service) => portsText(service.spec?.ports)),
  ageColumn,
  wideColumn('Selector', (service) => mapText(service.spec?.selector)),
]

function nodeStatus(node: KubeObject): string {
  const ready = ((node.status?.conditions ?? []) as { type: string; status: string }[]).find(
    (one) => one.type === 'Ready',
  )
  const word = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady'
  return node.spec?.unschedulable === true ? `${word},SchedulingDisabled` : word
}

function nodeRoles(node: KubeObject): string {
  const prefix = 'node-role.kubernetes.io/'
  const labels = Object.keys(node.metadata.labels ?? {}).filter((label) => label.startsWith(prefix) && label !== prefix)
  const named = node.metadata.labels?.['kubernetes.io/role']
  const roles = new Set(labels.map((label) => label.slice(prefix.length)))
  if (named) roles.add(named)
  return orNone([...roles].sort().join(','))
}

function nodeAddress(node: KubeObject, type: string): string {
  return orNone(
    ((node.status?.addresses ?? []) as { type: string; address: string }[]).find((one) => one.type === type)?.address,
  )
}

const nodeInfo = (node: KubeObject, field: string): string => node.status?.nodeInfo?.[field] || '<unknown>'

export const nodeColumns: readonly Column[] = [
  nameColumn,
  column('Status', nodeStatus),
  column('Roles', nodeRoles),
  ageColumn,
  column('Version', (node) => node.status?.nodeInfo?.kubeletVersion ?? ''),
  wideColumn('Internal-IP', (node) => nodeAddress(node, 'InternalIP')),
  wideColumn('External-IP', (node) => nodeAddress(node, 'ExternalIP')),
  wideColumn('OS-Image', (node) => nodeInfo(node, 'osImage')),
  wideColumn('Kernel-Version', (node) => nodeInfo(node, 'kernelVersion')),
  wideColumn('Container-Runtime', (node) => nodeInfo(node, 'containerRuntimeVersion')),
]

export const namespaceColumns: readonly Column[] = [
  nameColumn,
  column('Status', (object) => object.status?.phase ?? ''),
  ageColumn,
]
export const configMapColumns: readonly Column[] = [
  nameColumn,
  column('Data', (object) => size(object.data) + size(object.binaryData)),
  ageColumn,
]
export const secretColumns: readonly Column[] = [
  nameColumn,
  column('Type', (object) => object.type ?? 'Opaque'),
  column('Data', (object) => size(object.data)),
  ageColumn,
]
export const serviceAccountColumns: readonly Column[] = [nameColumn, ageColumn]
export const leaseColumns: readonly Column[] = [
  nameColumn,
  column('Holder', (object) => object.spec?.holderIdentity ?? ''),
  ageColumn,
]
export const priorityClassColumns: readonly Column[] = [
  nameColumn,
  column('Value', (object) => object.value ?? 0, 'integer'),
  column('Global-Default', (object) => object.globalDefault ?? false, 'boolean'),
  ageColumn,
  column('PreemptionPolicy', (object) => object.preemptionPolicy ?? 'PreemptLowerPriority'),
]

const modes: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
}
const modesText = (list: readonly string[] | undefined): string =>
  Object.keys(modes)
    .filter((mode) => list?.includes(mode))
    .map((mode) => modes[mode])
    .join(',')

const amount = (text: unknown, none: string): string => (isQuantity(text) ? formatQuantity(text) : none)

function claimPhase(claim: KubeObject): string {
  return claim.metadata.deletionTimestamp === undefined ? (claim.status?.phase ?? '') : 'Terminating'
}

export const persistentVolumeColumns: readonly Column[] = [
  nameColumn,
  column('Capacity', (volume) => amount(volume.spec?.capacity?.storage, '')),
  column('Access Modes', (volume) => modesText(volume.spec?.accessModes)),
  column('Reclaim Policy', (volume) => volume.spec?.persistentVolumeReclaimPolicy ?? ''),
  column('Status', claimPhase),
  column('Claim', ({ spec }) =>
    spec?.claimRef === undefined ? '' : `${spec.claimRef.namespace}/${spec.claimRef.name}`,
  ),
  column('StorageClass', (volume) => volume.spec?.storageClassName ?? ''),
  column('VolumeAttributesClass', (volume) => volume.spec?.volumeAttributesClassName ?? '<unset>'),
  column('Reason', (volume) => volume.status?.reason ?? ''),
  ageColumn,
  wideColumn('VolumeMode', (volume) => volume.spec?.volumeMode ?? '<unset>'),
]

export const persistentVolumeClaimColumns: readonly Column[] = [
  nameColumn,
  column('Status', claimPhase),
  column('Volume', (claim) => claim.spec?.volumeName ?? ''),
  column('Capacity', (claim) => (claim.spec?.volumeName ? amount(claim.status?.capacity?.storage, '0') : '')),
  column('Access Modes', (claim) => (claim.spec?.volumeName ? modesText(claim.status?.accessModes) : '')),
  column('StorageClass', (claim) => claim.spec?.storageClassName ?? ''),
  column('VolumeAttributesClass', (claim) => claim.spec?.volumeAttributesClassName ?? '<unset>'),
  ageColumn,
  wideColumn('VolumeMode', (claim) => claim.spec?.volumeMode ?? '<unset>'),
]

const defaultClass = 'storageclass.kubernetes.io/is-default-class'

export const storageClassColumns: readonly Column[] = [
  {
    ...nameColumn,
    value: ({ metadata }) =>
      metadata.annotations?.[defaultClass] === 'true' ? `${metadata.name} (default)` : metadata.name,
  },
  column('Provisioner', (object) => object.provisioner ?? ''),
  column('ReclaimPolicy', (object) => object.reclaimPolicy ?? 'Delete'),
  column('VolumeBindingMode', (object) => object.volumeBindingMode ?? 'Immediate'),
  column('AllowVolumeExpansion', (object) => object.allowVolumeExpansion ?? false),
  ageColumn,
]

interface SlicePort {
  readonly name?: string
  readonly port?: number
}

export const endpointSliceColumns: readonly Column[] = [
  nameColumn,
  column('AddressType', (slice) => slice.addressType ?? ''),
  column('Ports', (slice) =>
    shortened(
      ((slice.ports ?? []) as SlicePort[]).map((port) => String(port.port ?? port.name ?? '*')),
      '<unset>',
    ),
  ),
  column('Endpoints', (slice) =>
    shortened(
      ((slice.endpoints ?? []) as { addresses: string[] }[]).flatMap((one) => one.addresses),
      '<unset>',
    ),
  ),
  ageColumn,
]

/** At most three, then how many more. */
function shortened(all: readonly string[], none: string): string {
  const shown = all.slice(0, 3).join(',')
  if (shown === '') return none
  return all.length > 3 ? `${shown} + ${all.length - 3} more...` : shown
}

export const podDisruptionBudgetColumns: readonly Column[] = [
  nameColumn,
  column('Min Available', (budget) => String(budget.spec?.minAvailable ?? 'N/A')),
  column('Max Unavailable', (budget) => String(budget.spec?.maxUnavailable ?? 'N/A')),
  column('Allowed Disruptions', (budget) => count(budget, 'disruptionsAllowed'), 'integer'),
  ageColumn,
]
