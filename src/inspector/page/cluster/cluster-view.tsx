/** Nodes as boxes with their pods, services beside them. Pods move to where they belong as they live. */
import { type ReadonlySignal, type Signal, useComputed, useSignal } from '@preact/signals'
import { Icon } from '../app/icons.tsx'
import { usePage } from '../app/page-context.ts'
import { Empty } from '../app/parts.tsx'
import { useAnswer } from '../app/use-answer.ts'
import { rate } from '../model/words.ts'
import { useMomentOf } from '../object/why-tab.tsx'
import { Legend } from '../timeline/tools.tsx'
import { ClusterCanvas } from './cluster-canvas.tsx'
import { type Scene, type ShownService, sceneAt, type Traffic } from './scene.ts'

const nothing: ReadonlySet<string> = new Set()

export function ClusterView() {
  const page = usePage()
  const traffic = useTraffic()
  const scene = useComputed<Scene | undefined>(() => {
    const model = page.model.value
    return model === undefined ? undefined : sceneAt(model, page.seq.value, traffic.value)
  })
  const service = useSignal('')
  const model = page.model.value
  if (scene.value === undefined || model === undefined) return null
  return (
    <section class="cluster" aria-label="Cluster">
      <Services scene={scene} service={service} />
      <div class="cluster-main">
        <Summary scene={scene.value} />
        {scene.value.nodes.length === 0 && scene.value.pods === 0 ? (
          <Empty text="There are no nodes at this moment." />
        ) : (
          <ClusterCanvas
            key={model.name}
            model={model}
            seq={page.seq}
            service={service}
            traffic={traffic}
            marked={nothing}
          />
        )}
        <NodeList scene={scene.value} />
      </div>
    </section>
  )
}

/** What each pod gets at the chosen moment; asked again when something was done, or pods came and went. */
function useTraffic(): ReadonlySignal<Traffic> {
  const page = usePage()
  const moment = useMomentOf()
  const model = page.model.value
  const version = `${model?.deeds.length} ${model?.clock.value.revision}`
  const answer = useAnswer('traffic', (page.live.value ? { version } : moment) as object)
  return useComputed(() => answer.value.value?.pods ?? {})
}

function Summary({ scene }: { readonly scene: Scene }) {
  const unwell = scene.nodes.filter(({ tone }) => tone !== 'good').length
  return (
    <div class="summary">
      <p>
        <b>{scene.nodes.length}</b> nodes{unwell > 0 ? <span class="no">, {unwell} not ready</span> : null} ·{' '}
        <b>{scene.pods}</b> pods
        {scene.waiting.length > 0 ? <span class="no">, {scene.waiting.length} without a node</span> : null} ·{' '}
        <b>{scene.services.length}</b> {scene.services.length === 1 ? 'service' : 'services'}
      </p>
      <Legend />
    </div>
  )
}

interface ServicesProps {
  readonly scene: Signal<Scene | undefined>
  readonly service: Signal<string>
}

function Services({ scene, service }: ServicesProps) {
  const services = scene.value?.services ?? []
  if (services.length === 0) return null
  return (
    <aside class="services" aria-label="Services">
      <h3>Services</h3>
      {services.map((one) => (
        <ServiceRow key={one.id} shown={one} service={service} />
      ))}
    </aside>
  )
}

interface RowProps extends Omit<ServicesProps, 'scene'> {
  readonly shown: ShownService
}

function ServiceRow({ shown, service }: RowProps) {
  const page = usePage()
  const ready = shown.endpoints.filter((one) => one.ready).length
  const total = shown.endpoints.reduce((sum, one) => sum + one.rate, 0)
  const show = (): void => {
    service.value = shown.id
  }
  return (
    <button
      type="button"
      data-service={shown.id}
      class={`service ${service.value === shown.id ? 'on' : ''} ${page.selected.value === shown.id ? 'selected' : ''}`}
      onPointerEnter={show}
      onFocus={show}
      onClick={() => page.select(shown.id, page.tab.value)}
    >
      <span class="service-name">
        <Icon name="Service" /> {shown.name}
      </span>
      <span class="dim mono">
        {shown.ip || 'no address'} {shown.ports}
      </span>
      <span class={ready === 0 ? 'no' : 'dim'}>
        {ready} of {shown.endpoints.length} endpoints ready
      </span>
      {total > 0 ? <span>{rate(total)}</span> : null}
    </button>
  )
}

/** The same in words, for those who do not see the picture. */
function NodeList({ scene }: { readonly scene: Scene }) {
  const page = usePage()
  return (
    <ul class="unseen" aria-label="Nodes">
      {scene.nodes.slice(0, 100).map(({ id, name, state, pods }) => (
        <li key={id}>
          <button type="button" onClick={() => page.select(id, page.tab.value)}>
            {name}: {state}, {pods.length} pods
          </button>
        </li>
      ))}
    </ul>
  )
}
