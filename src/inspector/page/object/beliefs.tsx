/** What controllers, the scheduler and the kubelets last saw, against what is so. */
import type { Belief } from '../../questions.ts'
import { usePage } from '../app/page-context.ts'
import { useAnswer } from '../app/use-answer.ts'

/** `agent` is shown first and in full; the others as a table, those that are behind before the rest. */
export function Beliefs({ agent }: { readonly agent: string }) {
  const page = usePage()
  const head = page.model.value?.clock.value.revision ?? 0
  const answer = useAnswer('beliefs', { head } as object)
  const beliefs = answer.value.value
  if (beliefs === undefined) return answer.value.error === '' ? null : <p class="dim pad">{answer.value.error}</p>
  const own = beliefs.find((one) => one.agent === agent)
  return (
    <>
      {own === undefined ? null : <Own own={own} head={head} />}
      <Others beliefs={beliefs.filter((one) => one.agent !== agent)} />
    </>
  )
}

function Own({ own, head }: { readonly own: Belief; readonly head: number }) {
  return (
    <section class="block">
      <h3>What it believes</h3>
      <dl class="facts-list">
        <dt>has seen</dt>
        <dd>
          rev <b class="mono">{own.saw}</b> of {head}
          <span class="dim"> {sinceThen(own)}</span>
        </dd>
        <dt>waiting</dt>
        <dd class={own.waiting > 0 ? 'no' : ''}>
          {own.waiting === 0 ? 'no changes' : `${own.waiting} changes for its next turn`}
        </dd>
        <dt>queue</dt>
        <dd>{own.queued.join(', ') || 'empty'}</dd>
        <dt>failing</dt>
        <dd>{own.failing.join(', ') || 'none'}</dd>
      </dl>
      <AgentFaults agent={own.agent} state={own.state} />
    </section>
  )
}

/** What came after its view: what waits is news to it, the rest it declined to wake for. */
function sinceThen({ behind, waiting }: Belief): string {
  if (behind === 0) return 'nothing it watches has changed since'
  const changes = behind === 1 ? '1 change' : `${behind} changes`
  return waiting > 0 ? `${changes} of what it watches since` : `${changes} since, none of which concern it`
}

function Others({ beliefs }: { readonly beliefs: readonly Belief[] }) {
  const page = usePage()
  const open = (name: string): void => {
    const id = page.model.value?.byActor.get(name)?.id
    if (id !== undefined) page.select(id)
  }
  return (
    <section class="block">
      <h3>All agents</h3>
      <table class="blame">
        <thead>
          <tr>
            <th scope="col">agent</th>
            <th scope="col">state</th>
            <th scope="col">saw</th>
            <th scope="col">since</th>
            <th scope="col">waiting</th>
          </tr>
        </thead>
        <tbody>
          {[...beliefs]
            .sort((a, b) => b.waiting - a.waiting || b.behind - a.behind)
            .map(({ agent, state, saw, behind, waiting }) => (
              <tr key={agent}>
                <th scope="row">
                  <button type="button" class="link" onClick={() => open(agent)}>
                    {agent}
                  </button>
                </th>
                <td>{state}</td>
                <td class="mono">{saw}</td>
                <td class="dim mono">{behind}</td>
                <td class={waiting > 0 ? 'no mono' : 'dim mono'}>{waiting}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </section>
  )
}

function AgentFaults({ agent, state }: { readonly agent: string; readonly state: string }) {
  const page = usePage()
  const crashed = state === 'crashed'
  return (
    <p class="row">
      <button
        type="button"
        onClick={() => void page.act('fault', { fault: crashed ? { restart: agent } : { crash: agent } })}
      >
        {crashed ? 'Restart it' : 'Crash it'}
      </button>
    </p>
  )
}
