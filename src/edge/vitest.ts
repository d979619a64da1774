/**
 * kybern/vitest: `test` with a cluster as a fixture, and `expect` with matchers that wait in virtual time.
 *
 *     import { expect, on, test } from 'kybern/vitest'
 *
 *     test.override({ manifests: [deployment] })
 *     test('it rolls out', async ({ cluster }) => {
 *       await expect(on(cluster, 'Deployment', 'web')).toBeAvailable({ within: '2m' })
 *       await expect(cluster).toHaveCount('Pod', 3)
 *     })
 *
 * The world of a file is made once for each set of options and manifests, settled, and forked for every test. A test that
 * fails keeps its run under `test-results/`: `kybern inspect FILE` shows it, `kybern replay FILE` repeats it.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test as base, expect } from 'vitest'
import type { Cluster } from '../cluster/cluster.ts'
import type { Manifest } from '../cluster/manifest.ts'
import type { ClusterOptions } from '../cluster/options.ts'
import type { ListOptions } from '../cluster/selecting.ts'
import { createCluster } from '../index.ts'
import { runOf } from '../inspector/run.ts'
import { Watched } from '../inspector/watched.ts'
import { matchers, type Within } from '../testing/vitest/matchers.ts'
import { keptTrace, traces } from '../testing/vitest/trace.ts'
import { watching } from '../testing/vitest/watching.ts'
import { wallClock } from './wall-clock.ts'

export * from 'vitest'
export { fault, fault as faults } from '../cluster/fault-rules.ts'
export { type ObjectHandle, on } from '../testing/vitest/handle.ts'
export { type SpiedRequest, type Spy, spyOnRequests } from '../testing/vitest/spy.ts'

expect.extend(matchers)

declare module 'vitest' {
  interface Matchers<T> {
    /** The object becomes available, in its kind's own sense. Takes `on(cluster, kind, name)`. */
    toBeAvailable(options?: Within): Promise<void>
    /** A phase, a reason or a condition: `Running`, `CrashLoopBackOff`, `Available`. Takes `on(cluster, kind, name)`. */
    toReach(state: string, options?: Within): Promise<void>
    /** The object comes to exist; with `.not`, it goes. Takes `on(cluster, kind, name)`. */
    toExist(options?: Within): Promise<void>
    /** So many objects, of all namespaces unless one is named. Takes a cluster. */
    toHaveCount(kind: string, count: number, options?: Within & ListOptions): Promise<void>
    /** Nobody has anything left to do. Takes a cluster. */
    toSettle(options?: Within): Promise<void>
    /** It holds now and at every instant of that time. Takes a cluster. */
    toStayTrue(holds: (cluster: Cluster) => boolean, options: { for: string | number }): Promise<void>
    /** A spy saw the request: `create pods`, `update deployments.apps/status`. */
    toHaveRequested(request: string, options?: { times?: number }): void
  }
}

interface Fixtures {
  /** Options of the world of this file (or of a `describe`, by `test.override`). */
  readonly clusterOptions: ClusterOptions
  /** What is applied and settled in it. */
  readonly manifests: readonly Manifest[]
  /** A fork of that world, for this test alone. */
  readonly cluster: Cluster
  /** The worlds made so far in this file. */
  readonly worlds: Map<string, Promise<Watched>>
}

const folder = 'test-results'

function keep(name: string, text: string): string {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `${name.replace(/[^\w.-]+/g, '-').slice(0, 120)}.json`)
  writeFileSync(path, text)
  return path
}

/** Watched from its creation, so that a test which fails can keep its run from the beginning. */
async function worldOf(options: ClusterOptions, manifests: readonly Manifest[]): Promise<Watched> {
  const world = await createCluster(options)
  const watched = new Watched(world, { name: 'world' }, wallClock, () => undefined)
  for (const manifest of manifests) await world.apply(manifest)
  await world.settle()
  return watched
}

function forkOf({ cluster, tape, steps, startedAt, info: { recorded } }: Watched): Watched {
  const origin = { name: 'test', tape: tape.fork(), steps, startedAt, recorded }
  return new Watched(cluster.fork(), origin, wallClock, () => undefined)
}

export const test = base.extend<Fixtures>({
  worlds: [
    // biome-ignore lint/correctness/noEmptyPattern: a fixture names what it needs, and this one needs nothing
    async ({}, use) => {
      const worlds = new Map<string, Promise<Watched>>()
      await use(worlds)
      for (const made of worlds.values()) {
        const world = await made
        world.stop()
        await world.cluster.close()
      }
    },
    { scope: 'file' },
  ],
  clusterOptions: {},
  manifests: [[], { auto: false }],
  cluster: async ({ worlds, clusterOptions, manifests, task, onTestFailed }, use) => {
    const key = JSON.stringify([clusterOptions, manifests], (_name, value) =>
      typeof value === 'function' ? String(value) : value,
    )
    const world = worlds.get(key) ?? worldOf(clusterOptions, manifests)
    worlds.set(key, world)
    const watched = forkOf(await world)
    const { cluster } = watched
    watching(cluster)
    traces(cluster, `${task.suite?.name ?? ''} ${task.name}`.trim(), keep, (title) => runOf(watched, title))
    onTestFailed(() => {
      keptTrace(cluster)
    })
    await use(cluster)
    watching(cluster).stop()
    watched.stop()
    await cluster.close()
  },
})
export const it = test
export { expect }
