/** What a controller was refused it tries again, however late: until then it is not finished. */
import { expect, it } from 'vitest'
import { explore, invariants, patch, scenario } from '../../src/testing/index.ts'

const quota = `
apiVersion: v1
kind: ResourceQuota
metadata: { name: most }
spec: { hard: { pods: "1" } }
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: nginx }] } }
`

it('whose retry has yet to come is not said to have forgotten something', async () => {
  const rises = patch('ResourceQuota', 'most', { spec: { hard: { pods: '5' } } })
  const report = await explore(
    scenario('quota', (c) => c.nodes(1).apply(quota).do(rises)),
    [invariants.G2],
    { mode: 'random', runs: 20 },
  )
  expect(String(report)).toContain('bounded')
  expect([report.verdict, report.covered.settled]).toEqual(['bounded', 20])
})
