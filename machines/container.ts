/**
 * The life of one container on its node: image, start, probes, exit, restart. Delays come from the plan the runtime made
 * for this start; the kubelet sends events with the time in `at` (ms).
 * Source: https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#container-states
 */
import { assign, setup } from 'xstate'

/** What will happen in one start of a container, as the runtime planned it. Infinity: never. */
export interface ContainerPlan {
  readonly pullMs: number
  readonly pullFails: boolean
  /** The image is on the node already. */
  readonly cached: boolean
  readonly imageBytes: number
  readonly startMs: number
  /** From start to the startup probe's success (0 without one). */
  readonly startupMs: number
  /** From started to ready; 0 without a readiness probe. */
  readonly readyMs: number
  /** From ready to not ready again, for the rest of the run. */
  readonly failMs: number
  /** From started to the first readiness probe that fails. */
  readonly unreadyMs: number
  /** From started to the liveness probe's (or startup probe's) final failure. */
  readonly unhealthyMs: number
  /** From running to exit by itself. */
  readonly exitMs: number
  readonly exitCode: number
  /** From the stop signal to exit, preStop included; the grace period bounds it. */
  readonly stopMs: number
  readonly preStopMs: number
  /** How long a container that fails its probes is given to stop. */
  readonly graceMs: number
}

export interface ContainerContext {
  readonly name: string
  readonly image: string
  readonly plan: ContainerPlan
  /** Starts after the first. */
  readonly restarts: number
  /** Times in ms; 0 when it did not happen. */
  readonly startedAt: number
  readonly finishedAt: number
  readonly exitCode: number
  /** Why the last run ended: Completed, Error, OOMKilled. */
  readonly reason: string
  /** The run before this one. */
  readonly last: {
    readonly startedAt: number
    readonly finishedAt: number
    readonly exitCode: number
    readonly reason: string
  } | null
  readonly backoffMs: number
  readonly pullTries: number
  readonly stopMs: number
  /** When it was told to stop. */
  readonly stopAt: number
  /** It did not stop in time. */
  readonly killed: boolean
  /** It is being stopped because its startup or liveness probe failed. */
  readonly unhealthy: boolean
  /** Why it cannot be created, as a waiting reason and in words; '' when nothing is in the way. */
  readonly blockedReason: string
  readonly blocked: string
}

export type ContainerEvent = (
  | { type: 'start.requested'; plan: ContainerPlan; image?: string }
  | { type: 'start.blocked'; reason: string; message: string }
  | { type: 'stop.requested'; graceMs: number }
  | { type: 'restart.delayed'; backoffMs: number }
  | { type: 'program.exited'; exitCode: number }
  /** A kubelet that begins finds it running, or ended: nothing is started and nothing is told. */
  | { type: 'run.found'; plan: ContainerPlan; restarts: number; startedAt: number; last: ContainerContext['last'] }
  | {
      type: 'end.found'
      restarts: number
      startedAt: number
      finishedAt: number
      exitCode: number
      reason: string
      /** The wait before this one, when it waits to be started again. */
      backoffMs?: number
    }
  | { type: 'machine.died' }
) & { at?: number }

const noPlan: ContainerPlan = {
  pullMs: 0,
  pullFails: false,
  cached: true,
  imageBytes: 0,
  startMs: 0,
  startupMs: 0,
  readyMs: 0,
  failMs: 0,
  unreadyMs: 0,
  unhealthyMs: 0,
  exitMs: 0,
  exitCode: 0,
  stopMs: 0,
  preStopMs: 0,
  graceMs: 0,
}

const timeOf = (event: { at?: number }): number => event.at ?? 0

export const containerMachine = setup({
  types: {
    context: {} as ContainerContext,
    events: {} as ContainerEvent,
    input: {} as { name: string; image: string },
  },
  delays: {
    pull: ({ context }) => context.plan.pullMs,
    start: ({ context }) => context.plan.startMs,
    startup: ({ context }) => context.plan.startupMs,
    readiness: ({ context }) => context.plan.readyMs,
    failure: ({ context }) => context.plan.failMs,
    firstFailure: ({ context }) => context.plan.unreadyMs,
    unhealthy: ({ context }) => context.plan.unhealthyMs,
    run: ({ context }) => context.plan.exitMs,
    stop: ({ context }) => context.stopMs,
    backoff: ({ context }) => context.backoffMs,
    notice: 1000,
    pullBackoff: ({ context }) => Math.min(10_000 * 2 ** (context.pullTries - 1), 300_000),
  },
  guards: {
    isCached: ({ event }) => event.type === 'start.requested' && event.plan.cached,
    isAtOnce: ({ event }) => event.type === 'restart.delayed' && event.backoffMs === 0,
    pullFails: ({ context }) => context.plan.pullFails,
    hasStartup: ({ context }) => context.plan.startupMs > 0,
    neverStartsUp: ({ context }) => context.plan.startupMs === Number.POSITIVE_INFINITY,
    neverReady: ({ context }) => context.plan.readyMs === Number.POSITIVE_INFINITY,
    isReadyAtOnce: ({ context }) => context.plan.readyMs === 0,
    staysReady: ({ context }) => context.plan.failMs === Number.POSITIVE_INFINITY,
    exits: ({ context }) => context.plan.exitMs !== Number.POSITIVE_INFINITY,
    turnsUnhealthy: ({ context }) => context.plan.unhealthyMs !== Number.POSITIVE_INFINITY,
    isSooner: ({ context, event }) =>
      event.type === 'stop.requested' && timeOf(event) + event.graceMs < context.stopAt + context.stopMs,
  },
  actions: {
    takePlan: assign(({ context, event }) =>
      event.type === 'start.requested'
        ? { ...context, plan: event.plan, image: event.image ?? context.image, blocked: '', blockedReason: '' }
        : context,
    ),
    noteBlocked: assign(({ context, event }) =>
      event.type === 'start.blocked' ? { ...context, blocked: event.message, blockedReason: event.reason } : context,
    ),
    noteStarted: assign(({ context, event }) => ({
      ...context,
      restarts: context.last === null ? context.restarts : context.restarts + 1,
      startedAt: timeOf(event),
      finishedAt: 0,
      killed: false,
      unhealthy: false,
    })),
    noteFound: assign(({ context, event }) => {
      if (event.type !== 'run.found') return context
      const { plan, restarts, startedAt, last } = event
      return { ...context, plan, restarts, startedAt, last }
    }),
    noteFoundEnd: assign(({ context, event }) => {
      if (event.type !== 'end.found') return context
      const { restarts, startedAt, finishedAt, exitCode, reason, backoffMs = 0 } = event
      return { ...context, restarts, startedAt, finishedAt, exitCode, reason, backoffMs }
    }),
    noteExit: assign(({ context, event }) => ({
      ...context,
      finishedAt: timeOf(event),
      exitCode: context.plan.exitCode,
      reason: context.plan.exitCode === 0 ? 'Completed' : 'Error',
    })),
    noteEnd: assign(({ context, event }) => {
      const exitCode = event.type === 'program.exited' ? event.exitCode : 0
      return { ...context, finishedAt: timeOf(event), exitCode, reason: exitCode === 0 ? 'Completed' : 'Error' }
    }),
    noteStop: assign(({ context, event }) => {
      const { stopMs: needs, graceMs: given } = context.plan
      const graceMs = event.type === 'stop.requested' ? event.graceMs : given
      return { ...context, stopMs: Math.min(needs, graceMs), killed: needs > graceMs, stopAt: timeOf(event) }
    }),
    noteHurry: assign(({ context, event }) =>
      event.type === 'stop.requested'
        ? { ...context, stopMs: event.graceMs, killed: true, stopAt: timeOf(event) }
        : context,
    ),
    noteUnhealthy: assign(({ context }) => ({ ...context, unhealthy: true })),
    noteStopped: assign(({ context, event }) => ({
      ...context,
      finishedAt: timeOf(event),
      exitCode: context.killed ? 137 : context.unhealthy ? 143 : 0,
      reason: context.killed || context.unhealthy ? 'Error' : 'Completed',
    })),
    noteDeath: assign(({ context, event }) => ({
      ...context,
      finishedAt: timeOf(event),
      exitCode: 255,
      reason: 'Unknown',
    })),
    noteNeverStarted: assign(({ context, event }) => ({
      ...context,
      finishedAt: timeOf(event),
      startedAt: 0,
      exitCode: 137,
      reason: 'ContainerStatusUnknown',
    })),
    noteBackoff: assign(({ context, event }) =>
      event.type === 'restart.delayed' ? { ...context, backoffMs: event.backoffMs } : context,
    ),
    notePullFailure: assign(({ context }) => ({ ...context, pullTries: context.pullTries + 1 })),
    noteRestart: assign(({ context }) => ({
      ...context,
      last: {
        startedAt: context.startedAt,
        finishedAt: context.finishedAt,
        exitCode: context.exitCode,
        reason: context.reason,
      },
    })),
    askForStart() {},
    reportPulling() {},
    reportPulled() {},
    reportPullFailure() {},
    reportPullBackoff() {},
    reportCreated() {},
    reportStarted() {},
    reportUnready() {},
    reportUnhealthy() {},
    reportKilling() {},
    reportBlocked() {},
    reportBackoff() {},
    changed() {},
  },
}).createMachine({
  id: 'container',
  description: 'Image, start, probes, exit and restart of one container.',
  context: ({ input }) => ({
    name: input.name,
    image: input.image,
    plan: noPlan,
    restarts: 0,
    startedAt: 0,
    finishedAt: 0,
    exitCode: 0,
    reason: '',
    last: null,
    backoffMs: 0,
    pullTries: 0,
    stopMs: 0,
    stopAt: 0,
    killed: false,
    unhealthy: false,
    blockedReason: '',
    blocked: '',
  }),
  initial: 'waiting',
  on: { 'machine.died': { target: '.exited', actions: 'noteNeverStarted' } },
  states: {
    waiting: {
      on: {
        'start.requested': [
          { guard: 'isCached', target: 'creating', actions: ['takePlan', 'reportPulled'] },
          { target: 'pulling', actions: 'takePlan' },
        ],
        'start.blocked': { actions: ['noteBlocked', 'reportBlocked', 'changed'] },
        'run.found': { target: 'running', actions: 'noteFound' },
        'end.found': { target: 'exited', actions: 'noteFoundEnd' },
        'stop.requested': { target: 'exited', actions: 'noteNeverStarted' },
      },
    },
    pulling: {
      entry: 'reportPulling',
      after: {
        pull: [
          { guard: 'pullFails', target: 'pullFailed', actions: ['notePullFailure', 'reportPullFailure'] },
          { target: 'creating', actions: 'reportPulled' },
        ],
      },
      on: { 'stop.requested': { target: 'exited', actions: 'noteNeverStarted' } },
    },
    pullFailed: {
      entry: 'changed',
      after: { notice: 'imageBackingOff' },
      on: { 'stop.requested': { target: 'exited', actions: 'noteNeverStarted' } },
    },
    imageBackingOff: {
      tags: ['background'],
      entry: ['changed', 'reportPullBackoff'],
      after: { pullBackoff: 'pulling' },
      on: { 'stop.requested': { target: 'exited', actions: 'noteNeverStarted' } },
    },
    creating: {
      after: { start: { target: 'running', actions: ['noteStarted', 'reportCreated', 'reportStarted'] } },
      on: { 'stop.requested': { target: 'exited', actions: 'noteNeverStarted' } },
    },
    running: {
      entry: 'changed',
      initial: 'deciding',
      on: {
        'stop.requested': { target: 'terminating', actions: ['noteStop', 'reportKilling'] },
        'program.exited': { target: 'exited', actions: 'noteEnd' },
        'machine.died': { target: 'exited', actions: 'noteDeath' },
      },
      after: {
        run: { guard: 'exits', target: 'exited', actions: 'noteExit' },
        unhealthy: {
          guard: 'turnsUnhealthy',
          target: 'terminating',
          actions: ['noteUnhealthy', 'noteStop', 'reportUnhealthy', 'reportKilling'],
        },
      },
      states: {
        deciding: {
          always: [
            { guard: 'hasStartup', target: 'starting' },
            { guard: 'isReadyAtOnce', target: 'ready' },
            { target: 'notReady' },
          ],
        },
        starting: {
          after: {
            startup: [{ guard: 'neverStartsUp' }, { guard: 'isReadyAtOnce', target: 'ready' }, { target: 'notReady' }],
          },
        },
        notReady: {
          entry: 'changed',
          after: {
            firstFailure: { actions: 'reportUnready' },
            readiness: [{ guard: 'neverReady' }, { target: 'ready' }],
          },
        },
        ready: {
          entry: 'changed',
          after: { failure: [{ guard: 'staysReady' }, { target: 'failing', actions: 'reportUnready' }] },
        },
        failing: { entry: 'changed' },
      },
    },
    terminating: {
      after: { stop: { target: 'exited', actions: 'noteStopped' } },
      on: {
        'stop.requested': { guard: 'isSooner', target: 'terminating', reenter: true, actions: 'noteHurry' },
        'machine.died': { target: 'exited', actions: 'noteDeath' },
      },
    },
    exited: {
      entry: 'changed',
      on: {
        'machine.died': {},
        'restart.delayed': [
          { guard: 'isAtOnce', target: 'waiting', actions: ['noteRestart', 'noteBackoff', 'askForStart'] },
          { target: 'crashLooping', actions: ['noteRestart', 'noteBackoff'] },
        ],
      },
    },
    crashLooping: {
      tags: ['background'],
      entry: ['changed', 'reportBackoff'],
      after: { backoff: { target: 'waiting', actions: 'askForStart' } },
      on: { 'stop.requested': 'exited', 'machine.died': 'exited' },
    },
  },
})
