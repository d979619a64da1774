/**
 * A scenario: a cluster, what is set up in it, and what a user does while everything is watched. Set-up is applied and
 * settled on a live cluster; what is done is explored.
 */
import type { Kind } from '../api/kind.ts'
import { parseDuration } from '../api/time.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { Manifest } from '../cluster/manifest.ts'
import type { ClusterOptions } from '../cluster/options.ts'
import type { Controller } from '../controllers/controller.ts'
import type { NodeSpec } from '../node/node-spec.ts'
import type { Moment } from './moment.ts'
import type { Operation } from './operation.ts'

export interface Scenario {
  readonly name: string
  readonly options: ClusterOptions
  /** Set-up steps, each followed by `settle()`. */
  readonly given: readonly (Manifest | ((cluster: Cluster) => unknown))[]
  readonly uses: readonly (Controller | Kind)[]
  /** What the user does, in order. */
  readonly inputs: readonly Operation[]
  /** For some inputs, by their number: what the user waits for. */
  readonly inputsAwait?: Readonly<Record<number, Awaits>>
  /** Of inputs that others than the first user give, by their number: whose. Those of one user come in order. */
  readonly lanes?: Readonly<Record<number, number>>
  /** `anytime`: each may come at any moment after the one before. `quiet`: only when nobody has anything to do. */
  readonly inputsWhen: 'anytime' | 'quiet'
  /** How long endless work (heartbeats, resyncs) is followed once all else is quiet, in ms. */
  readonly horizonMs: number | undefined
}

/** What a user waits for: a formula, or that no object of a kind or resource is left (which is data, and can be kept in a file). */
export type Awaits = ((s: Moment) => boolean) | { readonly gone: string }

/** Says what a scenario is, line by line. */
export class ScenarioBuilder {
  #made: Scenario

  constructor(name: string) {
    this.#made = { name, options: {}, given: [], uses: [], inputs: [], inputsWhen: 'anytime', horizonMs: undefined }
  }

  /** How many nodes, or which. Default 3. */
  nodes(nodes: number | readonly NodeSpec[]): this {
    return this.#with({ options: { ...this.#made.options, nodes } })
  }

  seed(seed: number): this {
    return this.#with({ options: { ...this.#made.options, seed } })
  }

  /** Further options of `createCluster`. */
  options(options: ClusterOptions): this {
    return this.#with({ options: { ...this.#made.options, ...options } })
  }

  /** Own controllers and kinds. */
  use(...parts: (Controller | Kind)[]): this {
    return this.#with({ uses: [...this.#made.uses, ...parts] })
  }

  /** Set-up: applied and settled before the exploration begins. */
  apply(...manifests: Manifest[]): this {
    return this.#with({ given: [...this.#made.given, ...manifests] })
  }

  /** Set-up by a program on the live cluster. */
  given(prepare: (cluster: Cluster) => unknown): this {
    return this.#with({ given: [...this.#made.given, prepare] })
  }

  /** What the user does while the cluster is watched. */
  do(...operations: Operation[]): this {
    return this.#with({ inputs: [...this.#made.inputs, ...operations] })
  }

  /** As `do`, once the user sees that `when` holds, or that nothing is left of a kind. */
  once(when: Awaits, operation: Operation): this {
    const inputsAwait = { ...this.#made.inputsAwait, [this.#made.inputs.length]: when }
    return this.#with({ inputs: [...this.#made.inputs, operation], inputsAwait })
  }

  /** What another user does meanwhile: in this order, at any moments before, between and after what others do. */
  meanwhile(...operations: Operation[]): this {
    const { inputs, lanes = {} } = this.#made
    const lane = 1 + Math.max(0, ...Object.values(lanes))
    const own = Object.fromEntries(operations.map((_operation, i) => [inputs.length + i, lane]))
    return this.#with({ inputs: [...inputs, ...operations], lanes: { ...lanes, ...own } })
  }

  /** What is done in any order. */
  inAnyOrder(...operations: Operation[]): this {
    for (const operation of operations) this.meanwhile(operation)
    return this
  }

  inputs(when: Scenario['inputsWhen']): this {
    return this.#with({ inputsWhen: when })
  }

  horizon(duration: number | string): this {
    return this.#with({ horizonMs: parseDuration(duration) })
  }

  made(): Scenario {
    return this.#made
  }

  #with(part: Partial<Scenario>): this {
    this.#made = Object.freeze({ ...this.#made, ...part })
    return this
  }
}

/** A scenario, with or without a name. */
export function scenario(name: string, build: (c: ScenarioBuilder) => unknown): Scenario
export function scenario(build: (c: ScenarioBuilder) => unknown): Scenario
export function scenario(
  first: string | ((c: ScenarioBuilder) => unknown),
  second?: (c: ScenarioBuilder) => unknown,
): Scenario {
  const builder = new ScenarioBuilder(typeof first === 'string' ? first : 'scenario')
  const build = typeof first === 'string' ? second : first
  build?.(builder)
  return builder.made()
}
