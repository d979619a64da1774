/**
 * The composition root: the whole loop on one screen. Transitions go into the API server, immutable snapshots come out,
 * controllers, scheduler and kubelets turn them into transitions again.
 */
import { filter, merge, Subject, type Subscription } from 'rxjs'
import { machines } from '../machines/index.ts'
import type { ActorEvent } from './actors/actor.ts'
import type { Agent } from './actors/agent.ts'
import { type ActorNews, Host, steppersOf } from './actors/host.ts'
import { lifeEvents } from './actors/lives/index.ts'
import { livesAgent } from './actors/lives.ts'
import { Loop } from './actors/loop.ts'
import { transitionsOf } from './actors/pipeline.ts'
import type { World } from './actors/world.ts'
import type { AuditEvent } from './api/audit.ts'
import { createRegistry, type Registry } from './api/registry.ts'
import { bootSnapshot, bootTransitions } from './cluster/boot.ts'
import { Cluster } from './cluster/cluster.ts'
import type { Fault } from './cluster/fault.ts'
import type { Manifest } from './cluster/manifest.ts'
import { type ClusterOptions, historyOf, seedOf, startOf } from './cluster/options.ts'
import type { StartWorld } from './cluster/world/read-world.ts'
import { controllerAgent, type OnTrouble } from './controllers/agent.ts'
import type { Controller } from './controllers/controller.ts'
import { controllersFor, controllersOfAll } from './controllers/index.ts'
import { kinds } from './kinds/index.ts'
import { prngOf } from './lib/prng.ts'
import { Ring } from './lib/ring.ts'
import { Timers } from './lib/timers.ts'
import { createKubelets } from './node/kubelet.ts'
import { nodeSpecs } from './node/node-spec.ts'
import { createScheduler } from './scheduler/index.ts'
import { admission } from './store/admission/index.ts'
import { ApiServer } from './store/api-server.ts'
import { definitions } from './store/custom-kinds.ts'
import { noFaults, type RequestRule, type WatchRule } from './store/faults.ts'
import { Latest } from './store/latest.ts'
import { nobodyWaits } from './store/parked.ts'
import type { Snapshot } from './store/snapshot.ts'

/** Something a controller could not do: its name, the key, and the error in words. */
export interface Trouble {
  readonly by: string
  readonly key: string
  readonly error: string
}

/** What comes from outside and is no transition: a fault inflicted, an event sent to an actor. */
export type Input =
  | { readonly type: 'fault'; readonly fault: Fault | RequestRule | WatchRule }
  | { readonly type: 'send'; readonly actor: string; readonly event: ActorEvent }
  /** A request through the simulated network, by a pod (`namespace/name`) or from outside. */
  | { readonly type: 'network'; readonly url: string; readonly from?: string }
  /** Steady traffic to a URL from now on. */
  | { readonly type: 'load'; readonly url: string; readonly requestsPerSecond: number }
  /** A command in a container wrote files. */
  | { readonly type: 'files' }

/** One running control plane: the world and the machinery that moves it. The machinery holds no state of its own. */
export interface Plane {
  readonly world: World
  readonly api: ApiServer
  readonly host: Host
  readonly loop: Loop
  /** Adds an agent at run time; its pipeline joins the others. */
  readonly add: (agent: Agent) => void
  readonly onTrouble: OnTrouble
  readonly news$: Subject<ActorNews>
  readonly trouble$: Subject<Trouble>
  readonly input$: Subject<Input>
  /** What is asked of the API, for whoever listens. */
  readonly audit$: Subject<AuditEvent>
  /** Ends every pipeline. */
  readonly running: Subscription
}

/** Every machine, ready to step. */
export const steppers = steppersOf(machines)

/** The control plane over a world: composed observable pipelines that emit desired-state transitions. */
export function planeOver(
  world: World,
  agents: readonly Agent[],
  trouble$: Subject<Trouble>,
  onTrouble: OnTrouble,
): Plane {
  const api = new ApiServer(world.store)
  const audit$ = new Subject<AuditEvent>()
  const input$ = new Subject<Input>()
  const news$ = new Subject<ActorNews>()
  const host = new Host(world, steppers, (news) => news$.next(news))
  const loop = new Loop(world, api, host, agents, (by, error) =>
    trouble$.next({ by, key: '', error: error instanceof Error ? error.message : String(error) }),
  )
  const running = merge(...agents.map((agent) => transitionsOf(agent.id, loop.turn$))).subscribe(api)
  const add = (agent: Agent): void => {
    loop.add(agent)
    running.add(transitionsOf(agent.id, loop.turn$).subscribe(api))
  }
  // Controllers of everything there is are made anew when custom kinds come and go.
  running.add(
    api.committed$.pipe(filter(({ change }) => change.resource === definitions)).subscribe(() => {
      for (const one of controllersOfAll(world.store.registry.kinds)) loop.replace(controllerAgent(one, onTrouble))
    }),
  )
  return { world, api, host, loop, add, onTrouble, news$, trouble$, input$, audit$, running }
}

/** A new cluster, booted and quiet at its start time: namespaces, classes and nodes are there. */
export async function createCluster(given: ClusterOptions = {}): Promise<Cluster> {
  const begin = given.world === undefined ? undefined : await import('./cluster/world/start-world.ts')
  const start = begin?.startWorldOf(given.world as Manifest, given.kinds ?? [])
  const options = start === undefined ? given : startingAt(start, given)
  const over = (world: World, used: readonly Controller[]): Plane => {
    const trouble$ = new Subject<Trouble>()
    const onTrouble: OnTrouble = (by, key, error) => trouble$.next({ by: `controller/${by}`, key, error })
    return planeOver(world, agentsOf(options, world, used, onTrouble), trouble$, onTrouble)
  }
  const registry = createRegistry([...kinds, ...(options.kinds ?? []), ...(start?.kinds ?? [])])
  const boot = bootSnapshot(startOf(options), seedOf(options))
  const snapshot = start === undefined ? boot : begin?.worldSnapshot(boot, start, registry)
  const plane = over(newWorld(options, registry, snapshot ?? boot), [])
  for (const transition of begin?.missingIn(start, bootTransitions()) ?? bootTransitions()) plane.api.next(transition)
  plane.loop.drain()
  return new Cluster(plane, options, over)
}

/** Everybody who takes turns in a cluster of these options. */
export function agentsOf(
  options: ClusterOptions,
  world: World,
  used: readonly Controller[],
  onTrouble: OnTrouble,
): Agent[] {
  const all = [...controllersFor(world.store.registry.kinds), ...(options.controllers ?? []), ...used]
  return [
    createKubelets({ nodes: nodeSpecs(options.nodes ?? 3), scripts: options.scripts ?? {} }),
    createScheduler(),
    ...all.map((one) => controllerAgent(one, onTrouble)),
    livesAgent(world.store.registry.kinds, lifeEvents),
  ] as Agent[]
}

/** The nodes of the world and those beside them; the clock goes on from the world's. */
function startingAt({ objects, now }: StartWorld, options: ClusterOptions): ClusterOptions {
  const there = (objects.nodes ?? []).map(({ metadata: { name } }) => ({ name }))
  const nodes = [...there, ...(options.nodes === undefined ? [] : nodeSpecs(options.nodes))]
  const { time = 'virtual' } = options
  return { ...options, nodes, ...(time === 'virtual' && options.start === undefined ? { start: now } : {}) }
}

function newWorld(options: ClusterOptions, registry: Registry, snapshot: Snapshot): World {
  const now = startOf(options)
  const seed = seedOf(options)
  return {
    seed,
    store: {
      snapshot,
      latest: new Latest(snapshot),
      registry,
      now,
      log: new Ring(historyOf(options), snapshot.revision + 1),
      prng: prngOf(seed),
      waiting: nobodyWaits,
      faults: noFaults,
      seed,
      admission,
    },
    actors: new Map(),
    beneath: new Map(),
    timers: new Timers(),
    inboxes: {},
    lastTurn: -1,
  }
}
