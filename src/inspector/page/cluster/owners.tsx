/** Who owns whom: one row of columns for each object that nobody owns, its tree to the right. Many alike are counted. */
import { Icon } from '../app/icons.tsx'
import { usePage } from '../app/page-context.ts'
import { Empty, ToneTag } from '../app/parts.tsx'
import type { ClusterModel } from '../model/cluster-model.ts'
import { isThere, stateAt, type Track } from '../model/track.ts'

/** Children shown one by one; more are counted by state. */
const childrenShown = 12

export function Owners() {
  const page = usePage()
  const model = page.model.value
  if (model === undefined) return null
  const seq = page.seq.value
  const kinds = [
    'ReplicaSet',
    'StatefulSet',
    'DaemonSet',
    'Deployment',
    'CronJob',
    'Job',
    'ReplicationController',
    'Pod',
  ]
  const alive = kinds.flatMap((kind) => model.thereAt(seq, kind))
  const roots = alive.filter((track) => !kinds.includes(model.byId.get(track.parent)?.kind ?? ''))
  if (roots.length === 0)
    return <Empty text="No workloads at this moment. Apply one (a), and what it owns grows out of it here." />
  return (
    <section class="owners" aria-label="Owners">
      <ul class="owner-tree">
        {roots.slice(0, 200).map((track) => (
          <Branch key={track.id} model={model} track={track} seq={seq} />
        ))}
      </ul>
      {roots.length > 200 ? <p class="dim">and {roots.length - 200} more</p> : null}
    </section>
  )
}

function Branch({ model, track, seq }: { readonly model: ClusterModel; readonly track: Track; readonly seq: number }) {
  const children = track.children.filter((child) => child.kind !== 'Container' && isThere(child, seq))
  return (
    <li>
      <OwnerBox model={model} track={track} seq={seq} />
      {children.length === 0 ? null : children.length > childrenShown ? (
        <Counted model={model} tracks={children} seq={seq} />
      ) : (
        <ul>
          {children.map((child) => (
            <Branch key={child.id} model={model} track={child} seq={seq} />
          ))}
        </ul>
      )}
    </li>
  )
}

function OwnerBox({
  model,
  track,
  seq,
}: {
  readonly model: ClusterModel
  readonly track: Track
  readonly seq: number
}) {
  const page = usePage()
  const state = model.states.at(stateAt(track, seq))
  return (
    <button
      type="button"
      class={`owner-box tone-edge-${state?.tone ?? 'none'} ${page.selected.value === track.id ? 'selected' : ''}`}
      onClick={() => page.select(track.id, page.tab.value)}
    >
      <Icon name={track.kind} />
      <span class="owner-name">{track.name}</span>
      {state === undefined ? null : <ToneTag tone={state.tone} text={state.short} />}
    </button>
  )
}

/** Hundreds of children: one small square each, and how many are in which state. */
function Counted({
  model,
  tracks,
  seq,
}: {
  readonly model: ClusterModel
  readonly tracks: readonly Track[]
  readonly seq: number
}) {
  const page = usePage()
  const states = tracks.map((track) => model.states.at(stateAt(track, seq)))
  const counts = new Map<string, number>()
  for (const state of states) counts.set(state?.label ?? '', (counts.get(state?.label ?? '') ?? 0) + 1)
  return (
    <div class="counted">
      <p>
        <b>{tracks.length}</b>{' '}
        <span class="dim">{[...counts].map(([label, count]) => `${count} ${label}`).join(' · ')}</span>
      </p>
      <div class="squares">
        {tracks.slice(0, 2000).map((track, i) => (
          <button
            type="button"
            key={track.id}
            class={`square tone-${states[i]?.tone ?? 'none'} ${page.selected.value === track.id ? 'selected' : ''}`}
            title={`${track.name}: ${states[i]?.label ?? ''}`}
            aria-label={`${track.name}: ${states[i]?.label ?? ''}`}
            onClick={() => page.select(track.id, page.tab.value)}
          />
        ))}
      </div>
    </div>
  )
}
