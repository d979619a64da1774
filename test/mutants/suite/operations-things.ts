/** What a user does to what pods share: claims and their pods, types and addresses of services, quotas, gates, sizes of nodes. */
import type { KubeObject } from '../../../src/index.ts'
import { chosen, named, type Operation, patch, tried } from './operation-tools.ts'
import type { Rig } from './rig.ts'
import { claimPodText, claimText } from './scenarios-things.ts'

const claimsOf = (rig: Rig): readonly KubeObject[] => rig.cluster.list('PersistentVolumeClaim')

const claimPod: Operation = async (rig, [a, b, c]) => {
  const claim = chosen(claimsOf(rig), a)
  if (claim === undefined) return undefined
  const name = `user-${(b ?? 0) % 3}`
  const program = chosen(['image: "nginx:1"', 'image: busybox, command: [sleep, "10"]'], c)
  return tried(`create pod ${name} with ${named(claim)}`, () =>
    rig.cluster.apply(claimPodText(name, claim.metadata.name, program)),
  )
}

/** Deletes a claim and makes one of its name. */
const claimAnew: Operation = async (rig, [a, b, c]) => {
  const name = chosen(['data', 'shared', 'later', 'own', 'other'], a) as string
  const [storageClass, modes] = chosen(
    [
      ['manual', 'ReadWriteOnce'],
      ['manual', 'ReadWriteOnce, ReadOnlyMany'],
      ['late', 'ReadWriteOnce'],
      ['standard', 'ReadWriteOnce'],
    ],
    b,
  ) as [string, string]
  const size = chosen(['1Gi', '3Gi', '6Gi'], c) as string
  await tried('', () => rig.cluster.delete('PersistentVolumeClaim', name))
  return tried(`claim ${name} anew, ${size} of ${storageClass} as ${modes}`, () =>
    rig.cluster.apply(claimText(name, size, storageClass, modes)),
  )
}

const services = (rig: Rig): readonly KubeObject[] =>
  rig.cluster.list('Service').filter(({ metadata }) => metadata.name !== 'kubernetes')

const serviceType: Operation = async (rig, [a, b]) => {
  const service = chosen(services(rig), a)
  if (service === undefined) return undefined
  const type = chosen(['ClusterIP', 'NodePort', 'LoadBalancer'], b)
  return tried(`make ${named(service)} a ${type}`, () => patch(rig, service, { spec: { type } }))
}

/** A service, here or in another namespace, that asks for an address or a port which another has. */
const copyService: Operation = async (rig, [a, b]) => {
  const service = chosen(services(rig), a)
  if (service === undefined) return undefined
  const [namespace, name] = [chosen(['default', 'elsewhere'], b) as string, `${service.metadata.name.slice(0, 8)}-2`]
  const { clusterIP, ports, type, selector } = service.spec
  const spec = (b ?? 0) % 3 === 0 ? { clusterIP, ports: [{ port: 80 }] } : { type, ports, selector }
  await tried('', () => rig.cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }))
  return tried(`create service ${namespace}/${name} like ${service.metadata.name}`, () =>
    rig.cluster.apply({ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace }, spec } as never),
  )
}

const moreQuota: Operation = async (rig, [a, b]) => {
  const quota = chosen(rig.cluster.list('ResourceQuota'), a)
  if (quota === undefined) return undefined
  const hard = chosen(
    [{ pods: '3' }, { 'requests.cpu': '1' }, { 'services.nodeports': '2' }, { pods: '9', services: '8' }],
    b,
  )
  return tried(`change ${named(quota)}: ${JSON.stringify(hard)}`, () => patch(rig, quota, { spec: { hard } }))
}

const ungate: Operation = async (rig, [a]) => {
  const gated = rig.cluster.list('Pod').filter(({ spec }) => (spec?.schedulingGates?.length ?? 0) > 0)
  const pod = chosen(gated, a)
  if (pod === undefined) return undefined
  return tried(`open the gates of ${named(pod)}`, () => patch(rig, pod, { spec: { schedulingGates: null } }))
}

/** More memory or processors are put in, or taken out of what pods may have. */
const growNode: Operation = async (rig, [a, b]) => {
  const node = chosen(rig.cluster.list('Node'), a)
  if (node === undefined) return undefined
  const cpu = chosen(['4', '8', '3'], b) as string
  const status = { allocatable: { ...node.status?.allocatable, cpu }, capacity: { ...node.status?.capacity, cpu } }
  return tried(`give ${node.metadata.name} ${cpu} processors`, () =>
    rig.cluster.patch('Node', node.metadata.name, { status }, { type: 'merge', subresource: 'status' }),
  )
}

export const thingOperations: Readonly<Record<string, Operation>> = {
  'claim-pod': claimPod,
  'claim-anew': claimAnew,
  'service-type': serviceType,
  'copy-service': copyService,
  'more-quota': moreQuota,
  ungate,
  'grow-node': growNode,
}
