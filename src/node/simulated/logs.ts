/** What a simulated container wrote: worked out from its actor and script whenever somebody asks, never stored. */
import type { AnyMachineSnapshot } from 'xstate'
import type { ContainerContext } from '../../../machines/container.ts'
import type { KubeObject } from '../../api/object.ts'
import { toMicro } from '../../api/time.ts'
import { type ContainerSpec, type Scripts, scriptOf } from './behaviour.ts'
import type { LogRule } from './script.ts'

export interface LogLine {
  readonly at: number
  readonly text: string
}

export interface LogOptions {
  readonly previous?: boolean
  readonly timestamps?: boolean
  readonly sinceMs?: number
  readonly tail?: number
}

/** A rule that repeats gives at most this many of its newest lines. */
const mostRepeats = 10_000

const nginxStart = [
  '/docker-entrypoint.sh: /docker-entrypoint.d/ is not empty, will attempt to perform configuration',
  '/docker-entrypoint.sh: Configuration complete; ready for start up',
]

/** The lines of one run from its start to its end or to now, oldest first. */
export function linesOfRun(
  pod: KubeObject,
  container: ContainerSpec,
  scripts: Scripts,
  startedAt: number,
  endAt: number,
): LogLine[] {
  if (startedAt === 0) return []
  const script = scriptOf(pod, container, scripts)
  const lines = script.logs.flatMap((rule) => ofRule(rule, startedAt, endAt))
  const greeting = script.logs.length === 0 && /(^|\/)nginx(:|@|$)/.test(container.image) ? nginxStart : []
  return [...greeting.map((text) => ({ at: startedAt, text })), ...lines].sort((a, b) => a.at - b.at)
}

function ofRule(rule: LogRule, startedAt: number, endAt: number): LogLine[] {
  const first = startedAt + rule.atMs
  if (first > endAt) return []
  if (rule.everyMs === Number.POSITIVE_INFINITY) return [{ at: first, text: rule.text }]
  const count = Math.floor((endAt - first) / rule.everyMs) + 1
  const skipped = Math.max(0, count - mostRepeats)
  return Array.from({ length: count - skipped }, (_, i) => ({
    at: first + (skipped + i) * rule.everyMs,
    text: rule.text,
  }))
}

/** The lines of one run, and whether more may come. */
export interface RunLog {
  readonly lines: readonly LogLine[]
  readonly live: boolean
  /** 0: it never began. */
  readonly startedAt: number
}

/** What the newest run of a container wrote, or with `previous` the one before it. */
export function logOf(
  pod: KubeObject,
  container: ContainerSpec,
  snapshot: AnyMachineSnapshot | undefined,
  scripts: Scripts,
  now: number,
  previous: boolean,
): RunLog {
  const context = snapshot?.context as ContainerContext | undefined
  const live = !previous && (snapshot?.matches('running') === true || snapshot?.matches('terminating') === true)
  const hasBegun = live || snapshot?.matches('exited') === true
  const run = previous || !hasBegun ? context?.last : context
  const startedAt = run?.startedAt ?? 0
  return { lines: linesOfRun(pod, container, scripts, startedAt, live ? now : (run?.finishedAt ?? 0)), live, startedAt }
}

/** The lines of a container as text, narrowed as asked. */
export function containerLog(
  pod: KubeObject,
  container: ContainerSpec,
  snapshot: AnyMachineSnapshot | undefined,
  scripts: Scripts,
  now: number,
  options: LogOptions,
): string[] {
  const context = snapshot?.context as ContainerContext | undefined
  const over = snapshot?.matches('exited') === true
  const run = options.previous === true ? context?.last : context
  const endAt = options.previous === true ? (run?.finishedAt ?? 0) : over ? (run?.finishedAt ?? now) : now
  const lines = linesOfRun(pod, container, scripts, run?.startedAt ?? 0, endAt)
  const since = lines.filter((line) => line.at >= (options.sinceMs ?? 0))
  const tail =
    options.tail === undefined || options.tail < 0
      ? since
      : since.slice(since.length - Math.min(options.tail, since.length))
  return tail.map((line) =>
    options.timestamps === true ? `${toMicro(line.at).replace('Z', '000Z')} ${line.text}` : line.text,
  )
}
