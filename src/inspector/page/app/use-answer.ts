/** Asks a question whenever what it depends on changes, and shows the last answer until the next one is there. */
import { type Signal, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { Answers, Question, Questions } from '../../questions.ts'
import { usePage } from './page-context.ts'

export interface Asked<T> {
  readonly value: T | undefined
  /** Why there is none. */
  readonly error: string
}

/** `about` undefined asks nothing; `of` names another cluster than the one in view. A later question overtakes an earlier one whose answer is still on its way. */
export function useAnswer<Q extends Question>(
  question: Q,
  about: Questions[Q] | undefined,
  of?: string,
): Signal<Asked<Answers[Q]>> {
  const page = usePage()
  const answer = useSignal<Asked<Answers[Q]>>({ value: undefined, error: '' })
  const cluster = of ?? page.model.value?.name
  const key = about === undefined ? '' : JSON.stringify([cluster, question, about])
  useEffect(() => {
    if (about === undefined) {
      answer.value = { value: undefined, error: '' }
      return
    }
    let current = true
    page.session.ask(question, about, cluster).then(
      (value) => {
        if (current) answer.value = { value, error: '' }
      },
      (error: Error) => {
        if (current) answer.value = { value: undefined, error: error.message }
      },
    )
    return () => {
      current = false
    }
  }, [key])
  return answer
}
