/** An agent as an observable pipeline: its turns in, its transitions out, one after the other. */
import { concatMap, filter, from, map, type Observable } from 'rxjs'
import { named } from '../store/parked.ts'
import type { Transition } from '../store/transition.ts'
import type { Turn } from './loop.ts'

/**
 * The transitions of one agent. After a refused write the rest of that key's writes of the same turn are left out; the
 * key is asked again. `$(name)` in a report is the name the server gave the object created before it.
 */
export function transitionsOf(agent: string, turn$: Observable<Turn>): Observable<Transition> {
  return turn$.pipe(
    filter((turn) => turn.agent === agent),
    concatMap((turn) =>
      from(turn.intents()).pipe(
        filter(
          (transition) => !turn.crashed && (turn.refused.size === 0 || !turn.refused.has(transition.cause?.key ?? '')),
        ),
        map((transition) => named(transition, turn.created)),
      ),
    ),
  )
}
