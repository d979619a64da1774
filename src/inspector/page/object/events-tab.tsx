/** The Events about the object up to the chosen moment, newest first, and what its writers could not do. */
import { usePage } from '../app/page-context.ts'
import { Empty, RevisionLink } from '../app/parts.tsx'
import type { ClusterModel } from '../model/cluster-model.ts'
import { factAt, type Track } from '../model/track.ts'
import { clockTime, duration } from '../model/words.ts'

interface Told {
  readonly id: string
  readonly time: number
  readonly revision: number
  readonly level: string
  readonly reason: string
  readonly message: string
  readonly from: string
  readonly count: number
}

export function EventsTab({ track }: { readonly track: Track }) {
  const page = usePage()
  const model = page.model.value
  if (model === undefined) return null
  const all = toldOf(model, track, page.seq.value)
  if (all.length === 0) return <Empty text="No Event tells of it up to this moment." />
  const now = model.timeAt(page.seq.value)
  return (
    <ul class="told">
      {all.map(({ id, time, revision, level, reason, message, from, count }) => (
        <li key={id} class={level === 'Normal' ? '' : 'warning'}>
          <div>
            <b>
              {level === 'Normal' ? '' : '! '}
              {reason}
            </b>
            {count > 1 ? <span class="dim"> ×{count}</span> : null}
            <span class="spring" />
            <span class="dim" title={clockTime(time)}>
              {duration(now - time)} ago, <RevisionLink revision={revision} />
            </span>
          </div>
          <p>{message}</p>
          <p class="dim">{from}</p>
        </li>
      ))}
    </ul>
  )
}

/** An Event as it was last written before `seq`. */
function toldOf(model: ClusterModel, track: Track, seq: number): Told[] {
  const found: Told[] = []
  for (const one of model.ofKind('Event')) {
    if (one.born > seq) continue
    const fact = factAt(one, seq)
    const event = fact?.event
    if (event === undefined) continue
    const { regarding } = event
    const same = regarding.uid === track.id || (regarding.uid === '' && regarding.name === track.name)
    const node = track.kind === 'Node' && regarding.kind === 'Node' && regarding.name === track.name
    const inside = track.kind === 'Container' && regarding.uid === track.parent
    if (!same && !node && !inside) continue
    const at = Math.max(model.base - 1, one.factSeq[one.facts.indexOf(fact as never)] ?? one.born)
    const { level, reason, message, from, count } = event
    found.push({
      id: one.id,
      time: model.timeAt(at),
      revision: model.revisionAt(at),
      level,
      reason,
      message,
      from,
      count,
    })
  }
  return found.sort((a, b) => b.revision - a.revision)
}
