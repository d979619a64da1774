/** The inspector's terminal: what it prints is what a real kubectl prints of the same cluster. */
import { expect, test } from 'vitest'
import { Inspection } from '../../src/inspector/inspection.ts'
import { Terminal } from '../../src/inspector/terminal/kubectl.ts'
import { inspected, pageOf, StandingClock, web } from '../support/inspecting.ts'
import { useServedCluster } from '../support/served.ts'

const served = useServedCluster()

/** A terminal over the served cluster. */
async function terminalOf(): Promise<Terminal> {
  const inspection = new Inspection(served.cluster, { clock: new StandingClock(), version: '0.0.0' })
  const { client } = pageOf(inspection)
  await client.welcome
  return new Terminal((question, given) => client.ask(question, given))
}

const lines = (text: string): string[] => text.split('\n').map((line) => line.trimEnd())

test('reading prints what kubectl prints', async () => {
  await served.deployed()
  const terminal = await terminalOf()
  for (const args of [
    ['get', 'pods'],
    ['get', 'deploy', '-o', 'wide'],
    ['get', 'pods', '-l', 'app=nginx', '--show-labels'],
    ['get', 'deployment/nginx-deployment', '-o', 'yaml'],
    ['get', 'deployment', 'nginx-deployment', '-o', 'json'],
    ['get', 'pods,deployments'],
    ['get', 'pods', '-o', 'name'],
    ['get', 'all'],
    ['get', 'nodes'],
    ['get', 'statefulsets'],
    ['get', 'deployment', 'nginx-deployment', '-o', 'jsonpath={.spec.replicas}'],
    ['get', 'pods', '-o', 'jsonpath={.items[*].status.phase}'],
    ['get', 'ns', '--no-headers'],
    ['rollout', 'status', 'deployment/nginx-deployment'],
    ['rollout', 'history', 'deployment/nginx-deployment'],
  ]) {
    const { stdout, stderr, code } = await served.kubectl(...args)
    const ours = await terminal.run(['kubectl', '-n', served.namespace, ...args].map((word) => `'${word}'`).join(' '))
    expect({ args, code: ours.code, text: lines(ours.text) }).toEqual({
      args,
      code,
      text: lines((stdout || stderr).trimEnd()),
    })
  }
})

test('what is refused is refused in the same words', async () => {
  const terminal = await terminalOf()
  for (const args of [
    ['get', 'pods', 'nobody'],
    ['get', 'nonsense'],
    ['delete', 'deployment', 'nobody'],
    ['scale', 'deployment/nobody', '--replicas=2'],
  ]) {
    const { stderr, code } = await served.kubectl(...args)
    const ours = await terminal.run(`kubectl -n ${served.namespace} ${args.join(' ')}`)
    expect({
      args,
      code: ours.code,
      words: ours.text.includes('not found') || ours.text.includes("doesn't have"),
    }).toEqual({
      args,
      code,
      words: stderr.includes('not found') || stderr.includes("doesn't have"),
    })
  }
})

test('writing says what kubectl says and does it', async () => {
  const terminal = await terminalOf()
  const run = async (line: string) => (await terminal.run(`kubectl -n ${served.namespace} ${line}`)).text
  const kubectl = async (...args: string[]) => (await served.prints(...args)).trimEnd()
  expect(await run('create deployment one --image=nginx:1 --replicas=2')).toBe('deployment.apps/one created')
  expect(await kubectl('create', 'deployment', 'two', '--image=nginx:1')).toBe('deployment.apps/two created')
  for (const [ours, theirs] of [
    ['scale deployment one --replicas=3', ['scale', 'deployment', 'two', '--replicas=3']],
    ['set image deployment/one nginx=nginx:2', ['set', 'image', 'deployment/two', 'nginx=nginx:2']],
    ['label deployment one tier=front', ['label', 'deployment', 'two', 'tier=front']],
    ['annotate deployment one a=b', ['annotate', 'deployment', 'two', 'a=b']],
    ['rollout restart deployment/one', ['rollout', 'restart', 'deployment/two']],
    ['rollout undo deployment/one', ['rollout', 'undo', 'deployment/two']],
    ['expose deployment one --port=80', ['expose', 'deployment', 'two', '--port=80']],
    ['autoscale deployment one --min=1 --max=3', ['autoscale', 'deployment', 'two', '--min=1', '--max=3']],
  ] as const) {
    const said = (await run(ours)).replaceAll('one', 'X')
    expect(said).toBe((await kubectl(...theirs)).replaceAll('two', 'X'))
  }
  const { spec, metadata } = served.cluster.get('Deployment', 'one', served.namespace) ?? ({} as never)
  expect([spec.replicas, metadata.labels?.tier, metadata.annotations?.a]).toEqual([3, 'front', 'b'])
  const gone = await run('delete deployment one')
  // From 1.34 on kubectl says where it was, too.
  const theirs = (await kubectl('delete', 'deployment', 'two')).replace('two', 'one').replace(/ from .*/, '')
  expect(gone).toBe(`${theirs} from ${served.namespace} namespace`)
  expect(await run('cordon node-1')).toBe('node/node-1 cordoned')
  expect(served.cluster.get('Node', 'node-1')?.spec.unschedulable).toBe(true)
  expect(await run('uncordon node-1')).toBe('node/node-1 uncordoned')
  expect(await run('taint node node-1 k=v:NoSchedule')).toBe('node/node-1 tainted')
  expect(await run('taint node node-1 k:NoSchedule-')).toBe('node/node-1 untainted')
  expect(served.cluster.get('Node', 'node-1')?.spec.taints ?? []).toEqual([])
})

test('the rest: describe, logs, exec, top, explain, completion, quotes, help', async () => {
  await using scene = await inspected()
  const { client } = scene.page
  const terminal = new Terminal(
    (question, given) => client.ask(question, given),
    () => web(),
  )
  expect(await terminal.run('kubectl apply -f -')).toEqual({ text: 'deployment.apps/web created', code: 0 })
  expect((await terminal.run('settle')).code).toBe(0)
  const pod = (await terminal.run('get pods -o name')).text.split('\n')[0]?.split('/')[1] ?? ''
  const described = (await terminal.run(`describe pod ${pod}`)).text
  expect(described).toMatch(/Status: +Running/)
  expect(described).toMatch(/Controlled By: +ReplicaSet\/web-/)
  expect(described).toContain('Scheduled')
  expect((await terminal.run('describe deployment web')).text).toMatch(/Replicas: +3 desired \| 3 updated/)
  expect((await terminal.run(`exec ${pod} -- echo 'hello there'`)).text).toBe('hello there')
  expect((await terminal.run(`logs ${pod}`)).code).toBe(0)
  expect((await terminal.run(`logs -f ${pod} --tail=1`)).code).toBe(0)
  expect((await terminal.run('exec deploy/web -- echo hello')).text).toBe('hello')
  expect((await terminal.run('logs deploy/web')).text).toMatch(/^Found 3 pods, using pod\/web-/)
  expect((await terminal.run('logs -l app=web --tail 0')).text).toMatch(/^Found 3 pods/)
  expect(await terminal.run('exec nope -- ls')).toEqual({
    text: 'Error from server (NotFound): pods "nope" not found',
    code: 1,
  })
  expect((await terminal.run(`exec ${pod}`)).text).toContain('you must specify at least one command')
  expect((await terminal.run('top nodes')).text).toMatch(/^NAME +CPU\(cores\) +MEMORY\(bytes\)\nnode-1/)
  expect((await terminal.run('explain deployment.spec')).text).toContain('replicas')
  expect((await terminal.run('api-resources')).text).toMatch(/deployments +deploy +apps\/v1 +true +Deployment/)
  expect((await terminal.run('advance 1h')).text).toContain('T01:')
  expect(await terminal.complete('kubectl ge')).toEqual(['get'])
  expect(await terminal.complete('get deplo')).toEqual(['deployments'])
  expect(await terminal.complete('describe deployments w')).toEqual(['web'])
  expect(await terminal.run('kubectl frobnicate')).toMatchObject({ code: 1 })
  expect((await terminal.run('get pods "x')).text).toContain('the quote " is never closed')
  expect((await terminal.run('help')).text).toContain('rollout')
})

test('wait lets time pass until it is so, and no further', async () => {
  await using scene = await inspected()
  const { client } = scene.page
  const terminal = new Terminal(
    (question, given) => client.ask(question, given),
    () => web(),
  )
  const run = (line: string) => terminal.run(line)
  await run('apply -f -')
  expect(await run('wait --for=condition=Available deployment/web')).toEqual({
    text: 'deployment.apps/web condition met',
    code: 0,
  })
  const rolled = scene.cluster.now.getTime()
  expect(scene.cluster.get('Deployment', 'web')?.status.availableReplicas).toBeGreaterThan(0)
  expect((await run('wait --for=jsonpath={.status.readyReplicas}=3 deploy web')).code).toBe(0)
  expect((await run('wait --for=condition=Ready pod -l app=web')).text.split('\n')).toHaveLength(3)
  expect(await run('wait --for=condition=Available=False deploy/web --timeout 10s')).toEqual({
    text: 'error: timed out waiting for the condition on deployments/web',
    code: 1,
  })
  expect(scene.cluster.now.getTime() - rolled).toBeLessThan(30_000)
  await run('delete deployment web')
  expect((await run('wait --for=delete deploy/web')).text).toBe('deployment.apps/web deleted')
  expect((await run('wait --for=condition=Ready pod/none')).text).toBe(
    'Error from server (NotFound): pods "none" not found',
  )
  expect((await run('wait deploy/web')).text).toContain('--for must be specified')
})
