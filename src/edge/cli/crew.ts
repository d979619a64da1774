/** Threads that make runs of an exploration. Each loads the user's module by itself: what is explored may be code. */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { KybernError } from '../../lib/coded-error.ts'
import type { Crew } from '../../testing/explore/crew.ts'
import { type ExploreOptions, takeShare } from '../../testing/explore/explore.ts'
import type { Share, Shared } from '../../testing/explore/runs.ts'
import { explorationNamed } from './explorations.ts'
import { described } from './terminal.ts'

/** What a thread is told. */
interface Task {
  readonly kybern: 'share'
  readonly module: string
  /** The name of the export. */
  readonly name: string
  readonly options: ExploreOptions
  readonly share: Share
}

type Told = { readonly shared: Shared } | { readonly failed: { readonly code: string; readonly message: string } }

/** So many other threads for the exploration that a module exports under this name. `options` come over its own. */
export function crewOf(others: number, module: string, name: string, options: ExploreOptions): Crew {
  const workers: Worker[] = []
  return {
    others,
    take: (share) =>
      new Promise((resolve, reject) => {
        const task: Task = { kybern: 'share', module, name, options, share }
        const worker = new Worker(new URL(import.meta.url), { workerData: task, stdout: true })
        workers.push(worker)
        worker.once('message', (told: Told) => {
          if ('shared' in told) resolve(told.shared)
          else reject(new KybernError(told.failed.code, told.failed.message))
        })
        worker.once('error', reject)
        worker.once('exit', (code) =>
          reject(new KybernError('KYB-WORKER', `a thread ended with ${code} before its share`)),
        )
      }),
    end() {
      for (const worker of workers) void worker.terminate()
    },
  }
}

async function served({ module, name, options, share }: Task): Promise<Told> {
  try {
    const { scenario, properties, options: own } = (await explorationNamed(module, name)).exploration
    return { shared: await takeShare(scenario, properties, { ...own, ...options, now }, share) }
  } catch (error) {
    return { failed: described(error) }
  }
}

/** The clock of budgets. */
export const now = (): number => performance.now()

if (!isMainThread && (workerData as Partial<Task> | null)?.kybern === 'share')
  parentPort?.postMessage(await served(workerData as Task))
