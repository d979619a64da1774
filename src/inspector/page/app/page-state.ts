/** What the page shows: which cluster, which moment, which object, which view. Everything on the page reads this. */
import { computed, signal } from '@preact/signals'
import type { Answers, CommandName, Question, Questions } from '../../questions.ts'
import type { Ran } from '../dock/terminal-panel.tsx'
import { Refused, type Session } from '../link/session.ts'
import type { AxisMode } from '../model/axis.ts'
import type { ClusterModel } from '../model/cluster-model.ts'
import { type Grouping, rowsOf } from '../model/rows.ts'
import { isThere, type Track } from '../model/track.ts'

export type ViewName = 'timeline' | 'cluster' | 'owners' | 'compare' | 'counterexample'
export type TabName = 'chart' | 'why' | 'yaml' | 'describe' | 'events'
export type DialogName = '' | 'help' | 'apply' | 'do' | 'test'

/** A line that tells what came of something; it goes away by itself unless it is an error. */
export interface Notice {
  readonly id: number
  readonly level: 'info' | 'error'
  readonly text: string
}

/** The stretch of the timeline in view: coordinate at its left edge, and pixels a unit. `fit`: all of it. */
export interface Stretch {
  readonly from: number
  readonly scale: number
  readonly fit: boolean
}

export class PageState {
  readonly session: Session
  readonly view = signal<ViewName>('timeline')
  readonly clusterName = signal('')
  /** The seq of the chosen record; undefined follows the head. */
  readonly chosen = signal<number | undefined>(undefined)
  /** Ids of tracks. */
  readonly selected = signal('')
  readonly tab = signal<TabName>('chart')
  readonly panelOpen = signal(false)
  readonly dialog = signal<DialogName>('')
  readonly filter = signal('')
  readonly grouping = signal<Grouping>('owner')
  readonly axis = signal<AxisMode>('time')
  readonly toggled = signal<ReadonlySet<string>>(new Set())
  readonly shownKinds = signal<ReadonlySet<string>>(new Set())
  readonly stretch = signal<Stretch>({ from: 0, scale: 0.1, fit: true })
  /** The page replays its records; the cluster's own playing is in its clock. */
  readonly replaying = signal(false)
  readonly speed = signal(1)
  readonly notices = signal<readonly Notice[]>([])
  readonly busy = signal(0)
  readonly terminalOpen = signal(false)
  readonly lessonsOpen = signal(false)
  /** The lesson under way, and the cluster it is about. */
  readonly lesson = signal<{ readonly id: string; readonly cluster: string } | undefined>(undefined)
  /** The cluster of the lesson begun last: it ends when another one begins. */
  readonly lessonCluster = signal('')
  /** Lines run in the terminal. */
  readonly ran = signal<readonly Ran[]>([])
  /** Text for the editor to open with. */
  readonly draft = signal('')
  #notice = 0

  readonly model = computed<ClusterModel | undefined>(() => {
    const models = this.session.models.value
    return models.get(this.clusterName.value) ?? [...models.values()][0]
  })

  /** The record that everything shows the state after. */
  readonly seq = computed(() => {
    const model = this.model.value
    if (model === undefined) return -1
    model.version.value
    return Math.min(this.chosen.value ?? model.head, model.head)
  })

  readonly live = computed(() => this.chosen.value === undefined)

  readonly rows = computed(() => {
    const model = this.model.value
    if (model === undefined) return []
    model.shape.value
    return rowsOf(model, {
      ...{ grouping: this.grouping.value, filter: this.filter.value },
      ...{ toggled: this.toggled.value, shown: this.shownKinds.value },
    })
  })

  readonly track = computed<Track | undefined>(() => {
    const model = this.model.value
    model?.shape.value
    return model?.byId.get(this.selected.value)
  })

  readonly info = computed(() => {
    const name = this.model.value?.name
    return this.session.clusters.value.find((one) => one.name === name)
  })

  constructor(session: Session) {
    this.session = session
  }

  /** Moves to a record; to the head and on with it when that is where it leads. */
  go(seq: number | undefined): void {
    const model = this.model.value
    if (model === undefined) return
    this.chosen.value = seq === undefined || seq >= model.head ? undefined : Math.max(model.base - 1, seq)
  }

  select(id: string, tab?: TabName): void {
    this.selected.value = id
    if (tab === undefined) return
    this.tab.value = tab
    this.panelOpen.value = true
  }

  /** Selects an object by what it is called, as it stands at the chosen moment or was last. */
  selectNamed(kind: string, namespace: string, name: string, tab?: TabName): void {
    const model = this.model.value
    if (model === undefined) return
    const same = model.tracks.filter((one) => one.kind === kind && one.namespace === namespace && one.name === name)
    const found = same.find((one) => isThere(one, this.seq.value)) ?? same[same.length - 1]
    if (found !== undefined) this.select(found.id, tab)
  }

  toggle(key: string): void {
    const next = new Set(this.toggled.value)
    if (!next.delete(key)) next.add(key)
    this.toggled.value = next
  }

  /** Asks of the cluster in view. Throws Refused. */
  ask<Q extends Question>(question: Q, about: Questions[Q]): Promise<Answers[Q]> {
    return this.session.ask(question, about, this.model.value?.name)
  }

  /** Has something done, tells what came of it, and answers undefined when it was refused. */
  async act<Q extends CommandName>(question: Q, about: Questions[Q]): Promise<Answers[Q] | undefined> {
    this.busy.value++
    try {
      const answer = await this.ask(question, about)
      const lines = (answer as { lines?: readonly string[] }).lines
      if (lines !== undefined && lines.length > 0) this.tell(lines.join('\n'))
      return answer
    } catch (error) {
      this.tell(error instanceof Refused ? `${error.message} (${error.code})` : String(error), 'error')
      return undefined
    } finally {
      this.busy.value--
    }
  }

  tell(text: string, level: Notice['level'] = 'info'): void {
    const id = ++this.#notice
    this.notices.value = [...this.notices.value.slice(-3), { id, level, text }]
    if (level === 'info') setTimeout(() => this.dismiss(id), 6000)
  }

  dismiss(id: number): void {
    this.notices.value = this.notices.value.filter((one) => one.id !== id)
  }
}
