/** Breaking things on purpose. What is not built here says so. */
import type { Registry } from '../api/registry.ts'
import type { Plane } from '../cluster.ts'
import { KybernError } from '../lib/coded-error.ts'
import { type Armed, type RequestRule, type WatchRule, withFault, withoutFault } from '../store/faults.ts'

/**
 * `kill`: the node's machine dies with its containers; `silence`: it runs on but no word comes out; `restore`: it is
 * back. `crash` and `restart`: an agent by its id or a controller by its name loses its memory. `lift`: the rule with this
 * id ends.
 */
export type Fault =
  | { readonly kill: string }
  | { readonly silence: string }
  | { readonly restore: string }
  | { readonly crash: string }
  | { readonly restart: string }
  | { readonly lift: number }

const nodeEvents = { kill: 'node.killed', silence: 'node.silenced', restore: 'node.restored' } as const

/** A fault that goes on: how often it struck, and its end. */
export interface OngoingFault {
  /** By it the same rule is known in forks. */
  readonly id: number
  /** Requests that matched so far. */
  readonly matched: number
  /** Requests struck, or changes lost, so far. */
  readonly hits: number
  readonly rule: RequestRule | WatchRule
  /** Ends it; watches that were late are told what they missed. */
  lift(): void
}

/** Rules that may be in force at a time. */
const ruleLimit = 1000

/** Puts a rule in force. Throws KYB-FAULT for what is none, and for resources there are none of. */
export function arm(plane: Plane, rule: RequestRule | WatchRule, lift: (id: number) => void): OngoingFault {
  const isRule = rule.type === 'request' ? 'strike' in rule : rule.type === 'watch' && 'lag' in rule
  if (!isRule)
    throw new KybernError(
      'KYB-FAULT',
      'the fault does not say what happens; end it with status(), lost(), drop(), delay(), duplicate(), crash(), hold() or lag()',
    )
  const { store } = plane.world
  refuseUnknown(rule.resource, store.registry)
  if (store.faults.armed.length >= ruleLimit)
    throw new KybernError('KYB-FAULT', `${ruleLimit} rules are in force already; lift some`)
  plane.api.setFaults(withFault(store.faults, rule, store.snapshot.revision))
  plane.input$.next({ type: 'fault', fault: rule })
  return ongoing(plane, store.faults.armed.at(-1) as Armed, lift)
}

/** The rules in force, oldest first. */
export function ongoingFaults(plane: Plane, lift: (id: number) => void): OngoingFault[] {
  return plane.world.store.faults.armed.map((armed) => ongoing(plane, armed, lift))
}

function ongoing(plane: Plane, begun: Armed, lift: (id: number) => void): OngoingFault {
  const { id, rule } = begun
  let last = begun
  const now = (): Armed => {
    last = plane.world.store.faults.armed.find((one) => one.id === id) ?? last
    return last
  }
  return {
    id,
    rule,
    get matched() {
      return now().matched
    },
    get hits() {
      return now().hits
    },
    lift() {
      now()
      if (plane.world.store.faults.armed.some((one) => one.id === id)) lift(id)
    },
  }
}

function refuseUnknown(resource: string, registry: Registry): void {
  const [plural = '', ...more] = resource.split('/')
  if (plural === '*') return
  const kind = registry.find(plural)
  const subresource = more.join('/')
  if (kind === undefined)
    throw new KybernError(
      'KYB-FAULT',
      `the cluster serves no "${plural}"; a custom resource is there after its definition`,
    )
  if (subresource === '' || subresource === '*' || kind.subresources[subresource] !== undefined) return
  const known = Object.keys(kind.subresources).join(', ') || 'none'
  throw new KybernError('KYB-FAULT', `${plural} have no subresource "${subresource}"; they have ${known}`)
}

/** Inflicts the fault at this moment. Throws KYB-FAULT for one that does not exist or names nobody. */
export function inflict(plane: Plane, fault: Fault): void {
  inflictOn(plane, fault)
  plane.input$.next({ type: 'fault', fault })
}

function inflictOn(plane: Plane, fault: Fault): void {
  const words = Object.entries(fault ?? {})
  const [word = '', name] = words[0] ?? []
  if (words.length === 1 && word === 'lift' && typeof name === 'number') return liftRule(plane, name)
  if (words.length !== 1 || typeof name !== 'string' || typeof fault !== 'object') throw noFault(fault)
  const event = nodeEvents[word as keyof typeof nodeEvents]
  if (event !== undefined) return toNode(plane, name, event)
  if (word === 'crash') return plane.loop.crash(agentId(plane, name))
  if (word === 'restart') return plane.loop.restart(agentId(plane, name))
  throw noFault(fault)
}

function liftRule({ api }: Plane, id: number): void {
  if (!api.store.faults.armed.some((one) => one.id === id))
    throw new KybernError('KYB-FAULT', `no rule ${id} is in force`)
  api.setFaults(withoutFault(api.store.faults, id))
}

function noFault(fault: unknown): KybernError {
  return new KybernError(
    'KYB-FAULT',
    `there is no fault ${JSON.stringify(fault)}; there are kill, silence, restore, crash, restart, lift, and fault.on(…), fault.watch(…)`,
  )
}

function toNode(plane: Plane, node: string, event: string): void {
  if (!plane.loop.deliver(`nodes/${node}`, { type: event })) {
    throw new KybernError('KYB-FAULT', `there is no node "${node}" that this cluster runs`)
  }
}

function agentId(plane: Plane, name: string): string {
  const found = [name, `controller/${name}`].find((id) => plane.host.get(id)?.machine.id === 'controller')
  if (found === undefined) throw new KybernError('KYB-FAULT', `there is no controller "${name}"`)
  return found
}
