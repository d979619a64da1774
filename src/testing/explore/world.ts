/** From a scenario to something that can be explored: the live set-up, its cells, the steps, the faults, the judge. */
import { parseDuration } from '../../api/time.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { createCluster } from '../../cluster.ts'
import { KybernError } from '../../lib/coded-error.ts'
import { Moment } from '../moment.ts'
import { type Operation, operationText, transitionsOf } from '../operation.ts'
import type { Property } from '../property.ts'
import type { Awaits, Scenario } from '../scenario.ts'
import { checkNames } from './asked.ts'
import { Budget, type FaultBudget } from './budget.ts'
import { type Draft, Moved } from './draft.ts'
import { Explorer, type Input } from './explorer.ts'
import { type Base, baseOf } from './ground.ts'
import { Judge } from './judge.ts'
import { needsGraph } from './liveness.ts'
import { Sees } from './sight.ts'
import { System } from './system.ts'

/** One exploration, ready to go. */
export interface World {
  readonly base: Base
  readonly system: System
  readonly explorer: Explorer
  readonly judge: Judge
}

/** What decides how a scenario becomes a world. */
export interface WorldOptions {
  readonly faults?: FaultBudget | undefined
  /** Faults strike only these controllers. Default: anybody. */
  readonly faultsOf?: readonly string[] | undefined
  /** Leases and node health go on beating. Default: when nodes may die or fall silent. */
  readonly heartbeats?: boolean | undefined
  /** Who does not run: names of built-in controllers, `kubelet`, `scheduler`. Said in the report. Default: nobody is left out. */
  readonly without?: readonly string[] | undefined
  /**
   * `relative`: states are one when they differ only by when they are; a positive horizon is then for ever. Default
   * `relative` when all states are explored and something is said about what happens eventually, else `absolute`.
   * Clusters with CronJobs are always `absolute`.
   */
  readonly time?: 'absolute' | 'relative' | undefined
  readonly mode?: string | undefined
  /**
   * Controllers whose watches may be older than their own writes, by name; or true for all. Default: none of the
   * built-in ones (kybern sees to it that they are not), all of one's own, whose informers elsewhere promise no such thing.
   */
  readonly staleOwnReads?: readonly string[] | boolean | undefined
}

/** The live cluster a scenario begins with, settled. */
export async function setUp({ options, given, uses }: Scenario): Promise<Cluster> {
  const cluster = await createCluster(options)
  if (uses.length > 0) cluster.use(...uses)
  await cluster.settle()
  for (const step of given) {
    if (typeof step === 'function') await step(cluster)
    else await cluster.apply(step)
    await cluster.settle()
  }
  return cluster
}

/** What of a scenario is explored. */
export type Explored = Pick<Scenario, 'inputs' | 'inputsAwait' | 'lanes' | 'inputsWhen' | 'horizonMs' | 'uses'>

/**
 * Makes the world and runs `use` over it. When something changes that was taken for still, everything begins again with
 * that as cells: `use` must be repeatable. `another` makes a second world that knows nothing of the first.
 */
export function withWorld<T>(
  cluster: Cluster,
  scenario: Explored,
  properties: readonly Property[],
  options: WorldOptions,
  use: (world: World, another: () => World) => T,
): T {
  const moving = new Set<string>()
  for (;;) {
    try {
      const make = (): World => worldOf(cluster, scenario, properties, options, moving)
      return use(make(), make)
    } catch (error) {
      if (!(error instanceof Moved) || moving.has(error.resource)) throw error
      moving.add(error.resource)
    }
  }
}

function worldOf(
  cluster: Cluster,
  { inputs, inputsAwait, lanes, inputsWhen, horizonMs, uses }: Explored,
  properties: readonly Property[],
  options: WorldOptions,
  moving: ReadonlySet<string>,
): World {
  const { faults, faultsOf, heartbeats, staleOwnReads, without } = options
  const budget = new Budget(faults, faultsOf)
  const breaksNodes =
    budget.touchesNodes || inputs.some((one) => 'fault' in one && ('kill' in one.fault || 'silence' in one.fault))
  const beating = heartbeats ?? breaksNodes
  const base = baseOf(cluster, { moving, heartbeats: beating, without })
  checkNames(options, base)
  const own = new Set(
    [...cluster.used, ...uses].flatMap((one) => ('reconcile' in one ? [`controller/${one.name}`] : [])),
  )
  const isStale = (agent: string): boolean => {
    if (staleOwnReads === undefined) return own.has(agent)
    if (typeof staleOwnReads === 'boolean') return staleOwnReads
    return staleOwnReads.some((name) => `controller/${name}` === agent)
  }
  const sees = new Sees({
    lagOf: (agent, resource) => budget.lagOf(resource, own.has(agent)),
    readsOwn: (agent) => !isStale(agent),
    pastOf: pastOf(base, budget, own),
    clocksDiffer: budget.of('skew') > 0,
  })
  const system = new System(base, sees)
  const explorer = new Explorer(system, {
    inputs: inputs.map((operation, i) => ({
      ...inputOf(operation, base),
      ...awaiting(inputsAwait?.[i], base),
      lane: lanes?.[i] ?? 0,
    })),
    inputsWhen,
    horizonMs:
      (horizonMs ?? (beating ? 600_000 : 0)) * (isRelative(base, properties, options) ? Number.MAX_SAFE_INTEGER : 1),
    budget,
  })
  return { base, system, explorer, judge: new Judge(system, properties) }
}

/** How much of the past is kept: as much as somebody who may start again behind may be behind; nothing once that is over. */
function pastOf(
  { ground, controllers, scheduler }: Base,
  budget: Budget,
  own: ReadonlySet<string>,
): (draft: Draft, resource: string) => number {
  const { cells } = ground
  const most = new Map<string, number>()
  const may = (agent: string, watched: readonly string[]): void => {
    if (!budget.strikes(agent)) return
    for (const one of watched) most.set(one, Math.max(most.get(one) ?? 0, budget.lagOf(one, own.has(agent))))
  }
  if (budget.of('travel') > 0) {
    may('scheduler', scheduler.watches)
    for (const one of controllers) {
      const kinds = [one.of, ...one.owns, ...one.watches.map(({ kind }) => kind)]
      may(
        `controller/${one.name}`,
        kinds.map(({ resource }) => resource),
      )
    }
  }
  const spent = cells.slot('other', 'spent travel')
  return (draft, resource) => {
    const kept = most.get(resource) ?? 0
    return kept > 0 && draft.at(spent) < budget.of('travel') ? kept : 0
  }
}

/** Do times count only by their distance to now? */
export function isRelative(
  { ground, initial }: Base,
  properties: readonly Property[],
  { mode, time }: WorldOptions,
): boolean {
  const { cells } = ground
  const hasSchedules = cells.ofResource('cronjobs.batch').some((slot) => cells.read(initial, slot) !== 0)
  if (time === 'relative' && hasSchedules)
    throw new KybernError('KYB-EXPLORE', 'CronJobs go by the time of day: leave `time` absolute')
  if (time !== undefined || hasSchedules) return time === 'relative'
  return (mode ?? 'exhaustive') === 'exhaustive' && needsGraph(properties)
}

const nodeEvents = { kill: 'node.killed', silence: 'node.silenced', restore: 'node.restored' } as const

function awaiting(when: Awaits | undefined, { ground }: Base): Pick<Input, 'when'> {
  if (when === undefined) return {}
  const resourceOf = (kind: string): string | undefined => ground.registry.find(kind)?.resource
  const holds = typeof when === 'function' ? when : (s: Moment): boolean => s.list(when.gone).length === 0
  return { when: (view) => holds(new Moment(view, resourceOf)) }
}

function inputOf(operation: Operation, { ground }: Base): Input {
  const name = operationText(operation)
  const { registry } = ground
  if ('wait' in operation) return { name, waitMs: parseDuration(operation.wait) }
  if ('fault' in operation) {
    const [[word, of] = ['', '']] = Object.entries(operation.fault)
    const event = nodeEvents[word as keyof typeof nodeEvents]
    if (event !== undefined) return { name, node: { name: String(of), event } }
    if (word === 'crash')
      return { name, crash: of === 'scheduler' ? of : `controller/${String(of).replace(/^controller\//, '')}` }
    throw new KybernError('KYB-FAULT', `${JSON.stringify(operation.fault)} cannot be explored as something a user does`)
  }
  const resourceOf = (kind: string): string | undefined => registry.find(kind)?.resource
  return { name, writes: (view) => transitionsOf(operation, new Moment(view, resourceOf), registry) }
}
