/** Every failure that was ever found, run again: fixtures/seeds/*.json. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { isTrue } from '../../src/api/conditions.ts'
import type { KubeObject } from '../../src/api/object.ts'
import type { FaultBudget, Moment, Operation } from '../../src/testing/index.ts'
import { explore, invariants, replay, type Scenario, settled } from '../../src/testing/index.ts'
import { type Fact, propertyOf } from './seed-facts.ts'

/** A seed: the scenario as data, the log that failed, the faults it needed, and how it was found. */
interface Seed {
  readonly format: string
  readonly found: string
  readonly scenario: Pick<Scenario, 'name' | 'options' | 'inputsWhen'> & {
    readonly given?: readonly object[]
    readonly inputs: readonly Operation[]
  }
  readonly faults?: FaultBudget
  /** What must be so beside what must always be. */
  readonly facts?: readonly Fact[]
  /** Rows of the library that must hold, by number. */
  readonly rows?: readonly (keyof typeof invariants)[]
  /** How many runs around it; 20 unless it says. */
  readonly runs?: number
  readonly log: readonly string[]
}

const folder = 'fixtures/seeds'
const kinds = ['pods', 'replicasets.apps', 'deployments.apps', 'statefulsets.apps', 'daemonsets.apps', 'jobs.batch']

/** Nobody speaks for the pods of a node that is not ready. */
function isSilent(s: Moment, name: string | undefined): boolean {
  const node = name === undefined ? undefined : s.get('Node', name)
  return node !== undefined && !isTrue(node.status?.conditions, 'Ready')
}

/** What must hold at the end of every seed, whatever it was about. */
const general = [
  settled((s) => {
    const isHeld = ({ metadata, spec }: KubeObject) =>
      metadata.finalizers?.some((one) => one.startsWith('example.com/')) || isSilent(s, spec?.nodeName)
    const going = kinds
      .flatMap((kind) => s.list(kind))
      .find((one) => one.metadata.deletionTimestamp !== undefined && isHeld(one) !== true)
    return going === undefined || `${going.kind} ${going.metadata.name} is being deleted for ever`
  }).as('what is deleted goes'),
  settled((s) => {
    const pods = s.pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    const lost = pods.find((pod) => {
      const owner = pod.metadata.ownerReferences?.find(({ controller }) => controller === true)
      return owner !== undefined && s.get(owner.kind, owner.name, pod.metadata.namespace)?.metadata.uid !== owner.uid
    })
    return lost === undefined || `the owner of pod ${lost.metadata.name} is gone`
  }).as('no pod outlives its owner'),
  settled((s) => {
    const wrong = s.list('replicasets.apps').find((one) => {
      const own = s.ownedBy('pods', one.metadata.uid ?? '').filter((pod) => pod.status?.phase !== 'Failed')
      return own.length !== (one.spec.replicas ?? 1)
    })
    return wrong === undefined || `ReplicaSet ${wrong.metadata.name} has another number of pods than it wants`
  }).as('ReplicaSets have their pods'),
  invariants.A13c,
  invariants.GC1,
  invariants.R3,
]

describe('seeds', () => {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
    const seed = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as Seed
    if (seed.format !== 'kybern-seed/1') continue
    const scenario: Scenario = { given: [], uses: [], horizonMs: undefined, ...seed.scenario }
    const options = seed.faults === undefined ? {} : { faults: seed.faults }
    const own = [...(seed.facts ?? []).map(propertyOf), ...(seed.rows ?? []).map((row) => invariants[row])]
    const properties = [...general, ...own]

    it(`${file}: the log that failed holds`, async () => {
      const report = await replay(scenario, properties, seed.log, options)
      expect(report.verdict, String(report)).toBe('bounded')
      const vacuous = report.properties.filter((one) => one.vacuous).map(({ name }) => name)
      expect(own.map(({ name }) => name).filter((name) => vacuous.includes(name))).toEqual([])
    })

    it(`${file}: so do runs around it`, async () => {
      const report = await explore(scenario, properties, { mode: 'portfolio', runs: seed.runs ?? 20, ...options })
      expect(report.verdict, String(report)).toBe('bounded')
    })
  }
})
