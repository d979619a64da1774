/** What a user does to no effect: an operation on a name that is not there would leave a scenario in which nothing happens. */
import type { Cluster } from '../../cluster/cluster.ts'
import type { Scenario } from '../scenario.ts'
import { Runner, type Step, untilSettled } from './run.ts'
import { type WorldOptions, withWorld } from './world.ts'

/** Longer than it takes from one operation to the next where things come to rest at all. */
const mostSteps = 1000

/** A sentence for each operation that changes nothing in the run in which everything takes its ordinary course. */
export function unheeded(cluster: Cluster, scenario: Scenario, { without }: WorldOptions): string[] {
  if (!scenario.inputs.some((one) => 'op' in one)) return []
  return withWorld(cluster, scenario, [], { without }, (world) => {
    const said: string[] = []
    const names = world.explorer.inputs.map(({ name }) => name)
    const watch = ({ action, passages }: Step): void => {
      const number = names.indexOf(action.name)
      if (number < 0 || !('op' in (scenario.inputs[number] ?? {}))) return
      if (passages.some(({ written }) => written?.change !== undefined)) return
      const refused = passages.find(({ written }) => written?.refused !== undefined)?.written?.refused
      const what = action.name.replace(/^input \d+ /, '')
      said.push(
        `the user's "${what}" changes nothing in the ordinary course${refused === undefined ? '' : `: ${refused}`}`,
      )
    }
    // After the last one nobody needs to come to rest, and some clusters never do.
    new Runner(world, mostSteps, watch).play(names.flatMap((name, i) => (i === 0 ? [name] : [untilSettled, name])))
    return said
  })
}
