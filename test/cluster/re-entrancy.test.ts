/** Calls from within a subscription: writes wait their turn, time cannot be moved, everybody sees one order. */
import { expect, it } from 'vitest'
import { createCluster } from '../../src/index.ts'

const configMap = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } })
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a' },
  spec: { containers: [{ name: 'c', image: 'x' }] },
}

it('two subscribers see the order of commits, though the first one writes', async () => {
  await using cluster = await createCluster({ nodes: 1 })
  const start = cluster.snapshot.revision
  const [first, second, snapshots]: number[][] = [[], [], []]
  const answers: Promise<unknown>[] = []
  cluster.transition$.subscribe(({ change, revision }) => {
    first?.push(revision)
    if (change.resource === 'configmaps' && answers.length < 6) {
      answers.push(cluster.apply(configMap(`n${answers.length}`)))
      answers.push(cluster.patch('ConfigMap', change.object.metadata.name, { data: { n: String(answers.length) } }))
    }
  })
  cluster.transition$.subscribe(({ revision }) => second?.push(revision))
  cluster.snapshot$.subscribe(({ revision }) => snapshots?.push(revision))
  await cluster.apply(configMap('first'))
  await Promise.all(answers)
  const expected = Array.from({ length: cluster.snapshot.revision - start }, (_, i) => start + 1 + i)
  expect(expected.length).toBeGreaterThan(6)
  expect(first).toEqual(expected)
  expect(second).toEqual(expected)
  expect(snapshots).toEqual([start, ...expected])
})

it('time and forks are refused there; faults act when the delivery is over', async () => {
  await using cluster = await createCluster({ nodes: 1 })
  const codes: Promise<unknown>[] = []
  const codeOf = (call: () => unknown) =>
    Promise.resolve(new Promise((done) => done(call()))).catch((error) => error.code)
  cluster.transition$.subscribe(({ change }) => {
    if (codes.length > 0 || change.object.spec?.nodeName === undefined || change.resource !== 'pods') return
    codes.push(codeOf(() => cluster.settle()))
    codes.push(codeOf(() => cluster.advance(1)))
    codes.push(codeOf(() => cluster.until(() => true)))
    codes.push(codeOf(() => cluster.fork()))
    cluster.fault({ silence: 'node-1' })
  })
  await cluster.apply(pod)
  await cluster.settle()
  expect(await Promise.all(codes)).toEqual(['KYB-NESTED', 'KYB-NESTED', 'KYB-NESTED', 'KYB-FORK-BUSY'])
  expect(cluster.actor('Node', 'node-1').getSnapshot().value).toBe('silent')
  expect(cluster.get('Pod', 'a')?.status.phase).toBe('Pending')
})

it('a subscriber that answers every change with a write is stopped', async () => {
  await using cluster = await createCluster({ nodes: 1 })
  const refusals: number[] = []
  let writes = 0
  cluster.transition$.subscribe(({ change }) => {
    if (change.key !== 'default/hot') return
    const data = { n: String(writes++) }
    cluster.patch('ConfigMap', 'hot', { data }).catch(({ code }) => refusals.push(code))
  })
  await cluster.apply(configMap('hot'))
  expect(refusals).toEqual([429])
  expect(cluster.get('ConfigMap', 'hot')?.data.n).toBe('9999')
})
