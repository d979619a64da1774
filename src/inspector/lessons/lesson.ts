/** A guided lesson: a cluster by its seed, what is applied, steps to follow with text, and checks that see they were done. */
import type { MomentAnswer } from '../questions.ts'
import type { AskSession } from '../terminal/shell.ts'

/** One step: what to do, the line that does it (for those who want to be shown), and how it shows that it was done. */
export interface LessonStep {
  readonly title: string
  readonly text: string
  /** A line of the terminal that does the step. */
  readonly line: string
  /** True once the step is done; a sentence that says what is missing until then. */
  readonly check: (seen: LessonView) => true | string
}

export interface Lesson {
  readonly id: string
  readonly title: string
  readonly about: string
  readonly seed: number
  readonly nodes: number
  /** How the containers of some images behave. */
  readonly scripts?: Readonly<Record<string, string>>
  /** Applied and settled before the first step. */
  readonly yaml: string
  readonly steps: readonly LessonStep[]
}

/** What a check looks at. */
export interface LessonView {
  readonly moment: MomentAnswer
  /** Objects of a kind, by their state in words. */
  states(kind: string): readonly { readonly name: string; readonly status: string }[]
  readonly object: (kind: string, name: string) => LessonObject | undefined
}

// biome-ignore lint/suspicious/noExplicitAny: the fields of an object of unknown kind
export type LessonObject = any

/** Reads what the checks of a step need: the moment, and the objects named. */
export async function viewFor(
  ask: AskSession,
  names: readonly (readonly [kind: string, name: string])[],
): Promise<LessonView> {
  const moment = await ask('moment', {})
  const objects = new Map<string, LessonObject>()
  for (const [kind, name] of names) {
    const isThere = moment.objects.some((one) => one.kind === kind && one.name === name)
    if (isThere) objects.set(`${kind} ${name}`, (await ask('object', { kind, name, namespace: 'default' })).object)
  }
  return {
    moment,
    states: (kind) => moment.objects.filter((one) => one.kind === kind).map(({ name, status }) => ({ name, status })),
    object: (kind, name) => objects.get(`${kind} ${name}`),
  }
}
