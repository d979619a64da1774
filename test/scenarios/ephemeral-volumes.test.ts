/** Generic ephemeral volumes: claims that come and go with their pod. */
import { expect, it } from 'vitest'
import type { KubeObject } from '../../src/api/object.ts'
import { createCluster } from '../../src/cluster.ts'

const template =
  'volumeClaimTemplate: {metadata: {labels: {of: e}}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}'
const pod = `
apiVersion: v1
kind: Pod
metadata: {name: e}
spec:
  containers: [{name: c, image: nginx, volumeMounts: [{name: v, mountPath: /v}]}]
  volumes: [{name: v, ephemeral: {${template}}}]
`
const claimed = (name: string) => `
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: ${name}}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
`

it.each(['Background', 'Foreground'] as const)(
  'a claim is made for the pod and goes with it (%s)',
  async (propagation) => {
    await using cluster = await createCluster({ nodes: 1 })
    await cluster.apply(pod)
    await cluster.settle()
    expect((cluster.get('Pod', 'e') as KubeObject).status.phase).toBe('Running')
    const claim = cluster.get('PersistentVolumeClaim', 'e-v') as KubeObject
    expect([claim.metadata.labels, claim.status.phase]).toEqual([{ of: 'e' }, 'Bound'])
    expect(claim.metadata.ownerReferences).toMatchObject([{ kind: 'Pod', name: 'e', controller: true }])
    await cluster.delete('Pod', 'e', { propagation })
    await cluster.settle()
    expect([cluster.list('Pod'), cluster.list('PersistentVolumeClaim'), cluster.list('PersistentVolume')]).toEqual([
      [],
      [],
      [],
    ])
  },
)

it("somebody else's claim of that name is not taken; the pod waits until it is gone", async () => {
  await using cluster = await createCluster({ nodes: 1 })
  await cluster.apply(`${claimed('e-v')}---${pod}`)
  await cluster.advance('10s')
  expect((cluster.get('Pod', 'e') as KubeObject).status.phase).toBe('Pending')
  const told = cluster.list('Event').filter(({ reason }) => reason === 'FailedBinding')
  expect(told.map(({ message }) => message)).toContain(
    'ephemeral volume v: PVC default/e-v was not created for pod default/e (pod is not owner)',
  )
  await cluster.delete('PersistentVolumeClaim', 'e-v')
  await cluster.advance('10m')
  expect((cluster.get('Pod', 'e') as KubeObject).status.phase).toBe('Running')
})
