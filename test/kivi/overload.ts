/** What surrounds a cluster in case C4: a node whose pods use more than it has goes down, and says so with a taint. */
import type { KubeObject } from '../../src/api/object.ts'
import { parseQuantity, quantityToNumber } from '../../src/api/quantity.ts'
import { type Controller, controller } from '../../src/controllers/controller.ts'
import { Node, Pod } from '../../src/kinds/index.ts'
import { type Moment, never, type Scenario, scenario, taint } from '../../src/testing/index.ts'
import { deployment, node } from './support.ts'

const panicked = { key: 'panicked', effect: 'NoExecute' } as const

/** Nodes go down when the `uses` labels of their running pods add up to more CPUs than they have. */
const kernel: Controller = controller({
  name: 'kernel',
  of: Node,
  watches: [{ kind: Pod, keys: ({ spec }) => (spec?.nodeName === undefined ? [] : [spec.nodeName]) }],
  reconcile(view, key) {
    const one = view.get(Node, '', key)
    if (one === undefined || isDown(one)) return []
    const used = view.by(Pod, 'node', key).reduce((sum, { metadata }) => sum + Number(metadata.labels?.uses ?? 0), 0)
    if (used <= quantityToNumber(parseQuantity(one.status?.capacity?.cpu ?? '0'))) return []
    const taints = [...(one.spec?.taints ?? []), panicked]
    return [
      {
        type: 'patch',
        ref: { resource: 'nodes', namespace: '', name: key },
        patchType: 'merge',
        patch: { spec: { taints } },
      },
    ]
  },
})

const isDown = ({ spec }: KubeObject): boolean =>
  spec?.taints?.some(({ key }: { key: string }) => key === panicked.key) === true

export const cascades = never((s: Moment) => s.nodes.filter(isDown).length >= 3).as('no three nodes go down')

/** A workload on some nodes, each pod of which uses most of a CPU and asks for `asks`; then one node is taken away. */
export function overload(nodes: number, replicas: number, asks: string): Scenario {
  const one = deployment(replicas, {
    containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu: asks } } }],
    topologySpreadConstraints: [],
  })
  const { template } = one.spec as { template: { metadata: { labels: object }; spec: object } }
  const metadata = { labels: { ...template.metadata.labels, uses: '0.9' } }
  const web = { ...one, spec: { ...one.spec, template: { ...template, metadata } } }
  const all = Array.from({ length: nodes }, (_, i) => node(`n${i + 1}`, 'a', { cpu: '2' }))
  return scenario('overload', (c) =>
    c
      .nodes(all)
      .use(kernel)
      .apply(web)
      .do(taint('n1', { key: 'away', effect: 'NoExecute' })),
  )
}
