/**
 * The life of one agent of the control plane: a resource kind's controller, the scheduler, the kubelets. Its memory
 * (queues, failures, what it last wrote) and its view's cursor are its context.
 */
import { assign, setup } from 'xstate'

export interface ControllerContext {
  readonly name: string
  /** The revision up to which it has seen the log. */
  readonly cursor: number
  /** What it remembers: plain data, replaced whole at the end of each turn. */
  readonly memory: unknown
  /** How many keys are backing off. */
  readonly failing: number
  readonly crashes: number
}

export type ControllerEvent =
  | { type: 'views.synced' }
  | { type: 'turn.started' }
  | { type: 'turn.ended'; cursor: number; memory: unknown; failing: number }
  | { type: 'controller.crashed' }
  | { type: 'controller.restarted'; memory: unknown }
  | { type: 'cluster.closed' }

export const controllerMachine = setup({
  types: {
    context: {} as ControllerContext,
    events: {} as ControllerEvent,
    input: {} as { name: string; memory: unknown },
  },
  actions: {
    rememberTurn: assign(({ context, event }) =>
      event.type === 'turn.ended'
        ? { ...context, cursor: event.cursor, memory: event.memory, failing: event.failing }
        : context,
    ),
    forget: assign(({ context }) => ({ ...context, crashes: context.crashes + 1, failing: 0 })),
    startAnew: assign(({ context, event }) =>
      event.type === 'controller.restarted' ? { ...context, memory: event.memory } : context,
    ),
  },
  guards: {
    isFailing: ({ event }) => event.type === 'turn.ended' && event.failing > 0,
  },
}).createMachine({
  id: 'controller',
  description: 'Waits for its views, then takes turns; a turn that leaves failing keys backs off; a crash forgets all.',
  context: ({ input }) => ({ name: input.name, memory: input.memory, cursor: 0, failing: 0, crashes: 0 }),
  initial: 'starting',
  on: {
    'controller.crashed': { target: '.crashed', actions: 'forget' },
    'cluster.closed': { target: '.stopped' },
  },
  states: {
    starting: { on: { 'views.synced': 'synced' } },
    synced: { always: 'idle' },
    idle: { on: { 'turn.started': 'reconciling' } },
    reconciling: {
      on: {
        'turn.ended': [
          { guard: 'isFailing', target: 'backingOff', actions: 'rememberTurn' },
          { target: 'idle', actions: 'rememberTurn' },
        ],
      },
    },
    backingOff: { on: { 'turn.started': 'reconciling' } },
    crashed: { on: { 'controller.restarted': { target: 'starting', actions: 'startAnew' } } },
    stopped: { type: 'final' },
  },
})
