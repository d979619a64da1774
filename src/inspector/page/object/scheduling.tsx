/** Why a pod is or is not on each node: nodes down, plugins across, and what each that refuses says. */
import type { SchedulingAnswer } from '../../questions.ts'
import { useAnswer } from '../app/use-answer.ts'
import { nameOf, type Track } from '../model/track.ts'
import { useMomentOf } from './why-tab.tsx'

/** More nodes than this are summed up by reason. */
const nodesShown = 60

export function Scheduling({ track, open }: { readonly track: Track; readonly open: boolean }) {
  const moment = useMomentOf()
  const answer = useAnswer('scheduling', open ? { ...nameOf(track), ...moment } : undefined)
  const found = answer.value.value
  if (!open) return null
  if (found === undefined) return answer.value.error === '' ? null : <p class="dim pad">{answer.value.error}</p>
  return (
    <section class="block">
      <h3>Why it has no node</h3>
      {found.message === '' ? null : <p class="quote">{found.message}</p>}
      {found.everywhere.map(({ plugin, reason }) => (
        <p key={plugin}>
          <b>{plugin}</b> refuses it everywhere: {reason}
        </p>
      ))}
      {found.nodes.length > nodesShown ? <Summed found={found} /> : <Matrix found={found} />}
    </section>
  )
}

function Matrix({ found }: { readonly found: SchedulingAnswer }) {
  const plugins = found.plugins.filter((plugin) =>
    found.nodes.some(({ refusals }) => refusals.some((refusal) => refusal.plugin === plugin)),
  )
  const rest = found.plugins.length - plugins.length
  return (
    <div class="scroll-x">
      <table class="matrix">
        <thead>
          <tr>
            <th scope="col">node</th>
            {plugins.map((plugin) => (
              <th scope="col" key={plugin}>
                {plugin}
              </th>
            ))}
            <th scope="col">{rest > 0 ? `${rest} others` : 'all'}</th>
          </tr>
        </thead>
        <tbody>
          {found.nodes.map(({ node, feasible, points, refusals }) => (
            <tr key={node}>
              <th scope="row">{node}</th>
              {plugins.map((plugin) => (
                <Cell
                  key={plugin}
                  reasons={refusals.filter((one) => one.plugin === plugin).map(({ reason }) => reason)}
                />
              ))}
              <td class={feasible ? 'yes' : 'dim'}>{feasible ? `✓ fits, ${points ?? 0} points` : '✓'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Cell({ reasons }: { readonly reasons: readonly string[] }) {
  if (reasons.length === 0) return <td class="dim">✓</td>
  return <td class="no">✗ {reasons.join('; ')}</td>
}

/** Many nodes: how many of them each reason concerns. */
function Summed({ found }: { readonly found: SchedulingAnswer }) {
  const counts = new Map<string, { readonly plugin: string; readonly reason: string; nodes: number }>()
  for (const { refusals } of found.nodes)
    for (const { plugin, reason } of refusals) {
      const known = counts.get(`${plugin} ${reason}`)
      if (known === undefined) counts.set(`${plugin} ${reason}`, { plugin, reason, nodes: 1 })
      else known.nodes++
    }
  return (
    <table class="matrix">
      <thead>
        <tr>
          <th scope="col">nodes</th>
          <th scope="col">plugin</th>
          <th scope="col">reason</th>
        </tr>
      </thead>
      <tbody>
        {[...counts.values()].map(({ plugin, reason, nodes }) => (
          <tr key={plugin + reason}>
            <td class="no">✗ {nodes}</td>
            <th scope="row">{plugin}</th>
            <td>{reason}</td>
          </tr>
        ))}
        <tr>
          <td class="yes">✓ {found.nodes.filter(({ feasible }) => feasible).length}</td>
          <th scope="row">all plugins</th>
          <td>fits</td>
        </tr>
      </tbody>
    </table>
  )
}
