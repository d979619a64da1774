/**
 * `kybern inspect FILE`: the inspector of something that is over. A saved run (also that of a test that failed) is repeated
 * and stands at its end, with all its past; a counterexample is opened beside the cluster it begins with.
 */
import { createCluster } from '../../index.ts'
import type { Inspection } from '../../inspector/inspection.ts'
import { optionsOf, parseRun, passTo } from '../../inspector/run.ts'
import { broughtFor, type ReplayFile } from '../../testing/replay-file.ts'
import { inspect, watchCluster } from '../inspect.ts'
import { openInBrowser } from './inspect.ts'
import { exportsOf, isCounterexample, textOf } from './replay.ts'
import { untilSignal } from './signals.ts'
import type { Terminal } from './terminal.ts'

interface Options {
  readonly open?: boolean
  readonly port?: number
  readonly use?: readonly string[]
}

/** Serves until it is told to end. Throws KYB-FILE, KYB-RUN-FILE, KYB-REPLAY, KYB-PORT. */
export async function inspectFile(
  path: string,
  { open = false, port = 0, use = [] }: Options,
  terminal: Terminal,
): Promise<number> {
  const ends = untilSignal()
  const text = textOf(path)
  const isExample = isCounterexample(text)
  const inspection = isExample ? await beginningOf(text, use) : await repeated(text, terminal)
  const { cluster } = inspection.cluster()
  try {
    const page = await inspect(cluster, { inspection, port, ...(isExample && { counterexample: text }) })
    terminal.data(page.url, { url: page.url, clusters: inspection.clusters })
    terminal.say('Ctrl-C ends it')
    if (open) openInBrowser(page.url, terminal)
    await ends
    await page.close()
    return 0
  } finally {
    await cluster.close()
  }
}

async function repeated(text: string, terminal: Terminal): Promise<Inspection> {
  const file = parseRun(text)
  const inspection = watchCluster(await createCluster(optionsOf(file)))
  const watched = inspection.cluster()
  for (const step of file.steps) {
    await passTo(watched.cluster, step.at)
    await watched.do(step.do, () => ({ text: step.text, calls: step.calls, lines: [] }))
  }
  await passTo(watched.cluster, file.end.time)
  const same = watched.cluster.hash() === file.end.hash
  terminal.say(
    `${file.title}: ${file.steps.length} steps, ${same ? 'the same end as then' : 'NOT the same end as then'}`,
  )
  return inspection
}

/** The cluster a counterexample begins with, as far as its file says. */
async function beginningOf(text: string, use: readonly string[]): Promise<Inspection> {
  const { replay } = JSON.parse(text) as ReplayFile
  const parts = broughtFor(replay.uses, (await Promise.all(use.map(exportsOf))).flat())
  const cluster = await createCluster({ ...replay.scenario.options, time: 'virtual' })
  const inspection = watchCluster(cluster)
  if (parts.length > 0) cluster.use(...parts)
  for (const manifest of replay.scenario.given) {
    await cluster.apply(manifest as Parameters<typeof cluster.apply>[0])
    await cluster.settle()
  }
  return inspection
}
