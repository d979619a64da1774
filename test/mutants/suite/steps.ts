/** A run as data: what the user does, how time and turns go on, what breaks. Numbers choose; equal steps give equal runs. */
import { drawsOf, type Prng } from '../../../src/lib/prng.ts'
import { type Operation, roots, workloadKinds } from './operation-tools.ts'
import { operations } from './operations.ts'
import type { Rig } from './rig.ts'
import type { Scenario } from './scenarios.ts'

export interface Step {
  /** `settled`, `op scale`, `turns`, `drain`, `ticks`, `advance`, `settle`, `fault lag`, … */
  readonly what: string
  readonly n: readonly number[]
  /** The order of turns in it, and whatever else it draws. */
  readonly seed: number
}

const big = 1_000_000

/** How rough the run is: 0 the user alone, 1 any order of turns, 2 faults as well. */
export type Roughness = 0 | 1 | 2

/** The steps of one run. Operations come in a shuffled order, so that few runs do all there are. */
export function generated(scenario: Scenario, seed: number, roughness: Roughness): Step[] {
  const random = drawsOf(seed)
  const steps: Step[] = []
  const add = (what: string) =>
    steps.push({ what, n: [0, 1, 2, 3].map(() => random.below(big)), seed: random.below(big) })
  const count = scenario.busy === true ? scenario.ops.length : 4 + random.below(5)
  if (scenario.passing !== true && random.below(4) > 0) add('settled')
  for (const op of shuffled(random, scenario.ops).slice(0, count)) {
    if (roughness === 2 && random.below(2) === 0) add(`fault ${pick(random, faults)}`)
    add(`op ${op}`)
    if (roughness > 0) add(pick(random, ['turns', 'turns', 'drain', 'ticks', 'ticks', 'advance', 'settle']))
    else if (random.below(4) > 0) add(pick(random, ['settle', 'settle', 'ticks']))
  }
  return steps
}

const faults = [
  'lag',
  'lag',
  'lag',
  'crash-after',
  'crash-after',
  'refuse',
  'restart',
  'crash',
  'kill',
  'silence',
  'restore',
]

function shuffled<T>(random: Prng, from: readonly T[]): readonly T[] {
  const all = [...from]
  for (let i = all.length - 1; i > 0; i--) {
    const j = random.below(i + 1)
    ;[all[i], all[j]] = [all[j] as T, all[i] as T]
  }
  return all
}

function pick<T>(random: Prng, from: readonly T[]): T {
  return from[random.below(from.length)] as T
}

/** Where nothing is left of what the user began with, the user begins again. */
async function instead(rig: Rig, name: string, scenario: Scenario): Promise<string> {
  const had = workloadKinds.some((kind) => scenario.manifest.includes(`kind: ${kind}\n`))
  if (!had || roots(rig, workloadKinds).length > 0) return `${name}: nothing to do`
  return (await operations.apply?.(rig, [], scenario)) ?? ''
}

/** Does one step; answers what it was in words. */
export async function perform(rig: Rig, scenario: Scenario, step: Step): Promise<string> {
  rig.random = drawsOf(step.seed)
  const [word = '', name = ''] = step.what.split(' ')
  const [a = 0, b = 0] = step.n
  switch (word) {
    case 'op':
      if (operations[name] === undefined) throw new Error(`there is no operation "${name}"`)
      return (await (operations[name] as Operation)(rig, step.n, scenario)) ?? (await instead(rig, name, scenario))
    case 'fault':
      return broken(rig, name, step.n)
    case 'settled':
      return 'everybody has done what the manifest says'
    case 'turns': {
      let took = 0
      for (const most = 1 + (a % 12); took < most && rig.turn(); ) took++
      return `${took} turns`
    }
    case 'drain':
      rig.drain()
      return 'everybody acts'
    case 'ticks': {
      rig.drain()
      const until = rig.now + 60_000
      for (let i = 0; i < 1 + (a % 5) && rig.tick(until); i++) rig.drain()
      return `until ${new Date(rig.now).toISOString()}`
    }
    case 'advance': {
      const ms = [1000, 5000, 30_000, 60_000, 300_000][a % 5] as number
      rig.advance(ms)
      return `${ms / 1000} s go by`
    }
    case 'settle':
      rig.drain()
      await rig.cluster.settle({ within: '10m' }).catch(() => {})
      return 'until it is quiet'
    default:
      throw new Error(`there is no step "${step.what}" (${b})`)
  }
}

function broken(rig: Rig, fault: string, [a = 0, b = 0, c = 0]: readonly number[]): string {
  const agents = rig.busy
  const agent = agents[a % agents.length] as string
  const nodes = rig.cluster.list('Node').map((node) => node.metadata.name)
  const node = nodes[a % Math.max(1, nodes.length)]
  switch (fault) {
    case 'lag':
      rig.lag(agent, 1 + (b % 12), 1 + (c % 20))
      return `${agent} sees the world as it was up to ${1 + (b % 12)} revisions ago`
    case 'crash-after':
      rig.crashAfter(agent, b % 4)
      return `${agent} dies after ${b % 4} writes`
    case 'refuse':
      rig.refuse(agent, 1 + (b % 3))
      return `${1 + (b % 3)} writes of ${agent} are refused`
    case 'crash':
      rig.crash(agent)
      return `${agent} dies`
    case 'restart': {
      const dead = [...rig.crashed][0] ?? agent
      rig.restart(dead)
      return `${dead} starts anew`
    }
    default:
      if (node === undefined) return 'there is no node'
      try {
        rig.node(node, fault as 'kill')
      } catch {
        return `${node} is nobody's`
      }
      return `${fault} ${node}`
  }
}
