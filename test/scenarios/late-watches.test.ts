/** What cannot be undone is not decided by a watch that is behind. */
import { expect, it } from 'vitest'
import { createCluster, fault } from '../../src/index.ts'

const web = (namespace: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: ${namespace}}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: nginx}]}
`

it('a dependent whose owner the collector has not heard of is kept', async () => {
  await using cluster = await createCluster({ nodes: 1 })
  cluster.fault(fault.watch('deployments').from('garbage-collector').hold())
  await cluster.apply(web('default'))
  await cluster.settle()
  expect(cluster.list('ReplicaSet')).toHaveLength(1)
  expect(cluster.list('Pod')).toHaveLength(1)
})

it('a namespace waits for what its controller has not heard of', async () => {
  await using cluster = await createCluster({ nodes: 1 })
  await cluster.apply('{apiVersion: v1, kind: Namespace, metadata: {name: team}}')
  cluster.fault(fault.watch('deployments').from('namespace').hold())
  await cluster.apply(web('team'))
  await cluster.delete('Namespace', 'team')
  await cluster.settle()
  expect(cluster.get('Namespace', 'team')).toBeUndefined()
  expect(cluster.list('Deployment', { namespace: '*' })).toEqual([])
})

it('a claim stays for a pod its protector has not heard of', async () => {
  await using cluster = await createCluster({ nodes: 1 })
  await cluster.apply(
    '{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: c}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}',
  )
  await cluster.settle()
  cluster.fault(fault.watch('pods').from('persistent-volume-claim-protection').hold())
  await cluster.apply(
    '{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: c, image: nginx}], volumes: [{name: v, persistentVolumeClaim: {claimName: c}}]}}',
  )
  await cluster.settle()
  await cluster.delete('PersistentVolumeClaim', 'c')
  await cluster.settle()
  expect(cluster.get('PersistentVolumeClaim', 'c')?.metadata.deletionTimestamp).toBeDefined()
  await cluster.delete('Pod', 'p')
  await cluster.settle()
  expect(cluster.get('PersistentVolumeClaim', 'c')).toBeUndefined()
})
