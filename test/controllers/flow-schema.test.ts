/** FlowSchemas and classes of volume attributes: what their controllers keep true. */
import { expect, test } from 'vitest'
import { createCluster } from '../../src/index.ts'

const group = 'flowcontrol.apiserver.k8s.io/v1'

test('a FlowSchema dangles as long as its level is not there', async () => {
  await using cluster = await createCluster({ nodes: 0 })
  const spec = { priorityLevelConfiguration: { name: 'own' } }
  await cluster.apply({ apiVersion: group, kind: 'FlowSchema', metadata: { name: 'own' }, spec })
  await cluster.settle()
  const condition = () => cluster.get('FlowSchema', 'own')?.status.conditions[0]
  expect(condition()).toMatchObject({
    type: 'Dangling',
    status: 'True',
    reason: 'NotFound',
    message: 'This FlowSchema references the PriorityLevelConfiguration object named "own" but there is no such object',
  })
  const limited = { limitResponse: { type: 'Reject' } }
  const level = { apiVersion: group, kind: 'PriorityLevelConfiguration', metadata: { name: 'own' } }
  await cluster.apply({ ...level, spec: { type: 'Limited', limited } })
  await cluster.settle()
  expect(condition()).toMatchObject({ status: 'False', reason: 'Found' })
  expect(cluster.list('FlowSchema')).toHaveLength(12)
  expect(cluster.list('PriorityLevelConfiguration')).toHaveLength(9)
})

test('a class of volume attributes stays while a claim names it', async () => {
  await using cluster = await createCluster({ nodes: 0 })
  await cluster.apply({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'VolumeAttributesClass',
    metadata: { name: 'gold' },
    driverName: 'a.b',
    parameters: { a: 'b' },
  })
  const resources = { requests: { storage: '1Gi' } }
  const spec = {
    accessModes: ['ReadWriteOnce'],
    resources,
    volumeAttributesClassName: 'gold',
    storageClassName: 'none',
  }
  await cluster.apply({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data' }, spec })
  await cluster.delete('VolumeAttributesClass', 'gold')
  await cluster.settle()
  expect(cluster.get('VolumeAttributesClass', 'gold')?.metadata.finalizers).toEqual(['kubernetes.io/vac-protection'])
  await cluster.delete('PersistentVolumeClaim', 'data')
  await cluster.settle()
  expect(cluster.get('VolumeAttributesClass', 'gold')).toBeUndefined()
})
