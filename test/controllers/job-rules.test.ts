/** Jobs as Kubernetes 1.36 counts, ends and replaces their pods. */
import { describe, expect, it, test } from 'vitest'
import { type Cluster, createCluster, type KubeObject } from '../../src/index.ts'

const failures = 'batch.kubernetes.io/job-index-failure-count'
const ignored = 'batch.kubernetes.io/job-index-ignored-failure-count'

const job = (command: string, spec: object = {}) => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'work' },
  spec: {
    template: {
      spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox', command: ['sh', '-c', command] }] },
    },
    ...spec,
  },
})

const statusOf = (cluster: Cluster) => cluster.get('Job', 'work')?.status
const conditionOf = (cluster: Cluster, type: string): Record<string, unknown> | undefined =>
  statusOf(cluster)?.conditions?.find((one: { type: string }) => one.type === type)
const born = (pods: readonly KubeObject[]): number[] =>
  pods.map(({ metadata }) => Date.parse(metadata.creationTimestamp ?? '') / 1000).sort((a, b) => a - b)
const gaps = (times: readonly number[]): number[] => times.slice(1).map((at, i) => at - (times[i] as number))

describe('back-off', () => {
  it('doubles with each failure in a row', async () => {
    await using cluster = await createCluster({ nodes: 1 })
    await cluster.apply(job('exit 1', { backoffLimit: 3 }))
    await cluster.settle()
    const [first = 0, second = 0, third = 0] = gaps(born(cluster.list('Pod')))
    expect([Math.floor(first / 10), Math.floor(second / 10), Math.floor(third / 10)]).toEqual([1, 2, 4])
  })

  it('is kept for each index that has its own limit, and remembered by the pods', async () => {
    await using cluster = await createCluster({ nodes: 1 })
    const spec = { completionMode: 'Indexed', completions: 2, parallelism: 2, backoffLimitPerIndex: 2 }
    await cluster.apply(job('exit 1', spec))
    await cluster.settle()
    const pods = cluster.list('Pod', { labelSelector: 'batch.kubernetes.io/job-completion-index=1' })
    expect(pods.map(({ metadata }) => metadata.annotations?.[failures]).sort()).toEqual(['0', '1', '2'])
    const [first = 0, second = 0] = gaps(born(pods))
    expect([Math.floor(first / 10), Math.floor(second / 10)]).toEqual([1, 2])
    expect(statusOf(cluster)).toMatchObject({ failed: 6, failedIndexes: '0,1' })
    expect(conditionOf(cluster, 'Failed')).toMatchObject({ reason: 'FailedIndexes' })
  })

  it('goes on though failures are ignored, and they do not use the limit of the index up', async () => {
    await using cluster = await createCluster({ nodes: 1 })
    const rules = [{ action: 'Ignore', onExitCodes: { operator: 'In', values: [3] } }]
    const spec = { completionMode: 'Indexed', completions: 1, backoffLimitPerIndex: 0, podFailurePolicy: { rules } }
    await cluster.apply(job('exit 3', spec))
    await cluster.advance('65s')
    expect(statusOf(cluster)).toMatchObject({ failedIndexes: '' })
    expect(statusOf(cluster)?.failed).toBeUndefined()
    const annotations = cluster.list('Pod').map(({ metadata }) => metadata.annotations ?? {})
    expect(annotations.map((one) => one[ignored] ?? '0').sort()).toEqual(['0', '1', '2'])
    expect(annotations.every((one) => one[failures] === '0')).toBe(true)
  })
})

test('a failed pod of an index keeps its finalizer until the next one remembers it', async () => {
  await using cluster = await createCluster({ nodes: 1 })
  const spec = { completionMode: 'Indexed', completions: 1, backoffLimitPerIndex: 3 }
  await cluster.apply(job('exit 1', spec))
  await cluster.advance('5s')
  const [first] = cluster.list('Pod')
  await cluster.delete('Pod', first?.metadata.name ?? '')
  await cluster.advance('1s')
  expect(cluster.list('Pod')).toHaveLength(1)
  await cluster.advance('20s')
  const [next, ...others] = cluster.list('Pod')
  expect(others).toEqual([])
  expect(next?.metadata.annotations?.[failures]).toBe('1')
})

test('an Indexed Job that is made smaller forgets the indexes beyond', async () => {
  await using cluster = await createCluster({ nodes: 1 })
  await cluster.apply(job('serve', { completionMode: 'Indexed', completions: 4, parallelism: 4 }))
  await cluster.settle()
  await cluster.patch('Job', 'work', { status: { succeeded: 2, completedIndexes: '2,3' } }, { subresource: 'status' })
  await cluster.patch('Job', 'work', { spec: { completions: 2, parallelism: 2 } })
  await cluster.advance('5s')
  expect(statusOf(cluster)).toMatchObject({ active: 2 })
  expect(statusOf(cluster)?.completedIndexes).toBeUndefined()
  const kept = cluster.list('Pod').filter(({ metadata }) => metadata.deletionTimestamp === undefined)
  expect(kept.map(({ metadata }) => metadata.annotations?.['batch.kubernetes.io/job-completion-index']).sort()).toEqual(
    ['0', '1'],
  )
})

test('of two pods of one index one goes, though there are not too many', async () => {
  await using cluster = await createCluster({ nodes: 1 })
  await cluster.apply(job('serve', { completionMode: 'Indexed', completions: 3, parallelism: 3 }))
  await cluster.settle()
  const index = 'batch.kubernetes.io/job-completion-index'
  const one = cluster.list('Pod').find(({ metadata }) => metadata.annotations?.[index] === '2')
  await cluster.patch('Pod', one?.metadata.name ?? '', { metadata: { annotations: { [index]: '1' } } })
  await cluster.advance('1m')
  const kept = cluster.list('Pod').map(({ metadata }) => metadata.annotations?.[index])
  expect(kept.sort()).toEqual(['0', '1', '2'])
})

test('the index is kept in the names of pods of a Job with a long name', async () => {
  await using cluster = await createCluster({ nodes: 1 })
  const name = 'a'.repeat(63)
  const long = job('serve', { completionMode: 'Indexed', completions: 1 })
  await cluster.apply({ ...long, metadata: { name } })
  await cluster.settle()
  expect(cluster.list('Pod')[0]?.metadata.name).toMatch(/^a{55}-0-.{5}$/)
})

test('what is let go by its Job loses the tracking finalizer', async () => {
  await using cluster = await createCluster({ nodes: 1 })
  await cluster.apply(job('serve'))
  await cluster.settle()
  const name = cluster.list('Pod')[0]?.metadata.name ?? ''
  const none = { 'batch.kubernetes.io/controller-uid': null, 'controller-uid': null }
  await cluster.patch('Pod', name, { metadata: { labels: none } })
  await cluster.settle()
  expect(cluster.get('Pod', name)?.metadata.finalizers ?? []).toEqual([])
  await cluster.delete('Pod', name)
  await cluster.settle()
  expect(cluster.get('Pod', name)).toBeUndefined()
})
