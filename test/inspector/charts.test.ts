/** Statecharts as data, what an actor would react to, and events sent to it. */
import { describe, expect, it } from 'vitest'
import { machines } from '../../machines/index.ts'
import { chartOf, chartsOf } from '../../src/inspector/charts.ts'
import { inspected, web } from '../support/inspecting.ts'

describe('charts', () => {
  it('hold every machine, with parents before children and arrows between states that are there', () => {
    const charts = chartsOf(machines)
    expect(charts.map(({ machine }) => machine)).toEqual(Object.keys(machines))
    for (const { states, arrows } of charts) {
      const ids = states.map(({ id }) => id)
      expect(new Set(ids).size).toBe(ids.length)
      states.forEach(({ id, parent, type, initial }, i) => {
        if (id === '') expect(parent).toBeUndefined()
        else expect(ids.slice(0, i)).toContain(parent)
        if (type === 'compound') expect(states.find((one) => one.id === initial)?.parent).toBe(id)
      })
      for (const { from, to } of arrows) for (const id of [from, ...to]) expect(ids).toContain(id)
    }
  })

  it('have regions, guards, delays, actions, tags', () => {
    const deployment = chartOf('deployment', machines.deployment as never)
    expect(deployment.states.find(({ id }) => id === 'living')).toMatchObject({ type: 'parallel', parent: '' })
    expect(deployment.arrows).toContainEqual({
      from: 'living.rollout',
      to: ['living.rollout.complete'],
      event: 'rollout.completed',
      guard: '',
      actions: ['noteCounts'],
    })
    const container = chartOf('container', machines.container as never)
    expect(container.arrows.find(({ from, delay }) => from === 'pulling' && delay === 'pull')).toMatchObject({
      event: 'after pull',
    })
    expect(container.arrows.some(({ guard }) => guard !== '')).toBe(true)
    const tagged = chartsOf(machines).flatMap(({ states }) => states.flatMap(({ tags }) => tags))
    expect(tagged).toContain('background')
  })

  it('are exported as text in every form', async () => {
    await using scene = await inspected()
    const { client } = scene.page
    expect(await client.ask('export', { machine: 'node', format: 'scxml' })).toContain('<scxml ')
    expect(await client.ask('export', { machine: 'node', format: 'mermaid' })).toContain('stateDiagram-v2')
    expect(JSON.parse(await client.ask('export', { machine: 'node', format: 'json' }))).toMatchObject({ id: 'node' })
    await expect(client.ask('export', { machine: 'x', format: 'json' })).rejects.toMatchObject({
      code: 'KYB-INSPECT-ASK',
    })
  })
})

describe('an actor', () => {
  it('tells its states, its context, its timers, and the arrow it came by', async () => {
    await using scene = await inspected({ seed: 7 })
    const { client } = scene.page
    await client.ask('apply', { text: web(1) })
    const name = scene.cluster.list('Pod')[0]?.metadata.name
    const id = `pods/default/${name}/web`
    const pulling = await client.ask('actor', { id })
    expect(pulling).toMatchObject({
      machine: 'container',
      owner: 'kubelet',
      states: ['pulling'],
      value: 'pulling',
      context: { name: 'web' },
    })
    const due = pulling.enabled.find(({ label }) => label === 'after pull')
    expect(due).toMatchObject({ state: 'pulling', at: scene.cluster.now.getTime() + 900 })
    expect(pulling.timers).toMatchObject([{ event: 'after pull', actor: id, at: due?.at }])
    const [chart] = (await client.ask('charts', {})).filter(({ machine }) => machine === 'container')
    const arrow = chart?.arrows[pulling.lastArrows[0] as number]
    expect(arrow).toMatchObject({ from: 'waiting', event: 'start.requested', to: ['pulling'] })
    await client.ask('step', {})
    const creating = await client.ask('actor', { id })
    expect(creating.states).toEqual(['creating'])
    expect(creating.last).toMatchObject({ event: 'after pull', from: ['pulling'] })
    const then = await client.ask('actor', { id, revision: (creating.last as { revision: number }).revision })
    expect(then).toMatchObject({ states: ['pulling'], timers: pulling.timers })
    await expect(client.ask('actor', { id, revision: 3 })).rejects.toMatchObject({ code: 'KYB-INSPECT-ASK' })
  })

  it('takes the events it could take: a delay early, an event by name', async () => {
    await using scene = await inspected({ seed: 7 })
    const { client } = scene.page
    await client.ask('apply', { text: web(1) })
    const name = scene.cluster.list('Pod')[0]?.metadata.name
    const id = `pods/default/${name}/web`
    const now = scene.cluster.now.getTime()
    const { enabled } = await client.ask('actor', { id })
    const { type } = enabled.find(({ label }) => label === 'after pull') as { type: string }
    expect(await client.ask('send', { actor: id, event: { type } })).toMatchObject({ clock: { now } })
    expect((await client.ask('actor', { id })).states).toEqual(['creating'])
    await client.ask('send', { actor: 'nodes/node-1', event: { type: 'node.killed' } })
    expect((await client.ask('actor', { id: 'nodes/node-1' })).states).toEqual(['dead'])
    const controller = await client.ask('actor', { id: 'controller/deployment' })
    expect(controller).toMatchObject({ machine: 'controller', states: ['idle'] })
    expect(controller.context).not.toHaveProperty('memory')
  })

  it('says of guards whether they would let it pass', async () => {
    await using scene = await inspected({ seed: 7 })
    const { client } = scene.page
    await client.ask('fault', { fault: { silence: 'node-1' } })
    const guarded = async () =>
      (await client.ask('actor', { id: 'nodes/node-1' })).enabled
        .filter(({ type }) => type === 'node.restored')
        .map(({ guard, passes, targets }) => [guard, passes, targets])
    expect(await guarded()).toEqual([
      ['isCordoned', false, ['ready.cordoned']],
      [undefined, true, ['ready']],
    ])
    await client.ask('cordon', { node: 'node-1' })
    expect(await guarded()).toEqual([
      ['isCordoned', true, ['ready.cordoned']],
      [undefined, false, ['ready']],
    ])
  })
})
