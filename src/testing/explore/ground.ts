/**
 * From a live cluster to a state of cells: objects, actors, timers and memories of the moment become numbers. The
 * cluster is only read; it is best quiet.
 */
import type { Agent } from '../../actors/agent.ts'
import type { Cluster } from '../../cluster/cluster.ts'
import { agentsOf } from '../../cluster.ts'
import type { Controller } from '../../controllers/controller.ts'
import { controllersFor } from '../../controllers/index.ts'
import { KybernError } from '../../lib/coded-error.ts'
import type { AdmissionPlugin } from '../../store/admission-step.ts'
import { Cells, type Vector } from './cells.ts'
import { actorId, type TimerValue } from './host.ts'
import type { Ground } from './reader.ts'
import { Reads } from './trace.ts'

/** What an exploration runs: a cluster's parts, and the state it begins with. */
export interface Base {
  readonly ground: Ground
  readonly initial: Vector
  readonly controllers: readonly Controller[]
  readonly kubelet: Agent
  readonly scheduler: Agent
  readonly admission: readonly AdmissionPlugin[]
  readonly seed: number
}

/** Groups and collections in which nothing changes while workloads live; what does change after all is noticed. */
const stillGroups =
  /\.(rbac\.authorization|flowcontrol\.apiserver|apiregistration|apiextensions|admissionregistration|certificates|scheduling|node)\.k8s\.io$/
const stillNames =
  /^(serviceaccounts|storageclasses\.|ingressclasses\.|csi\w+\.|podtemplates|volumeattributesclasses\.)/

/** Timers that beat for ever. Without them leases are taken for renewed until long after the exploration. */
const heartbeats = /^agent (kubelet heartbeat$|controller\/node-lifecycle )/
const leases = 'leases.coordination.k8s.io'
const longAfter = '2999-01-01T00:00:00.000000Z'

export interface BaseOptions {
  /** Collections that were found to change. */
  readonly moving: ReadonlySet<string>
  /** False: no heartbeats; nodes count as well until somebody writes otherwise. */
  readonly heartbeats: boolean
  /** Who is left out: names of controllers, `kubelet`, `scheduler`. Nobody acts in their place. */
  readonly without?: readonly string[] | undefined
}

/** The parts of a cluster and its present state. Throws KYB-EXPLORE for one in the middle of something. */
export function baseOf(cluster: Cluster, { moving, heartbeats: beating, without = [] }: BaseOptions): Base {
  const { world } = cluster.plane
  if (world.store.waiting.parked.length > 0)
    throw new KybernError('KYB-EXPLORE', 'the cluster waits for a webhook; settle it first')
  const isStill = (resource: string): boolean =>
    !moving.has(resource) &&
    ((!beating && resource === leases) || stillGroups.test(resource) || stillNames.test(resource))
  const cells = new Cells(isStill)
  const start = world.store.now
  const clock = cells.slot('other', 'clock')
  const ground: Ground = { cells, reads: new Reads(cells), registry: world.store.registry, start, clock }
  const agents = agentsOf(cluster.options, world, cluster.used, () => {})
  const agent = (id: string): Agent => {
    const found = agents.find((one) => one.id === id) as Agent
    return without.includes(id) ? { ...found, watches: [] } : found
  }
  refuseUnknown(without, controllersFor(world.store.registry.kinds))
  const all = [
    ...controllersFor(world.store.registry.kinds),
    ...(cluster.options.controllers ?? []),
    ...cluster.used,
  ].filter(({ name }) => name !== 'event-expiry' && !without.includes(name))
  const initial = vectorOf(cluster, ground, beating, without)
  return {
    ground,
    initial,
    controllers: all,
    kubelet: agent('kubelet'),
    scheduler: agent('scheduler'),
    admission: world.store.admission,
    seed: world.seed,
  }
}

function refuseUnknown(without: readonly string[], all: readonly Controller[]): void {
  const names = ['kubelet', 'scheduler', ...all.map(({ name }) => name)]
  const wrong = without.find((name) => !names.includes(name))
  if (wrong === undefined) return
  throw new KybernError('KYB-EXPLORE', `there is no "${wrong}" to leave out; there are ${names.join(', ')}`)
}

function vectorOf(cluster: Cluster, { cells, start }: Ground, beating: boolean, without: readonly string[]): Vector {
  const { world } = cluster.plane
  const values = new Map<number, number>()
  const put = (slot: number, value: number): void => {
    if (slot < 0) cells.stillValues[-1 - slot] = value
    else values.set(slot, value)
  }
  for (const [resource, tree] of Object.entries(world.store.snapshot.collections)) {
    if (resource === 'events') continue
    tree.forEachPair((key, object) => {
      const spec = { ...object.spec, renewTime: longAfter }
      const kept = resource === leases && !beating ? { ...object, spec } : object
      put(cells.slot('object', resource, key), cells.objectId(kept))
    })
  }
  const nodes: string[] = []
  for (const [id, { machine, snapshot, owner }] of world.actors) {
    if (owner !== 'kubelet') continue
    if (machine === 'controller') continue
    put(cells.slot('actor', id), actorId(cells, { machine, snapshot }))
    if (id.startsWith('nodes/')) nodes.push(id)
  }
  put(cells.slot('beneath', 'nodes'), cells.id(nodes.sort()))
  for (const [parent, ids] of world.beneath) {
    if (parent.split('/').length === 3 && ids.length > 0) put(cells.slot('beneath', parent), cells.id(ids))
  }
  for (const id of ['kubelet', 'scheduler']) {
    const memory = (world.actors.get(id)?.snapshot.context as { memory: unknown } | undefined)?.memory
    put(cells.slot('memory', id), cells.id(rememberedBy(id, memory)))
  }
  for (const { id, at, background, data } of world.timers.all()) {
    if (data.agent === 'lives' || data.agent === 'controller/event-expiry') continue
    if ((!beating && heartbeats.test(id)) || without.includes(data.agent.replace('controller/', ''))) continue
    const value: TimerValue = { at: Math.max(0, at - start), background, alarm: data }
    put(cells.slot('timer', id), cells.id(value))
  }
  return cells.vector(values)
}

/** The columns of a scheduler belong to one continuation only; every step builds its own. */
export function rememberedBy(agent: string, memory: unknown): unknown {
  if (agent !== 'scheduler') return memory
  return { ...(memory as object), columns: Object.freeze({ revision: 0 }) }
}
