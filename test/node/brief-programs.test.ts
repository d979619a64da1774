/** Containers whose process is a program that does its work and ends. */
import { expect, test } from 'vitest'
import { createCluster } from '../../src/index.ts'

const pod = (name: string, command: string[]): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'busybox', command }] },
})

test.each([
  ['asks', ['wget', '-qO-', 'web:80']],
  ['lists', ['ls', '/']],
  ['reckons', ['perl', '-Mbignum=bpi', '-wle', 'print bpi(2000)']],
  ['in-a-shell', ['sh', '-c', 'mkdir -p /x && wget web:80']],
])('%s and ends', async (name, command) => {
  await using cluster = await createCluster({ nodes: 1 })
  await cluster.apply(pod(name, command))
  await cluster.settle()
  expect(cluster.get('Pod', name)?.status?.phase).toBe('Succeeded')
})

test('what waits for input goes on', async () => {
  await using cluster = await createCluster({ nodes: 1 })
  await cluster.apply(pod('waits', ['cat']))
  await cluster.settle()
  expect(cluster.get('Pod', 'waits')?.status?.phase).toBe('Running')
})
