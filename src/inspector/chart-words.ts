/** A statechart as plain data for drawing: `charts.ts` makes it of a machine. */

/** One machine. States come outermost first, children in the order they are written. */
export interface Chart {
  /** Its name in `kybern/machines`: `pod`, `node`, `replicaset`. */
  readonly machine: string
  readonly description: string
  readonly states: readonly ChartNode[]
  readonly arrows: readonly ChartArrow[]
}

export interface ChartNode {
  /** Keys joined with `.`; '' is the machine itself. */
  readonly id: string
  readonly key: string
  /** The id of the state around it; absent for the machine itself. */
  readonly parent?: string
  readonly type: 'atomic' | 'compound' | 'parallel' | 'final' | 'history'
  readonly description: string
  /** The id of the state entered first, of compound states. */
  readonly initial?: string
  readonly entry: readonly string[]
  readonly exit: readonly string[]
  readonly tags: readonly string[]
}

export interface ChartArrow {
  /** The id of the state it leaves; '' for what any state answers to. */
  readonly from: string
  /** None: the machine stays where it is and only acts. */
  readonly to: readonly string[]
  /** '' for one that is taken as soon as its guard holds; `after <name>` for a delay. */
  readonly event: string
  /** For delays: the name of the delay, or ms. */
  readonly delay?: string
  readonly guard: string
  readonly actions: readonly string[]
}
