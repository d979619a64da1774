/** An exploration as a value: what `kybern explore MODULE` finds in a module, and what `check` is given. */
import { KybernError } from '../lib/coded-error.ts'
import type { ExploreOptions } from './explore/explore.ts'
import type { Property } from './property.ts'
import type { Scenario } from './scenario.ts'

export interface Exploration {
  readonly scenario: Scenario
  readonly properties: readonly Property[]
  readonly options: ExploreOptions
}

/**
 * Says what is to be explored, as `check` does, but does nothing yet:
 * `export const rollout = exploration(scenario(…), always(…), { faults: { crash: 1 }, mode: 'portfolio' })`.
 */
export function exploration(
  scenario: Scenario,
  ...rest: readonly (Property | readonly Property[] | ExploreOptions)[]
): Exploration {
  return { scenario, ...partsOf(rest) }
}

/** Properties and options, told apart. */
export function partsOf(
  rest: readonly (Property | readonly Property[] | ExploreOptions)[],
): Omit<Exploration, 'scenario'> {
  const stranger = rest.flat().find((one) => typeof one !== 'object' || one === null)
  if (stranger !== undefined)
    throw new KybernError(
      'KYB-EXPLORE',
      `${typeof stranger === 'function' ? 'a function' : String(stranger)} is neither a property nor options; a property is made by always(…), leadsTo(…) and others`,
    )
  const properties = rest.flat().filter(isProperty)
  const options = rest.filter((one): one is ExploreOptions => !Array.isArray(one) && !isProperty(one))
  return { properties, options: Object.assign({}, ...options) }
}

/** Is it what `exploration` makes? */
export function isExploration(one: unknown): one is Exploration {
  if (typeof one !== 'object' || one === null || !('scenario' in one) || !('properties' in one)) return false
  const { scenario, properties, options = {} } = one as Partial<Exploration>
  return (
    isScenario(scenario) && Array.isArray(properties) && properties.every(isProperty) && typeof options === 'object'
  )
}

function isScenario(one: unknown): one is Scenario {
  return typeof one === 'object' && one !== null && 'inputs' in one && 'given' in one
}

function isProperty(one: unknown): one is Property {
  return typeof one === 'object' && one !== null && 'formula' in one
}
