/**
 * kybern/testing: own time, faults and order. A scenario is explored over all interleavings, stale views, crashes,
 * virtual time and inputs; properties are judged at every write and in every state; a violation comes as a short story
 * that replays.
 *
 *     import { scenario, check, always, leadsTo, setImage } from 'kybern/testing'
 *
 *     await check(
 *       scenario('rollout', (c) => c.nodes(3).apply(manifest).do(setImage('web', 'nginx:2'))),
 *       always((s) => s.deployment('web').available >= 3).as('never fewer than three'),
 *       leadsTo((s) => s.image('web') === 'nginx:2', (s) => s.deployment('web').updated === 3).within('10m'),
 *       { faults: { crash: 1, lag: 2 }, mode: 'exhaustive', states: 200_000 },
 *     )
 */
import { check as checkWorld, verify } from './check.ts'
import { checkController } from './check-controller.ts'

/** Explores and throws for a violation; `check.controller` tries a controller in every situation with no property written. */
export const check = Object.assign(checkWorld, { controller: checkController })
export { fault, fault as faults } from '../cluster/fault-rules.ts'
export { PropertyViolated } from './check.ts'
export { type AuditReport, type CheckAuditOptions, checkAudit } from './check-audit.ts'
export { type ControllerCheck, usualFaults } from './check-controller.ts'
export { type Exploration, exploration, isExploration } from './exploration.ts'
export type { FaultBudget } from './explore/budget.ts'
export type { Crew } from './explore/crew.ts'
export { type Explorable, type ExploreOptions, explore, replay, takeShare } from './explore/explore.ts'
export type { Counterexample, Covered, PropertyReport, Report, Verdict } from './explore/report.ts'
export type { Share, Shared } from './explore/runs.ts'
export type { StoryStep } from './explore/story.ts'
export { importWorld, type StartWorld } from './import.ts'
export * from './inputs.ts'
export { folklore, invariants, library, promised } from './invariants/index.ts'
export { Moment } from './moment.ts'
export { type Violated, type Watch, type WatchReport, watchOver } from './monitor.ts'
export { type Operation, operationText, transitionsOf } from './operation.ts'
export { owed } from './owed.ts'
export { momentOf, perform } from './perform.ts'
export {
  always,
  ended,
  eventually,
  type Held,
  idempotent,
  implies,
  leadsTo,
  never,
  noOscillation,
  type Property,
  type PropertyClass,
  rests,
  settled,
  sometimes,
  stable,
  step,
  type Write,
} from './property.ts'
export { playFile, type Replayed, type ReplayFile } from './replay-file.ts'
export { type Scenario, ScenarioBuilder, scenario } from './scenario.ts'
export { tWise } from './t-wise.ts'
export { exploreTopologies, type TopologyBounds, topologies } from './topology.ts'

export { verify }
