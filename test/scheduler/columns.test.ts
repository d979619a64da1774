/** The columns against the plugins themselves, and columns that were advanced against columns built anew. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../src/api/object.ts'
import { chanceOf } from '../../src/lib/digest.ts'
import { emptyOrdered } from '../../src/lib/ordered.ts'
import { bestSlot, feasibleSlots } from '../../src/scheduler/best.ts'
import type { Columns } from '../../src/scheduler/columns.ts'
import { explain, rank } from '../../src/scheduler/explain.ts'
import { factsOf } from '../../src/scheduler/facts.ts'
import { buildColumns } from '../../src/scheduler/holder.ts'
import { judgeOf, type Tools } from '../../src/scheduler/judge.ts'
import { softSpread } from '../../src/scheduler/scores/pod-topology-spread.ts'
import type { Assumed } from '../../src/scheduler/state.ts'
import type { View } from '../../src/store/view.ts'
import { viewOf } from '../support/view.ts'
import { nodes, placedPods, pods, surroundings } from './arbitrary.ts'

function toolsFor(view: View): Tools {
  const namespaces = (name: string) => view.get('namespaces', '', name)?.metadata.labels ?? {}
  const chance = (site: string) => chanceOf(7, site)
  return { view, namespaces, chance, softSpread: (facts) => softSpread(facts, view) }
}

function columnsFor(view: View): Columns {
  const { chance, namespaces } = toolsFor(view)
  return buildColumns(view, emptyOrdered<Assumed>(), chance, namespaces)
}

/** What the columns say, in the words of `explain`. */
function explained(columns: Columns, pod: KubeObject, tools: Tools): string[] {
  const judge = judgeOf(columns, factsOf(pod), tools)
  if (judge.nowhere !== undefined) return judge.nowhere.refusal.reasons.map((one) => ` ${judge.nowhere?.plugin} ${one}`)
  const lines = [...columns.slotOf].flatMap(([name, slot]) => {
    const code = judge.check(slot)
    if (code === 0) return []
    const { plugin, refusal } = judge.verdict(code)
    return refusal.reasons.map((reason) => `${name} ${plugin} ${reason}`)
  })
  return lines.sort()
}

function bestName(columns: Columns, pod: KubeObject, tools: Tools): string {
  const judge = judgeOf(columns, factsOf(pod), tools)
  if (judge.nowhere !== undefined) return ''
  const slot = bestSlot(columns, judge, tools)
  return slot < 0 ? '' : (columns.names[slot] as string)
}

describe('columns', () => {
  it('refuse the nodes the plugins refuse, for the same reasons, and choose one the plugins rank first', () => {
    const scene = fc.record({ nodes: nodes(6), placed: placedPods(10), pods: pods(3) })
    fc.assert(
      fc.property(scene, (given) => {
        const view = viewOf([...surroundings, ...given.nodes, ...given.placed])
        const [columns, tools] = [columnsFor(view), toolsFor(view)]
        for (const pod of given.pods) {
          const lines = explain(view, pod).map((one) => `${one.node} ${one.plugin} ${one.reason}`)
          expect(explained(columns, pod, tools)).toEqual(lines.sort())
          const ranked = rank(view, pod)
          const first = ranked.filter((one) => one.points === ranked[0]?.points).map((one) => one.node)
          if (first.length === 0) expect(bestName(columns, pod, tools)).toBe('')
          else expect(first).toContain(bestName(columns, pod, tools))
        }
      }),
      { numRuns: 400 },
    )
  })

  it('say the same after changes as columns built from the outcome', () => {
    const scene = fc.record({
      before: nodes(5),
      after: nodes(6),
      old: placedPods(8),
      fresh: placedPods(8),
      asked: pods(3),
    })
    fc.assert(
      fc.property(scene, ({ before, after, old, fresh, asked }) => {
        const columns = columnsFor(viewOf([...surroundings, ...before, ...old]))
        const view = viewOf([...surroundings, ...after, ...fresh])
        const tools = toolsFor(view)
        for (const pod of asked) bestName(columns, pod, tools)
        change(columns, before, after, old, fresh)
        for (const pod of asked) {
          const rebuilt = columnsFor(view)
          expect(explained(columns, pod, tools)).toEqual(explained(rebuilt, pod, tools))
          expect(bestName(columns, pod, tools)).toBe(bestName(rebuilt, pod, tools))
        }
      }),
      { numRuns: 400 },
    )
  })

  it('are left as they were by a pod that came and went', () => {
    fc.assert(
      fc.property(nodes(4), placedPods(6), placedPods(3), pods(2), (all, placed, passing, asked) => {
        const view = viewOf([...surroundings, ...all, ...placed])
        const [columns, tools] = [columnsFor(view), toolsFor(view)]
        const ask = () => asked.map((pod) => [explained(columns, pod, tools), bestName(columns, pod, tools)])
        const before = ask()
        const guests = passing.map((pod) =>
          factsOf({ ...pod, metadata: { ...pod.metadata, name: `x-${pod.metadata.name}` } }),
        )
        for (const guest of guests) columns.addPod(guest, guest.pod.spec.nodeName)
        ask()
        for (const guest of guests) columns.removePod(guest.key)
        expect(ask()).toEqual(before)
        expect(
          feasibleSlots(columns, judgeOf(columns, factsOf(asked[0] as KubeObject), tools)).length,
        ).toBeLessThanOrEqual(all.length)
      }),
      { numRuns: 200 },
    )
  })
})

/** Removes and replaces in an order no store would choose. */
function change(
  columns: Columns,
  before: readonly KubeObject[],
  after: readonly KubeObject[],
  old: readonly KubeObject[],
  fresh: readonly KubeObject[],
): void {
  const names = new Set(after.map((one) => one.metadata.name))
  for (const one of fresh) columns.addPod(factsOf(one), one.spec.nodeName)
  for (const one of before) if (!names.has(one.metadata.name)) columns.removeNode(one.metadata.name)
  for (const one of [...after].reverse()) columns.setNode(one)
  const keys = new Set(fresh.map((one) => factsOf(one).key))
  for (const one of old) if (!keys.has(factsOf(one).key)) columns.removePod(factsOf(one).key)
}
