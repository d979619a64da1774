/** Random runs: whatever is done through a session, its file gives the same cluster again, and so does every rewinding. */
import { describe, expect, it } from 'vitest'
import { prngOf } from '../../src/lib/prng.ts'
import { inspected, web } from '../support/inspecting.ts'

type Client = Awaited<ReturnType<typeof inspected>>['page']['client']

const deployment = { kind: 'Deployment', name: 'web' }
const nodes = ['node-1', 'node-2', 'node-3']
const controllers = ['deployment', 'replicaset', 'endpointslice', 'node-lifecycle', 'scheduler', 'kubelet']

/** One random thing; what is refused is part of the run. */
async function something(client: Client, below: (count: number) => number): Promise<void> {
  const one = <T>(list: readonly T[]): T => list[below(list.length)] as T
  const pods = async (): Promise<string[]> =>
    (await client.ask('moment', {})).objects.filter(({ kind }) => kind === 'Pod').map(({ name }) => name)
  const things: readonly (() => Promise<unknown>)[] = [
    () => client.ask('apply', { text: web(below(5), `nginx:1.${below(3)}`) }),
    () => client.ask('scale', { ...deployment, replicas: below(6) - 1 }),
    () => client.ask('setImage', { ...deployment, image: `nginx:2.${below(3)}` }),
    () => client.ask('rolloutRestart', deployment),
    () => client.ask('rolloutUndo', deployment),
    async () => client.ask('delete', { kind: 'Pod', name: one([...(await pods()), 'none']) }),
    () => client.ask('delete', { ...deployment, propagation: one(['Background', 'Foreground', 'Orphan'] as const) }),
    () => client.ask('cordon', { node: one(nodes) }),
    () => client.ask('uncordon', { node: one(nodes) }),
    () => client.ask('drain', { node: one(nodes) }),
    () => client.ask('fault', { fault: { [one(['kill', 'silence', 'restore'])]: one(nodes) } }),
    () => client.ask('fault', { fault: { [one(['crash', 'restart'])]: one(controllers) } }),
    () =>
      client.ask('fault', {
        fault: {
          type: 'watch',
          resource: one(['pods', 'nodes', '*']),
          from: one(controllers),
          lag: one(['hold', 1, 2]),
        },
      }),
    () =>
      client.ask('fault', {
        fault: {
          ...{
            type: 'request',
            verb: one(['create', 'update', 'patch', 'delete']),
            resource: one(['pods', '*', 'pods/status']),
          },
          ...{ chance: one([0.3, 1]), times: 1 + below(3) },
          strike: one([
            { how: 'status', code: 409 },
            { how: 'lost' },
            { how: 'drop' },
            { how: 'duplicate' },
            { how: 'delay', ms: 500 },
          ]),
        },
      }),
    async () => client.ask('lift', { id: one([...(await client.ask('faults', {})).map(({ id }) => id), 0]) }),
    () => client.ask('send', { actor: `nodes/${one(nodes)}`, event: { type: one(['node.killed', 'node.restored']) } }),
    () => client.ask('request', { url: one(['http://web.default.svc', 'http://none']) }),
    () => client.ask('load', { url: 'http://web.default.svc', requestsPerSecond: below(3) * 10 }),
    async () =>
      client.ask('exec', {
        pod: { kind: 'Pod', name: one([...(await pods()), 'none']) },
        command: ['sh', '-c', `echo ${below(9)} >> /tmp/x`],
      }),
    () => client.ask('advance', { by: 1 + below(60_000) }),
    () => client.ask('advance', { by: 1 + below(900) }),
    () => client.ask('step', {}),
  ]
  await one(things)().catch(() => undefined)
}

describe.each([1, 2, 3, 4])('run %i', (seed) => {
  it('is repeated to the byte, and rewound to the byte', async () => {
    await using scene = await inspected({ seed })
    const { client } = scene.page
    const { cluster, inspection } = scene
    const prng = prngOf(1000 + seed)
    const hashes = new Map<number, string>()
    for (let i = 0; i < 25; i++) {
      await something(client, (count) => prng.below(count))
      hashes.set(cluster.now.getTime(), cluster.hash())
    }
    const file = await client.ask('save', {})
    const opened = await client.ask('open', { text: JSON.stringify(file) })
    expect(opened, `seed ${seed}`).toMatchObject({ same: true })
    await client.ask('close', {}, opened.cluster.name)
    for (const [time, hash] of [...hashes].filter((_, i) => i % 4 === 0)) {
      const fork = await client.ask('fork', { time })
      expect([time, inspection.cluster(fork.name).cluster.hash()], `seed ${seed}`).toEqual([time, hash])
      await client.ask('close', {}, fork.name)
    }
  })
})
