/** kybern/vitest as its user writes tests: a forked cluster for each, matchers that wait in virtual time, stories. */

import { existsSync, readFileSync, rmSync } from 'node:fs'
import { describe, expect, on, spyOnRequests, test } from '../../src/edge/vitest.ts'
import { createCluster } from '../../src/index.ts'
import { optionsOf, parseRun, passTo, repeatStep } from '../../src/inspector/run.ts'
import { traces } from '../../src/testing/vitest/trace.ts'

const deployment = (image = 'nginx:1', replicas = 3) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image }] } },
  },
})
const crashing = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'fails' },
  spec: { containers: [{ name: 'c', image: 'busybox', command: ['false'] }] },
}

describe('a world with a Deployment', () => {
  test.override({ clusterOptions: { nodes: 2 }, manifests: [deployment()] })

  test('is there, settled', async ({ cluster }) => {
    await expect(on(cluster, 'Deployment', 'web')).toBeAvailable({ within: 0 })
    await expect(cluster).toHaveCount('Pod', 3, { labelSelector: 'app=web', within: 0 })
    await cluster.delete('Deployment', 'web')
    await expect(on(cluster, 'Deployment', 'web')).not.toExist({ within: '1m' })
    await expect(cluster).toHaveCount('Pod', 0, { within: '2m' })
  })

  test('and again for the next test, whatever the last one did', async ({ cluster }) => {
    expect(cluster.get('Deployment', 'web')?.status.readyReplicas).toBe(3)
    const spy = spyOnRequests(cluster)
    await cluster.apply(deployment('nginx:2'))
    await expect(on(cluster, 'Deployment', 'web')).not.toBeAvailable({ within: 0 })
    await expect(on(cluster, 'Deployment', 'web')).toBeAvailable({ within: '2m' })
    await expect(cluster).toStayTrue((c) => c.get('Deployment', 'web')?.status.availableReplicas >= 3, { for: '10m' })
    expect(spy).toHaveRequested('create pods', { times: 3 })
    expect(spy).toHaveRequested('create pods/binding')
    expect(spy).not.toHaveRequested('delete nodes')
    expect(new Set(spy.requests.map(({ by }) => by))).toContain('controller/replicaset')
  })

  test('what fails tells a story', async ({ cluster }) => {
    traces(cluster, 'a story', () => 'somewhere.json')
    await cluster.apply(deployment('nginx:2', 4))
    await cluster.apply({ ...deployment('nginx:2', 4), spec: { ...deployment('nginx:2', 4).spec, paused: true } })
    const failing = expect(on(cluster, 'Deployment', 'web')).toBeAvailable({ within: '5m' })
    const message = await failing.then(
      () => '',
      (error: Error) => error.message,
    )
    expect(message).toContain('expected Deployment web to be available within 5m')
    expect(message).toContain('its last events:')
    expect(message).toContain('controller/deployment for default/web changed deployments.apps default/web')
    expect(message).toContain('trace: somewhere.json')
  })
})

test('a container that fails comes to CrashLoopBackOff', async ({ cluster }) => {
  await cluster.apply(crashing)
  await expect(on(cluster, 'Pod', 'fails')).toReach('CrashLoopBackOff', { within: '5m' })
  await expect(on(cluster, 'Pod', 'fails')).not.toReach('Ready', { within: '1m' })
  await expect(cluster).toSettle()
})

test('a spy knows resources by all their names, and no others', async ({ cluster }) => {
  const spy = spyOnRequests(cluster)
  await cluster.apply(deployment('nginx:1'))
  await cluster.settle()
  for (const name of ['deployments', 'deployments.apps', 'deploy', 'Deployment'])
    expect(spy).toHaveRequested(`update ${name}/status`)
  expect(() => expect(spy).not.toHaveRequested('update deployments/status')).toThrow(/not at least once/)
  expect(() => expect(spy).toHaveRequested('delete pods')).toThrow(
    /asked 0 times\nwhat was asked:\n {2}\w+ \S+: \d+ times/,
  )
  for (const wrong of ['creat pods', 'create podz', 'pods', 'get pods'])
    expect(() => expect(spy).not.toHaveRequested(wrong)).toThrow('KYB-EXPECT')
})

test('an option that there is not is told so', async ({ cluster }) => {
  const late = { witin: '1m' } as object
  const web = on(cluster, 'Deployment', 'web')
  await expect(expect(web).not.toBeAvailable(late)).rejects.toThrow(
    /KYB-EXPECT: there is no option "witin"; there is within/,
  )
  await expect(expect(cluster).toHaveCount('Pod', 0, { selector: 'app=web' } as object)).rejects.toThrow('"selector"')
  await expect(expect(cluster).toStayTrue(() => true, {} as { for: string })).rejects.toThrow('say for how long')
  await expect(expect(cluster).toHaveCount('Pod', 2, { within: '1m' })).rejects.toThrow(
    /^expected 2 objects of kind Pod within 1m\nthere are 0\n/,
  )
})

test('the wrong thing to expect on is told so', async ({ cluster }) => {
  await expect(expect(cluster).toBeAvailable()).rejects.toThrow('KYB-EXPECT')
  await expect(expect(on(cluster, 'Pod', 'x')).toHaveCount('Pod', 1)).rejects.toThrow('KYB-EXPECT')
})

test('a trace is a file with everything that was written', async ({ cluster, task }) => {
  const path = 'test-results/trace-of-a-trace.json'
  const { mkdirSync, writeFileSync } = await import('node:fs')
  traces(cluster, task.name, (_name, text) => {
    mkdirSync('test-results', { recursive: true })
    writeFileSync(path, text)
    return path
  })
  await cluster.apply(crashing)
  await expect(expect(on(cluster, 'Pod', 'fails')).toReach('Succeeded', { within: '1m' })).rejects.toThrow(path)
  const trace = JSON.parse(readFileSync(path, 'utf8'))
  expect(trace.format).toBe('kybern-trace/1')
  expect(trace.hash).toBe(cluster.hash())
  expect(trace.writes.some((write: { key: string }) => write.key === 'default/fails')).toBe(true)
  rmSync(path)
  expect(existsSync(path)).toBe(false)
})

test('the run of a test that fails can be repeated', async ({ cluster }) => {
  await cluster.apply(deployment('nginx:2', 4))
  cluster.fault({ kill: 'node-1' })
  await cluster.advance('7s')
  const failing = expect(expect(on(cluster, 'Deployment', 'web')).toReach('Nowhere', { within: '1m' }))
  await failing.rejects.toThrow('(kybern inspect opens it)')
  const path = 'test-results/the-run-of-a-test-that-fails-can-be-repeated.json'
  const run = parseRun(readFileSync(path, 'utf8'))
  rmSync(path)
  await using again = await createCluster(optionsOf(run))
  for (const step of run.steps) await repeatStep(again, step)
  await passTo(again, run.end.time)
  expect(again.hash()).toBe(cluster.hash())
  expect(run.steps.map(({ text }) => text)).toContain('kill node-1')
})
