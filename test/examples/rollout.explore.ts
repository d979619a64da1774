/** What `kybern explore test/examples/rollout.explore.ts` explores: a rollout that keeps its promise, and one that is promised too much. */
import {
  always,
  exploration,
  leadsTo,
  never,
  type Scenario,
  scale,
  scenario,
  setImage,
} from '../../src/testing/index.ts'

const deployment = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: nginx, image: 'nginx:1' }] }
`
const rollout: Scenario = scenario('rollout', (c) => c.nodes(2).apply(deployment).do(setImage('web', 'nginx:2')))

export const kept = exploration(
  rollout,
  always((s) => s.deployment('web').available >= 2).as('never fewer than two'),
  leadsTo(
    (s) => s.image('web') === 'nginx:2',
    (s) => s.deployment('web').updated === 2,
  ).within('10m'),
  { mode: 'portfolio', runs: 200, faults: { crash: 1, conflict: 1 } },
)

const busy: Scenario = scenario('busy', (c) =>
  c.nodes(2).apply(deployment).do(setImage('web', 'nginx:2'), scale('web', 3)),
)

/** False, though few orders show it. */
export const tooMuch = exploration(
  busy,
  never((s) => s.activePods.length === 5 && s.activePods.every(({ spec }) => spec?.nodeName !== undefined)).as(
    'never five pods at work',
  ),
  { mode: 'random', runs: 60, faults: { crash: 1, conflict: 1 } },
)
