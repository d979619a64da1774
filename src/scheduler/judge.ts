/**
 * Everything the columns can say about one pod: on which slots it may be, and which of them is best. All nodes are
 * looked at, scores are exact; equal ones are told apart by the seed.
 */
import type { View } from '../store/view.ts'
import type { Columns } from './columns.ts'
import type { PodFacts } from './facts.ts'
import { interPodAffinity, unmetAffinity, unmetAntiAffinity, unmetExisting } from './filters/inter-pod-affinity.ts'
import { isIncluded, missingLabel, podTopologySpread, tooSkewed } from './filters/pod-topology-spread.ts'
import { volumeBinding } from './filters/volume-binding.ts'
import { type NodeProgram, newProgram, syncProgram, type Verdict } from './node-program.ts'
import type { ClusterFacts, NodeFacts, Refusal } from './plugin.ts'
import type { SoftSpread } from './scores/pod-topology-spread.ts'
import type { DomainCounts, Eligibility, Tally } from './tallies.ts'
import { isEmptySelector, type Selection, type SpreadConstraint, selects } from './terms.ts'

/** What judging reads beside the columns. */
export interface Tools {
  readonly view: View
  readonly namespaces: ClusterFacts['namespaces']
  readonly chance: (site: string) => number
  readonly softSpread: (facts: PodFacts) => SoftSpread
}

/** One pod before the columns as they are now. `check` answers 0 when the slot will do, else a code for `verdict`. */
export interface Judge {
  readonly facts: PodFacts
  readonly program: NodeProgram
  /** Set when no node will do for a reason of the pod itself. */
  readonly nowhere: Verdict | undefined
  /** False when the cached answers of the program are the whole answer. */
  readonly global: boolean
  check(slot: number): number
  verdict(code: number): Verdict
}

type SlotCheck = (slot: number) => number

const spreadName = podTopologySpread.name
const affinityName = interPodAffinity.name
// Codes below -1, by position: -2 is the first.
const common: readonly Verdict[] = [
  { plugin: spreadName, refusal: missingLabel },
  { plugin: spreadName, refusal: tooSkewed },
  { plugin: affinityName, refusal: unmetAffinity },
  { plugin: affinityName, refusal: unmetAntiAffinity },
  { plugin: affinityName, refusal: unmetExisting },
]
const [noLabel, skewed, notNear, tooNear, keptFree] = [-2, -3, -4, -5, -6] as const

/** Looks at a pod once. The judge holds only until the columns change. */
export function judgeOf(columns: Columns, facts: PodFacts, tools: Tools): Judge {
  const program = programOf(columns, facts)
  syncProgram(program, columns)
  const verdicts = [...common]
  const checks: SlotCheck[] = []
  const volumes = facts.claims ? volumeCheck(columns, facts, tools, verdicts) : undefined
  if (typeof volumes === 'function') checks.push(volumes)
  checks.push(...spreadChecks(columns, facts), ...affinityChecks(columns, facts, tools))
  return {
    facts,
    program,
    nowhere: typeof volumes === 'object' ? volumes : nowhereOf(program),
    global: checks.length > 0,
    check(slot) {
      const why = program.why[slot] as number
      if (why !== 0) return why
      for (const check of checks) {
        const code = check(slot)
        if (code !== 0) return code
      }
      return 0
    },
    verdict: (code) => (code > 0 ? program.verdicts[code] : verdicts[-2 - code]) as Verdict,
  }
}

const programLimit = 512

function programOf(columns: Columns, facts: PodFacts): NodeProgram {
  const known = columns.programs.get(facts.nodeKey)
  if (known !== undefined) return known
  if (columns.programs.size >= programLimit) columns.programs.clear()
  const fresh = newProgram(facts)
  columns.programs.set(facts.nodeKey, fresh)
  return fresh
}

function nowhereOf(program: NodeProgram): Verdict | undefined {
  const found = program.checks.find(({ check }) => typeof check !== 'function')
  return found === undefined ? undefined : { plugin: found.plugin, refusal: found.check as Refusal }
}

/** Claims are a matter of objects; their refusals get codes as they come. */
function volumeCheck(columns: Columns, facts: PodFacts, tools: Tools, verdicts: Verdict[]): SlotCheck | Verdict {
  const { name: plugin, filter } = volumeBinding
  const check = filter(facts, { nodes: [], namespaces: tools.namespaces, view: tools.view })
  if (typeof check !== 'function') return { plugin, refusal: check }
  return (slot) => {
    const node = columns.nodes[slot] as NodeFacts['node']
    const refusal = check({ node, name: node.metadata.name, labels: node.metadata.labels ?? {}, pods: [] })
    if (refusal === undefined) return 0
    let at = verdicts.findIndex((one) => one.refusal === refusal)
    if (at < 0) at = verdicts.push({ plugin, refusal }) - 1
    return -2 - at
  }
}

function spreadChecks(columns: Columns, facts: PodFacts): SlotCheck[] {
  const { hardSpread } = facts.terms
  const keys = hardSpread.map((one) => one.topologyKey)
  return hardSpread.map((one) => {
    const { topology, counts, least } = spreadState(columns, facts, one, keys)
    const limit = one.maxSkew + least - (one.matchesSelf ? 1 : 0)
    const { domainOf } = topology
    return (slot) => {
      const domain = domainOf[slot] as number
      if (domain < 0) return noLabel
      return (counts.counts[domain] as number) > limit ? skewed : 0
    }
  })
}

function spreadState(columns: Columns, facts: PodFacts, one: SpreadConstraint, keys: readonly string[]) {
  const counts = spreadCounts(columns, facts, one, keys)
  let [domains, least] = [0, Number.MAX_SAFE_INTEGER]
  for (let i = 0; i < counts.topology.ids.size; i++) {
    if (counts.nodes[i] === 0) continue
    domains++
    least = Math.min(least, counts.counts[i] as number)
  }
  return { topology: counts.topology, counts, least: domains < one.minDomains ? 0 : least }
}

/** The matching pods per domain over the nodes that count; an empty selector counts none. */
export function spreadCounts(
  columns: Columns,
  facts: PodFacts,
  one: SpreadConstraint,
  keys: readonly string[],
): DomainCounts {
  return columns.domains(spreadTally(columns, one), one.topologyKey, eligibilityOf(columns, facts, one, keys))
}

/** The pods a constraint counts, per slot. */
export function spreadTally(columns: Columns, { selection }: SpreadConstraint): Tally {
  return columns.tallyOf(isEmptySelector(selection.selector) ? nothing : selection)
}

const nothing = { id: 'nothing', namespaces: [], namespaceSelector: undefined, selector: undefined, live: true }

function eligibilityOf(
  columns: Columns,
  facts: PodFacts,
  one: SpreadConstraint,
  keys: readonly string[],
): Eligibility | undefined {
  const { nodeSelector, affinity, tolerations } = facts.pod.spec ?? {}
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  const byAffinity = one.honorsAffinity && (nodeSelector !== undefined || Boolean(required))
  const others = keys.filter((key) => key !== one.topologyKey)
  if (!byAffinity && !one.honorsTaints && others.length === 0) return undefined
  const key = JSON.stringify([byAffinity && [nodeSelector, required], one.honorsTaints && [tolerations], others])
  return columns.eligibilityOf(key, (slot) => {
    const node = columns.nodes[slot] as NodeFacts['node']
    const labels = node.metadata.labels ?? {}
    const seen = { node, name: node.metadata.name, labels, pods: [] }
    return others.every((other) => labels[other] !== undefined) && isIncluded(one, facts, seen)
  })
}

function affinityChecks(columns: Columns, facts: PodFacts, tools: Tools): SlotCheck[] {
  const { affinity, antiAffinity } = facts.terms
  const checks: SlotCheck[] = []
  if (affinity.length > 0) checks.push(nearCheck(columns, facts, tools))
  for (const { selection, topologyKey } of antiAffinity) {
    const tally = columns.tallyOf(selection)
    if (tally.pods > 0) checks.push(occupiedCheck(columns.domains(tally, topologyKey, undefined), tooNear))
  }
  for (const held of columns.heldAgainst(columns.groupOf(facts)))
    if (held.anti && held.tally.pods > 0)
      checks.push(occupiedCheck(columns.domains(held.tally, held.topologyKey, undefined), keptFree))
  return checks
}

function occupiedCheck({ topology, counts }: DomainCounts, code: number): SlotCheck {
  const { domainOf } = topology
  return (slot) => {
    const domain = domainOf[slot] as number
    return domain >= 0 && (counts[domain] as number) > 0 ? code : 0
  }
}

/** Required affinity: pods that satisfy all terms at once are what counts, and the first of a series may begin. */
function nearCheck(columns: Columns, facts: PodFacts, tools: Tools): SlotCheck {
  const { affinity } = facts.terms
  const tally = columns.tallyOf(jointSelection(affinity.map((one) => one.selection)))
  const domains = affinity.map(({ topologyKey }) => columns.domains(tally, topologyKey, undefined))
  const somewhere = domains.some(({ counts }) => counts.some((count) => count > 0))
  const self = affinity.every((one) => selects(one.selection, facts.namespace, facts.labels, tools.namespaces))
  const begins = !somewhere && self
  return (slot) => {
    let found = true
    for (const { topology, counts } of domains) {
      const domain = topology.domainOf[slot] as number
      if (domain < 0) return notNear
      if ((counts[domain] as number) <= 0) found = false
    }
    return found || begins ? 0 : notNear
  }
}

/** One selection for pods that satisfy every term. */
function jointSelection(all: readonly Selection[]): Selection {
  if (all.length === 1) return all[0] as Selection
  const id = `joint ${all.map((one) => one.id).join(' & ')}`
  return { id, namespaces: [], namespaceSelector: undefined, selector: undefined, live: false, all }
}
