/** After close(): streams are complete, what was read stays, and whatever would move the cluster is refused. */
import { expect, it } from 'vitest'
import { createCluster } from '../../src/index.ts'

const configMap = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } })

it('completes every stream and refuses further use', async () => {
  const cluster = await createCluster({ nodes: 1 })
  await cluster.apply(configMap('kept'))
  const node = cluster.actor('Node', 'node-1')
  const ended: string[] = []
  cluster.snapshot$.subscribe({ complete: () => ended.push('snapshot$') })
  cluster.transition$.subscribe({ complete: () => ended.push('transition$') })
  cluster.trouble$.subscribe({ complete: () => ended.push('trouble$') })
  node.subscribe({ complete: () => ended.push('actor') })
  await cluster.close()
  await cluster.close()
  expect(ended.sort()).toEqual(['actor', 'snapshot$', 'transition$', 'trouble$'])
  const uses: Record<string, () => unknown> = {
    apply: () => cluster.apply(configMap('more')),
    patch: () => cluster.patch('ConfigMap', 'kept', { data: { a: 'b' } }),
    delete: () => cluster.delete('ConfigMap', 'kept'),
    settle: () => cluster.settle(),
    advance: () => cluster.advance('1s'),
    until: () => cluster.until(() => true),
    fork: () => cluster.fork(),
    fault: () => cluster.fault({ kill: 'node-1' }),
    send: () => node.send({ type: 'node.killed' }),
    load: () => cluster.network.load('http://kept', { requestsPerSecond: 1 }),
  }
  for (const [name, use] of Object.entries(uses)) {
    const answer = Promise.resolve().then(use)
    await expect(answer, name).rejects.toMatchObject({ code: 'KYB-CLOSED' })
  }
  expect(cluster.get('ConfigMap', 'kept')).toBeDefined()
  expect(cluster.get('ConfigMap', 'more')).toBeUndefined()
})

it('in the middle of a delivery ends the turns that were to come', async () => {
  const cluster = await createCluster({ nodes: 1 })
  const seen: string[] = []
  cluster.transition$.subscribe(({ change }) => {
    seen.push(change.resource)
    if (change.resource === 'pods') void cluster.close()
  })
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a' },
    spec: { containers: [{ name: 'c', image: 'x' }] },
  }
  await expect(cluster.apply(pod)).rejects.toMatchObject({ code: 'KYB-CLOSED' })
  expect(seen.filter((resource) => resource === 'pods')).toEqual(['pods'])
})
