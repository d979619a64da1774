/**
 * A scenario explored: the same worlds, operations and properties as the live runs, but on the explorer, which keeps what
 * controllers did in tables and so makes hundreds of runs where the live cluster makes one. What users may do is drawn on
 * a fork of the settled world and kept as data; each run does a few of these things, in any order, at any moments.
 */
import { type Manifest, objectsOf } from '../../../src/cluster/manifest.ts'
import { type Cluster, createCluster } from '../../../src/index.ts'
import { drawsOf, type Prng } from '../../../src/lib/prng.ts'
import type { FaultBudget } from '../../../src/testing/explore/budget.ts'
import type { Action } from '../../../src/testing/explore/explorer.ts'
import { type Choose, Runner } from '../../../src/testing/explore/run.ts'
import { shrink } from '../../../src/testing/explore/shrink.ts'
import { withWorld } from '../../../src/testing/explore/world.ts'
import { type Operation, operationText } from '../../../src/testing/operation.ts'
import type { Property } from '../../../src/testing/property.ts'
import { operations } from './operations.ts'
import type { Rig } from './rig.ts'
import { type Scenario, scripts } from './scenarios.ts'

export interface Explored {
  readonly property: string
  readonly why: string
  readonly log: readonly string[]
  readonly runs: number
}

const faults: FaultBudget = { crash: 2, lag: 3, lags: 2, miss: 1, fail: 1, conflict: 1, lose: 1 }
/** Draws of each operation. */
const drawsOfEach = 6
/** A run that goes on for longer is left: whether the cluster comes to rest is for live runs, which end maintenance. */
const stepLimit = 1500
/** Longer than it takes until pods of a lost node are given up. */
const horizonMs = 400_000

/** What a user may do, each as a short sequence. */
type Deed = readonly Operation[]

export interface Exploring {
  readonly seed: number
  readonly clock: () => number
  readonly end: number
  readonly shrink: boolean
}

/** Runs until the time is over or something is wrong. Schedules and load go on for ever and are left to live runs. */
export async function explored(
  scenario: Scenario,
  claims: readonly Property[],
  { seed, clock, end, shrink }: Exploring,
): Promise<Explored | number> {
  if (scenario.endless === true) return 0
  const base = await createCluster({ scripts, ...scenario.cluster, seed: 7 })
  try {
    const first: Operation[] = []
    if (scenario.passing === true) await deedsOn(base, () => base.apply(scenario.manifest), first)
    else await base.apply(scenario.manifest)
    await base.settle({ within: '30m' })
    const deeds = await drawn(base, scenario, seed)
    // Where machines break, leases have to be kept: those runs are longer, and the others need not be.
    const whole = deeds.filter((deed) => !deed.some((one) => 'fault' in one))
    const worlds = whole.length < deeds.length ? [whole, deeds] : [deeds]
    const judged = claims.filter(({ formula }) => formula.type !== 'rests')
    let runs = 0
    for (const [i, some] of worlds.entries()) {
      const stop = clock() + (end - clock()) / (worlds.length - i)
      const found = exploredWith(base, first, some, judged, { seed, clock, end: stop, shrink })
      if (typeof found !== 'number') return { ...found, runs: runs + found.runs }
      runs += found
    }
    return runs
  } finally {
    await base.close()
  }
}

function exploredWith(
  base: Cluster,
  first: Deed,
  deeds: readonly Deed[],
  claims: readonly Property[],
  { seed, clock, end, shrink: isShrunk }: Exploring,
): Explored | number {
  const all = first.length > 0 ? [first, ...deeds] : deeds
  const lanes = all.flatMap((deed, lane) => deed.map(() => lane))
  const inputs = all.flat()
  const related = all.map((deed) => all.flatMap((other, i) => (areRelated(deed, other) ? [i] : [])))
  const what = { inputs, lanes, uses: [], inputsWhen: 'anytime', inputsAwait: {}, horizonMs } as const
  return withWorld(base, what, claims, { faults, mode: 'random' }, (world) => {
    const runner = new Runner(world, stepLimit)
    const laneOf = (action: Action): number => lanes[world.explorer.inputs.indexOf(action)] as number
    let runs = 0
    for (; clock() < end; runs++) {
      const random = drawsOf(seed + runs)
      const { violation, log } = runner.run(chooserOf(random, chosenOf(random, related, first.length > 0), laneOf))
      if (violation === undefined) continue
      const property = violation.property.name
      const short = isShrunk ? shrink(world, log, property).log : log
      return { property, why: violation.why, log: short, runs: runs + 1 }
    }
    return runs
  })
}

/** Which deeds one run does: those about the same things more often than others. */
function chosenOf(random: Prng, related: readonly (readonly number[])[], withFirst: boolean): ReadonlySet<number> {
  let last = random.below(related.length)
  const wanted = new Set(withFirst ? [0, last] : [last])
  for (let more = random.below([2, 5, 12][random.below(3)] as number); more > 0; more--) {
    const near = related[last] as readonly number[]
    last = random.below(10) < 7 ? (near[random.below(near.length)] as number) : random.below(related.length)
    wanted.add(last)
  }
  return wanted
}

function areRelated(one: Deed, other: Deed): boolean {
  const [names, others] = [one.flatMap(namesIn), other.flatMap(namesIn)]
  return names.some((name) => others.some((its) => isOf(name, its) || isOf(its, name)))
}

/** `web-5d4f-x7k2p` is of `web`. */
const isOf = (name: string, owner: string): boolean => name === owner || name.startsWith(`${owner}-`)

/** The names of what an operation is about, and of its owners. */
function namesIn(operation: Operation): string[] {
  if ('wait' in operation) return []
  if ('fault' in operation) return Object.values(operation.fault).map(String)
  if ('node' in operation) return [operation.node]
  if (operation.op !== 'apply') return [operation.name]
  const { name, ownerReferences = [] } = operation.object.metadata
  return [name, ...ownerReferences.map((owner) => owner.name)]
}

/** The writes that somebody makes on a cluster, as operations; they are not carried out. */
async function deedsOn(cluster: Cluster, act: () => Promise<unknown>, into: Operation[]): Promise<void> {
  const told = async (...made: readonly Operation[]): Promise<never> => {
    into.push(...made)
    return undefined as never
  }
  const spy = {
    patch: (kind: string, name: string, patch: never, { type = 'merge', namespace = 'default' } = {}) =>
      told({ op: 'patch', kind, name, patch, type: type as 'merge', namespace }),
    delete: (kind: string, name: string, how: object = {}) => told({ op: 'delete', kind, name, ...how }),
    apply: (manifest: Manifest) => told(...objectsOf(manifest).map((object) => ({ op: 'apply', object }) as const)),
  }
  Object.assign(cluster, spy)
  try {
    await act()
  } finally {
    for (const name of Object.keys(spy)) Reflect.deleteProperty(cluster, name)
  }
}

/** Operations that evict: the live ones ask the API's handlers. */
const viaEvictions: Readonly<Record<string, (cluster: Cluster, n: number) => Operation[]>> = {
  evict(cluster, n) {
    const pods = cluster.list('Pod', { namespace: '*' })
    const { name = '', namespace = 'default' } = pods[n % Math.max(1, pods.length)]?.metadata ?? {}
    return pods.length === 0 ? [] : [{ op: 'evict', name, namespace }]
  },
  drain(cluster, n) {
    const nodes = cluster.list('Node')
    return nodes.length === 0 ? [] : [{ op: 'drain', node: nodes[n % nodes.length]?.metadata.name as string }]
  },
}

/** What each operation comes to in the settled world, by several numbers; equal things once. */
async function drawn(base: Cluster, scenario: Scenario, seed: number): Promise<Deed[]> {
  const random = drawsOf(seed)
  const deeds = new Map<string, Deed>()
  for (const name of new Set(scenario.ops)) {
    for (let i = 0; i < drawsOfEach; i++) {
      const cluster = base.fork()
      const deed: Operation[] = []
      const node = (of: string, event: string) => deed.push({ fault: { [event]: of } as never })
      const rig = { cluster, down: new Map(), lost: new Set(), node } as unknown as Rig
      const numbers = [0, 1, 2, 3].map(() => random.below(1_000_000))
      const known = viaEvictions[name]
      if (known === undefined) await deedsOn(cluster, async () => operations[name]?.(rig, numbers, scenario), deed)
      else deed.push(...known(cluster, numbers[0] as number))
      await cluster.close()
      if (deed.length > 0) deeds.set(deed.map(operationText).join('; '), deed)
    }
  }
  return [...deeds.values()]
}

/** A few deeds, at quiet moments or at any; turns in their order, in any order, or with faults as well. */
function chooserOf(random: Prng, wanted: ReadonlySet<number>, laneOf: (action: Action) => number): Choose {
  const chance = (of: number): boolean => random.below(1000) < of * 1000
  const atRest = chance(0.5)
  const rough = random.below(3)
  const rate = [0.02, 0.08, 0.25][random.below(3)] as number
  // Some users do one thing right after the other, before anybody has looked at the first.
  const hasty = chance(0.5)
  let inputsBefore = Number.POSITIVE_INFINITY
  let last = ''
  return (actions, broken) => {
    const inputs = actions.filter((one) => one.type === 'input' && wanted.has(laneOf(one)))
    const others = actions.filter(({ type }) => type !== 'input')
    const isQuiet = others.every(({ type }) => type === 'time')
    const atOnce = hasty && inputs.length < inputsBefore && chance(0.6)
    inputsBefore = inputs.length
    const now = atOnce || (isQuiet ? others.length === 0 || chance(0.3) : !atRest && chance(0.08))
    if (inputs.length > 0 && now) return inputs[random.below(inputs.length)]
    if (rough === 2 && chance(rate)) {
      const all = broken()
      // First which sort, then whom it strikes: sorts with many victims do not crowd out the others.
      const sorts = [...new Set(all.map(sortOf))]
      const sort = sorts[random.below(Math.max(1, sorts.length))]
      const some = all.filter((one) => sortOf(one) === sort)
      if (some.length > 0) return some[random.below(some.length)]
    }
    if (rough > 0 && chance(0.4)) return others[random.below(others.length)]
    const next = others.find(({ type, name }) => type === 'local' && name > last) ?? others[0]
    if (next?.type === 'local') last = next.name
    return next
  }
}

const sortOf = ({ sort, name }: Action): string => sort ?? name
