/**
 * What every controller owes, checked without a word about what it does: its destructive writes are guarded by uid, a
 * reconcile of something finished writes nothing, every order, crash, late watch and failed write comes to the same end
 * and to rest, and what it made goes when its object goes.
 * Source: Sieve (OSDI 2022), Anvil (OSDI 2024); invariants G2–G8
 */
import type { Kind } from '../api/kind.ts'
import { type KubeObject, keyOf } from '../api/object.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { Manifest } from '../cluster/manifest.ts'
import type { ClusterOptions } from '../cluster/options.ts'
import type { Controller } from '../controllers/controller.ts'
import { controllers } from '../controllers/index.ts'
import { KybernError } from '../lib/coded-error.ts'
import { PropertyViolated } from './check.ts'
import type { FaultBudget } from './explore/budget.ts'
import { type ExploreOptions, explore } from './explore/explore.ts'
import type { Report } from './explore/report.ts'
import { Runner, untilSettled } from './explore/run.ts'
import { setUp, withWorld } from './explore/world.ts'
import { apply, remove } from './inputs.ts'
import type { Moment } from './moment.ts'
import { normalForm } from './normal-form.ts'
import type { Operation } from './operation.ts'
import { ended, idempotent, type Property, rests, step } from './property.ts'
import { type Scenario, scenario } from './scenario.ts'

export interface ControllerCheck extends ExploreOptions {
  /** Objects of the controller's kind to try it with. */
  readonly samples: readonly KubeObject[]
  /** Changed samples: each is applied over the sample of its name. Default: none. */
  readonly edits?: readonly KubeObject[]
  /** Kinds and controllers that go with it. */
  readonly uses?: readonly (Kind | Controller)[]
  /** What has to be there beforehand. */
  readonly given?: readonly (Manifest | ((cluster: Cluster) => unknown))[]
  readonly options?: ClusterOptions
}

/**
 * Faults a controller has to live with, about one of each in a run. API servers that are behind (`travel`) are not among them:
 * a client that asks for consistent lists does not meet them; nor are wrong clocks (`skew`).
 */
export const usualFaults: FaultBudget = {
  crash: 1,
  lag: 3,
  lags: 2,
  miss: 1,
  echo: 1,
  fail: 1,
  conflict: 1,
  lose: 1,
  retry: 1,
  shuffle: 1,
}

/**
 * Checks a controller and throws PropertyViolated with a short story for the first thing it owes and does not do. Else
 * answers a report for each situation it was tried in. Throws KYB-EXPLORE without samples.
 */
export async function checkController(controller: Controller, given: ControllerCheck): Promise<readonly Report[]> {
  if (given.samples.length === 0)
    throw new KybernError(
      'KYB-EXPLORE',
      `check.controller needs a sample of ${controller.of.kind}: { samples: [object] }`,
    )
  const reports: Report[] = []
  for (const [name, inputs, goes, again] of situations(controller, given)) {
    const one = situation(`${controller.name}: ${name}`, controller, given, inputs, again)
    const properties = await owed(one, controller, goes)
    const { samples: _samples, edits: _edits, uses: _uses, given: _given, options: _options, ...asked } = given
    const report = await tried(one, properties, { faultsOf: [controller.name], ...asked })
    if (report.verdict === 'violated') throw new PropertyViolated(report)
    reports.push(report)
  }
  return reports
}

/** Everything that one crash can do, as far as 20,000 states go; then many runs with all that may go wrong. */
async function tried(one: Scenario, properties: readonly Property[], asked: ExploreOptions): Promise<Report> {
  if (asked.mode === undefined) {
    const small = await explore(one, properties, { ...asked, faults: { crash: 1 }, states: 20_000 })
    if (small.verdict === 'violated') return small
  }
  return explore(one, properties, { mode: 'portfolio', runs: 300, faults: usualFaults, steps: 2000, ...asked })
}

type Situation = readonly [name: string, inputs: readonly Operation[], goes: boolean, again?: readonly Operation[]]

function situations({ of }: Controller, { samples, edits = [] }: ControllerCheck): Situation[] {
  const made = samples.map(apply)
  const changed = edits.map(apply)
  const removed = samples.map(({ metadata }) =>
    remove(of.kind, metadata.name, metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
  )
  return [
    ['comes', made, false],
    ...(changed.length === 0 ? [] : [['is changed', [...made, ...changed], false] as const]),
    ['comes and goes', [...made, ...removed], true],
    ['comes again under its name', [...made, ...removed], false, made],
  ]
}

function situation(
  name: string,
  controller: Controller,
  { uses = [], given = [], options = {} }: ControllerCheck,
  inputs: readonly Operation[],
  again: readonly Operation[] = [],
): Scenario {
  const isOwn = !controllers.some((one) => one.name === controller.name)
  return scenario(name, (c) => {
    c.nodes(1).options(options)
    c.use(...uses, ...(isOwn ? [controller] : []))
    for (const one of given) {
      if (typeof one === 'function') c.given(one as (cluster: Cluster) => unknown)
      else c.apply(one)
    }
    c.do(...inputs)
    for (const one of again) c.once((s) => s.list(controller.of.resource).length === 0, one)
  })
}

/** The properties of one situation. Where it ends is taken from a run in which nothing goes wrong. */
async function owed(one: Scenario, controller: Controller, goes: boolean): Promise<Property[]> {
  const cluster = await setUp(one)
  try {
    return withWorld(cluster, one, [], {}, (world) => {
      const writes = new Set<string>([controller.of.resource])
      const watch = (step: {
        action: { actor: string }
        passages: readonly { written: { resource: string } | undefined }[]
      }) => {
        if (step.action.actor !== `controller/${controller.name}`) return
        for (const { written } of step.passages) if (written !== undefined) writes.add(written.resource)
      }
      const { end } = new Runner(world, 5000, watch).play(
        world.explorer.inputs.flatMap(({ name }) => [name, untilSettled]),
      )
      const before = keysIn(world.judge.moment(world.base.initial), writes)
      const reference = endOf(world.judge.moment(end), writes)
      const properties = [
        guarded(controller),
        idempotent(controller.name).as(`${controller.name} writes nothing twice`),
        rests().as('comes to rest'),
      ]
      if (goes) return [...properties, leavesNothing(before, writes)]
      return [...properties, sameEnd(reference, writes)]
    })
  } finally {
    await cluster.close()
  }
}

const source = 'https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/controllers.md'

/** G5: what is deleted is what was seen. */
function guarded({ name }: Controller): Property {
  return step(({ type, by, resource, object, believed }) => {
    if (type !== 'DELETED' || by !== `controller/${name}`) return undefined
    const { name: called, namespace = '', uid } = object.metadata
    const seen = believed.get(resource, called, namespace)
    if (seen === undefined || seen.metadata.uid === uid) return true
    return `it deleted ${resource} ${called} (uid ${uid}) though the one it had seen was another (uid ${seen.metadata.uid})`
  })
    .as('deletes only what it has seen')
    .documented({ class: 'C', source })
}

/** G3, G4, G6: whatever happens on the way, the end is that of the run in which nothing went wrong. */
function sameEnd(reference: readonly string[], writes: ReadonlySet<string>): Property {
  return ended((s) => {
    const here = endOf(s, writes)
    const missing = reference.find((line) => !here.includes(line))
    const extra = here.find((line) => !reference.includes(line))
    if (here.length !== reference.length)
      return `there are ${here.length} objects at the end; without faults there are ${reference.length}${extra === undefined ? '' : `; too many: ${brief(extra)}`}${missing === undefined ? '' : `; missing: ${brief(missing)}`}`
    if (missing === undefined && extra === undefined) return true
    return `at the end there is ${brief(extra ?? '')}${difference(extra, missing)}`
  })
    .as('comes to the same end')
    .documented({ class: 'B', source })
}

function leavesNothing(before: readonly string[], writes: ReadonlySet<string>): Property {
  return ended((s) => {
    const left = keysIn(s, writes).find((key) => !before.includes(key))
    return left === undefined || `${left} is left behind`
  })
    .as('leaves nothing behind')
    .documented({ class: 'C', source })
}

function keysIn(s: Moment, resources: ReadonlySet<string>): string[] {
  return [...resources].flatMap((resource) => s.list(resource).map((object) => `${resource} ${keyOf(object)}`))
}

/** What there is at the end, without conditions and counts that tell how it came about. */
function endOf(s: Moment, resources: ReadonlySet<string>): string[] {
  const objects = [...resources].flatMap((resource) => s.list(resource))
  return normalForm(
    objects.map(({ status: _status, ...object }) => object as KubeObject),
    { anyNode: true },
  )
}

function brief(line: string): string {
  const { kind, metadata } = line === '' ? { kind: 'nothing', metadata: { name: '' } } : JSON.parse(line)
  return `${kind} ${metadata.name}`.trim()
}

/** Where two lines begin to differ, for people. */
function difference(one = '', other = ''): string {
  let at = 0
  while (at < one.length && one[at] === other[at]) at++
  const from = Math.max(0, one.lastIndexOf('"', Math.max(0, at - 20)))
  return ` with ${one.slice(from, at + 30)}…; without faults ${other.slice(from, at + 30)}…`
}
