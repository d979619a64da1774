/** Exploring in a test: a violation is thrown, with its story as the message. */

import { partsOf } from './exploration.ts'
import { type Explorable, type ExploreOptions, explore } from './explore/explore.ts'
import type { Report } from './explore/report.ts'
import type { Property } from './property.ts'

/** A property does not hold; the message is the counterexample's story. */
export class PropertyViolated extends Error {
  readonly code = 'KYB-PROPERTY'
  readonly report: Report

  constructor(report: Report) {
    super(`\n${report}`)
    this.name = 'PropertyViolated'
    this.report = report
  }
}

/**
 * Explores and throws PropertyViolated for a violation; else answers the report, whose verdict says how much was covered
 * (`exhausted` or `bounded`). Properties and options come in any order:
 * `check(scenario(…), always(…), leadsTo(…).within('10m'), { faults: { crash: 1 }, explore: { mode: 'pct' } })`.
 */
export async function check(
  of: Explorable,
  ...rest: readonly (Property | readonly Property[] | ExploreOptions)[]
): Promise<Report> {
  const { properties, options } = partsOf(rest)
  const report = await explore(of, properties, options)
  if (report.verdict === 'violated') throw new PropertyViolated(report)
  return report
}

/** The same under the name that says what is wanted. */
export const verify = check
