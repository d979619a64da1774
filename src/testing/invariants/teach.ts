/** Playing a lesson on a live cluster. */
import { setUp } from '../explore/world.ts'
import { type WatchReport, watchOver } from '../monitor.ts'
import { perform } from '../perform.ts'
import type { Property } from '../property.ts'
import type { Lesson } from './lessons.ts'

/** Sets the lesson's scenario up, does what its user does, and answers what became of its property and the others. */
export async function taught({ scenario, property }: Lesson, others: readonly Property[] = []): Promise<WatchReport> {
  await using cluster = await setUp(scenario)
  const watch = watchOver(cluster, [property, ...others])
  for (const operation of scenario.inputs) await perform(cluster, operation)
  return watch.report()
}
