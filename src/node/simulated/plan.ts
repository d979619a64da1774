/**
 * The plan of one container start: what will happen when, worked out beforehand from the script, the probes and the
 * seed. Nothing polls: a probe whose answer will not change costs nothing.
 * Source: https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/
 */
import type { ContainerPlan } from '../../../machines/container.ts'
import { type ContainerSpec, imageExists } from './behaviour.ts'
import type { FileSpan, Script } from './script.ts'

interface Probe {
  readonly exec?: { readonly command?: readonly string[] }
  readonly initialDelaySeconds?: number
  readonly periodSeconds?: number
  readonly successThreshold?: number
  readonly failureThreshold?: number
}

const never = Number.POSITIVE_INFINITY
/** Simulated moments fall on this grid, so that what happens about the same time happens at one instant. */
const gridMs = 100
const onGrid = (ms: number): number => Math.round(ms / gridMs) * gridMs

/** What the planner needs to know of the moment. `chance` is in [0, 1) by site and seed. */
export interface PlanInput {
  readonly container: ContainerSpec
  readonly script: Script
  readonly cached: boolean
  readonly restarts: number
  /** terminationGracePeriodSeconds of the pod. */
  readonly graceSeconds: number
  readonly site: string
  readonly chance: (site: string) => number
}

/** The plan of a start. */
export function planStart(input: PlanInput): ContainerPlan {
  const { container, script, chance, site } = input
  const startupProbe = container.startupProbe as Probe | undefined
  const readinessProbe = container.readinessProbe as Probe | undefined
  const startupMs = startupProbe === undefined ? 0 : successAt(startupProbe, answersOf(script, startupProbe).fromMs)
  const readyMs = readyAfter(script, readinessProbe, startupMs)
  const preStopMs = hookMs(container, 'preStop')
  return {
    cached: input.cached,
    pullFails: script.pullFails || !imageExists(container.image),
    pullMs: script.pullMs ?? onGrid(800 + 2200 * chance(`pull ${container.image}`)),
    imageBytes: Math.floor(5_000_000 + 180_000_000 * chance(`size ${container.image}`)),
    startMs: onGrid(100 + 500 * chance(`start ${site} ${input.restarts}`)) + hookMs(container, 'postStart'),
    startupMs,
    readyMs,
    failMs: failsAfter(script, readinessProbe, startupMs + readyMs),
    unreadyMs: readinessProbe === undefined ? 0 : 1000 * Math.max(1, readinessProbe.initialDelaySeconds ?? 0),
    unhealthyMs: unhealthyAt(container, script, startupMs),
    exitMs: script.exitMs,
    exitCode: script.exitCode,
    preStopMs,
    graceMs: 1000 * (graceOfProbe(container) ?? input.graceSeconds),
    stopMs: preStopMs + stopTime(script, onGrid(100 + 400 * chance(`stop ${site}`))),
  }
}

function stopTime(script: Script, usual: number): number {
  if (script.ignoresTerm) return never
  return script.stopMs ?? usual
}

/** When a probe is answered well: as the script says, or while the file is there that an exec probe reads. */
function answersOf(script: Script, probe: Probe): FileSpan {
  const words = (probe.exec?.command ?? []).flatMap((word) => word.split(' '))
  const file = script.files[words.at(-1) ?? '']
  return file ?? { fromMs: script.readyMs, untilMs: script.liveMs }
}

/** From started up to ready. */
function readyAfter(script: Script, probe: Probe | undefined, startupMs: number): number {
  if (probe === undefined) return 0
  if (startupMs === never) return never
  return successAt(probe, Math.max(0, answersOf(script, probe).fromMs - startupMs))
}

/** From ready to not ready again, for good: an application that no longer answers. */
function failsAfter(script: Script, probe: Probe | undefined, readyAt: number): number {
  if (probe === undefined || readyAt === never) return never
  const { untilMs } = answersOf(script, probe)
  return untilMs === never ? never : Math.max(gridMs, failureAt(probe, Math.max(untilMs, readyAt)) - readyAt)
}

/** From the moment it may run: the first success that completes the threshold, when the application answers from `answersAt` on. */
function successAt(probe: Probe, answersAt: number): number {
  if (answersAt === never) return never
  const period = 1000 * (probe.periodSeconds ?? 10)
  const first = 1000 * (probe.initialDelaySeconds ?? 0)
  const tries = answersAt <= first ? 0 : Math.ceil((answersAt - first) / period)
  return Math.max(gridMs, first + tries * period + ((probe.successThreshold ?? 1) - 1) * period)
}

/** From running to the failure that restarts the container: of the startup probe, or of the liveness probe. */
function unhealthyAt(container: ContainerSpec, script: Script, startupMs: number): number {
  const startup = container.startupProbe as Probe | undefined
  if (startup !== undefined) {
    const gives = failureAt(startup, 0)
    if (startupMs > gives) return gives
  }
  const liveness = container.livenessProbe as Probe | undefined
  if (liveness === undefined) return never
  const { untilMs } = answersOf(script, liveness)
  return untilMs === never ? never : failureAt(liveness, Math.max(untilMs, startupMs))
}

function failureAt(probe: Probe, from: number): number {
  const period = 1000 * (probe.periodSeconds ?? 10)
  const first = 1000 * (probe.initialDelaySeconds ?? 0)
  const start = from <= first ? first : first + Math.ceil((from - first) / period) * period
  return start + ((probe.failureThreshold ?? 3) - 1) * period
}

/** A liveness or startup probe may have a grace period of its own. */
function graceOfProbe(container: ContainerSpec): number | undefined {
  const probes = [container.livenessProbe, container.startupProbe] as (
    | { terminationGracePeriodSeconds?: number }
    | undefined
  )[]
  return probes.find((probe) => probe?.terminationGracePeriodSeconds !== undefined)?.terminationGracePeriodSeconds
}

interface Hook {
  readonly sleep?: { readonly seconds?: number }
  readonly exec?: { readonly command?: readonly string[] }
}

/** How long a lifecycle hook takes: `sleep N` in its forms; other hooks a tenth of a second. */
function hookMs(container: ContainerSpec, name: 'postStart' | 'preStop'): number {
  const hook = (container.lifecycle as Readonly<Record<string, Hook>> | undefined)?.[name]
  if (hook === undefined) return 0
  if (hook.sleep?.seconds !== undefined) return hook.sleep.seconds * 1000
  const sleep = /sleep (\d+)/.exec((hook.exec?.command ?? []).join(' '))
  return sleep === null ? gridMs : Number(sleep[1]) * 1000
}
