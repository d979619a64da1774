/**
 * A whole cluster in a worker of this tab: what the page talks to when nobody serves it. The page's address may say
 * `?nodes=5&seed=7`. Time is virtual: it moves when the page plays, steps or advances.
 */
import { createCluster } from '../../../cluster.ts'
import type { WallClock } from '../../../ports.ts'
import { Inspection } from '../../inspection.ts'
import type { PageMessage, SessionChannel } from '../../protocol.ts'

/** What of a worker's global scope is used; TypeScript's library for pages does not have it. */
interface WorkerScope {
  readonly location: { readonly search: string }
  postMessage(message: unknown): void
  addEventListener(type: 'message', listener: (event: { readonly data: PageMessage }) => void): void
}

const scope = globalThis as unknown as WorkerScope

const clock: WallClock = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms)
    return { cancel: () => clearTimeout(timer) }
  },
}

/** The page's messages from the first on: those that come before the cluster is there wait for it. */
function channelToPage(): SessionChannel {
  const early: PageMessage[] = []
  let hear: ((message: PageMessage) => void) | undefined
  scope.addEventListener('message', ({ data }) => {
    if (hear === undefined) early.push(data)
    else hear(data)
  })
  return {
    send: (message) => scope.postMessage(message),
    onMessage(listener) {
      hear = listener
      for (const message of early.splice(0)) listener(message)
      return () => {
        hear = undefined
      }
    },
    // A worker ends with its page: there is nobody left to be told.
    onClose: () => () => undefined,
    close: () => undefined,
  }
}

/** A whole number between bounds, or what holds without one. */
function numberOf(name: string, least: number, most: number, otherwise: number): number {
  const text = new URLSearchParams(scope.location.search).get(name)
  const value = text === null || text === '' ? Number.NaN : Number(text)
  return Number.isInteger(value) && value >= least && value <= most ? value : otherwise
}

const channel = channelToPage()
const nodes = numberOf('nodes', 0, 1000, 3)
const seed = numberOf('seed', 0, 2 ** 31 - 1, 7)
const inspection = new Inspection(await createCluster({ nodes, seed }), { clock })
inspection.connect(channel)
