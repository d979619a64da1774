/** What `cluster.inspect` tells is what Stately's inspector client takes, by its types and when it runs. */
import { createInspector, type StatelyInspectionEvent } from '@statelyai/inspect'
import { expect, expectTypeOf, it } from 'vitest'
import type { InspectionEvent as XStateEvent } from 'xstate'
import type { InspectionEvent } from '../../src/actors/inspect.ts'
import { createCluster } from '../../src/index.ts'
import { type StatelyEvent, statelySink } from '../../src/inspector/stately.ts'
import { web } from '../support/inspecting.ts'

it('is of the types that XState and Stately have for it', () => {
  expectTypeOf<InspectionEvent>().toExtend<XStateEvent>()
  expectTypeOf<Extract<StatelyEvent, { type: '@xstate.actor' }>>().toExtend<
    Extract<StatelyInspectionEvent, { type: '@xstate.actor' }>
  >()
  expectTypeOf<Extract<StatelyEvent, { type: '@xstate.event' }>>().toExtend<
    Extract<StatelyInspectionEvent, { type: '@xstate.event' }>
  >()
})

it('goes through their client library', async () => {
  await using cluster = await createCluster({ seed: 7 })
  const sent: StatelyInspectionEvent[] = []
  const inspector = createInspector({ send: (event) => void sent.push(event) }, { sanitizeContext: () => ({}) })
  cluster.inspect((event) => inspector.inspect.next?.(event))
  await cluster.apply(web(1))
  await cluster.settle()
  // The client sends when its thread has nothing else to do.
  while (sent.filter(({ type }) => type === '@xstate.snapshot').length < 50)
    await new Promise((resolve) => setImmediate(resolve))
  const pod = sent.find((event) => event.type === '@xstate.actor' && /^pods\/default\/[^/]+$/.test(event.name))
  expect(pod).toMatchObject({ parentId: 'cluster/kubelet', rootId: 'cluster', snapshot: { value: 'pending' } })
  expect(JSON.parse((pod as { definition: string }).definition)).toMatchObject({ id: 'pod', initial: 'pending' })
  expect(sent.filter(({ sessionId }) => sessionId === pod?.sessionId).map(({ type }) => type)).toEqual(
    expect.arrayContaining(['@xstate.actor', '@xstate.event', '@xstate.snapshot']),
  )
})

it('comes as plain events of their protocol from a sink', async () => {
  await using cluster = await createCluster({ seed: 7 })
  const sent: StatelyEvent[] = []
  const sink = statelySink(cluster, (event) => sent.push(JSON.parse(JSON.stringify(event)) as StatelyEvent))
  expect(sent.filter(({ sessionId }) => sessionId === 'cluster/nodes/node-1')).toMatchObject([
    {
      type: '@xstate.actor',
      parentId: 'cluster/kubelet',
      snapshot: { status: 'active', value: { ready: 'schedulable' } },
    },
  ])
  cluster.fault({ kill: 'node-1' })
  expect(sent.filter(({ sessionId }) => sessionId === 'cluster/nodes/node-1').slice(1)).toMatchObject([
    { type: '@xstate.event', event: { type: 'node.killed' } },
    { type: '@xstate.snapshot', snapshot: { value: 'dead' } },
  ])
  expect(sent.every((event) => event._version === '0.7.2' && Number(event.createdAt) === cluster.now.getTime())).toBe(
    true,
  )
  sink.unsubscribe()
  const { length } = sent
  cluster.fault({ restore: 'node-1' })
  expect(sent).toHaveLength(length)
})

it('takes events back: what an inspector sends reaches the actor', async () => {
  await using cluster = await createCluster({ seed: 7 })
  let send: ((event: { type: string }) => void) | undefined
  cluster.inspect(({ actorRef }) => {
    if (actorRef.id === 'nodes/node-1') send = (event) => actorRef.send(event)
  })
  cluster.fault({ silence: 'node-1' })
  send?.({ type: 'node.restored' })
  expect(cluster.actor('Node', 'node-1').getSnapshot().value).toEqual({ ready: 'schedulable' })
})
