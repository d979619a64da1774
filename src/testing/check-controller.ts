/**
 * What every controller owes, checked without a word about what it does: its destructive writes are guarded by uid, a
 * reconcile of something finished writes nothing, every order, crash, late watch and failed write comes to the same end
 * and to rest, and what it made goes when its object goes.
 * Source: Sieve (OSDI 2022), Anvil (OSDI 2024); invariants G2–G8
 */
import type { Kind } from '../api/kind.ts'
import type { KubeObject } from '../api/object.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { Manifest } from '../cluster/manifest.ts'
import type { ClusterOptions } from '../cluster/options.ts'
import type { Controller } from '../controllers/controller.ts'
import { controllers } from '../controllers/index.ts'
import { KybernError } from '../lib/coded-error.ts'
import { PropertyViolated } from './check.ts'
import { checkOptions } from './explore/asked.ts'
import type { FaultBudget } from './explore/budget.ts'
import { type ExploreOptions, explore } from './explore/explore.ts'
import type { Report } from './explore/report.ts'
import { apply, remove } from './inputs.ts'
import type { Operation } from './operation.ts'
import { allOwed, nothingLeftName, sameEndName } from './owed.ts'
import type { Property } from './property.ts'
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
  checkOptions(given, ['samples', 'edits', 'uses', 'given', 'options'])
  const names = given.samples.map(nameOf)
  const stray = given.edits?.find((edit) => !names.includes(nameOf(edit)))
  if (stray !== undefined)
    throw new KybernError(
      'KYB-EXPLORE',
      `the edit of ${nameOf(stray)} changes no sample; samples are ${names.join(', ')}`,
    )
  const reports: Report[] = []
  for (const [name, inputs, goes, again] of situations(controller, given)) {
    const one = situation(`${controller.name}: ${name}`, controller, given, inputs, again)
    const owed = await allOwed(one, controller)
    const properties = goes
      ? owed.filter(({ name }) => name !== sameEndName)
      : owed.filter(({ name }) => name !== nothingLeftName)
    const { samples: _samples, edits: _edits, uses: _uses, given: _given, options: _options, ...asked } = given
    const report = await tried(one, properties, { faultsOf: [controller.name], ...asked })
    if (report.verdict === 'violated') throw new PropertyViolated(report)
    reports.push(report)
  }
  return reports
}

const nameOf = ({ metadata: { name, namespace = 'default' } }: KubeObject): string => `${namespace}/${name}`

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
    for (const one of again) c.once({ gone: controller.of.resource }, one)
  })
}
