/** Every failure that was ever found, run again: fixtures/seeds/*.json. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { FaultBudget, Operation } from '../../src/testing/index.ts'
import { explore, replay, type Scenario, settled } from '../../src/testing/index.ts'

/** A seed: the scenario as data, the log that failed, the faults it needed, and how it was found. */
interface Seed {
  readonly format: string
  readonly found: string
  readonly scenario: Pick<Scenario, 'name' | 'options' | 'inputsWhen'> & {
    readonly given?: readonly object[]
    readonly inputs: readonly Operation[]
  }
  readonly faults?: FaultBudget
  readonly log: readonly string[]
}

const folder = 'fixtures/seeds'
const kinds = ['pods', 'replicasets.apps', 'deployments.apps', 'statefulsets.apps', 'daemonsets.apps', 'jobs.batch']

/** What must hold at the end of every seed, whatever it was about. */
const general = [
  settled((s) => {
    const going = kinds.flatMap((kind) => s.list(kind)).find(({ metadata }) => metadata.deletionTimestamp !== undefined)
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
]

describe('seeds', () => {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
    const seed = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as Seed
    if (seed.format !== 'kybern-seed/1') continue
    const scenario: Scenario = { given: [], uses: [], horizonMs: undefined, ...seed.scenario }
    const options = seed.faults === undefined ? {} : { faults: seed.faults }

    it(`${file}: the log that failed holds`, async () => {
      const report = await replay(scenario, general, seed.log, options)
      expect(report.verdict, String(report)).toBe('bounded')
      expect(report.properties.filter(({ vacuous }) => !vacuous).length).toBeGreaterThan(0)
    })

    it(`${file}: so do a hundred runs around it`, async () => {
      const report = await explore(scenario, general, { mode: 'portfolio', runs: 100, ...options })
      expect(report.verdict, String(report)).toBe('bounded')
    })
  }
})
