/** What a cluster may be told at its creation, and the defaults. */
import type { Kind } from '../api/kind.ts'
import { parseTime } from '../api/time.ts'
import type { Controller } from '../controllers/controller.ts'
import { KybernError } from '../lib/coded-error.ts'
import type { NodeSpec } from '../node/node-spec.ts'
import type { Images } from '../node/simulated/userland/image.ts'
import type { Logger, OutsidePort, WallClock, WebhookFunction } from '../ports.ts'
import type { Manifest } from './manifest.ts'
import type { StartWorld } from './world/read-world.ts'

/** `virtual`: time moves only when asked. `real`: wall pace. `60x`: sixty times as fast. `eager`: a server runs to quiet after each request; embedded it is `virtual`. */
export type TimeMode = 'virtual' | 'real' | 'eager' | `${number}x`

export interface ClusterOptions {
  /** How many nodes (`node-1` …), or each one's name, capacity, labels and taints. Default 3. */
  readonly nodes?: number | readonly NodeSpec[]
  /** Any integer: names, uids, jitter and ties follow from it. Default 1. */
  readonly seed?: number
  /**
   * The objects to begin with, as they are: the text of `kubectl get -A -o yaml`, or what `importWorld` made of it. Its
   * nodes come as simulated nodes and `nodes` adds further ones, its pods run on, and the clock starts at its newest time.
   */
  readonly world?: Manifest | StartWorld
  readonly time?: TimeMode
  /** The cluster's clock at the start: ms, RFC 3339 or a Date. Default 2026-01-01T00:00:00Z, or the wall clock in real modes. */
  readonly start?: number | string | { getTime(): number }
  /** Scripts for simulated containers by image glob; see src/node/simulated. */
  readonly scripts?: Readonly<Record<string, string>>
  /** By image glob: commands and HTTP answers of simulated containers that functions of yours implement. */
  readonly images?: Images
  readonly kinds?: readonly Kind[]
  readonly controllers?: readonly Controller[]
  /** How many changes the log keeps for watches. Default 20,000. */
  readonly history?: number
  readonly clock?: WallClock
  readonly logger?: Logger
  /** Webhooks as functions of this program, by the webhook's name, its URL or `namespace/service`: no socket is used. */
  readonly webhooks?: Readonly<Record<string, WebhookFunction>>
  /** How other webhooks are called. */
  readonly outside?: OutsidePort
}

/** 2026-01-01T00:00:00Z. */
export const epoch = 1_767_225_600_000
const defaultHistory = 20_000

/** The seed. Throws KYB-SEED for one that is no integer. */
export function seedOf({ seed = 1 }: ClusterOptions): number {
  if (Number.isSafeInteger(seed)) return seed
  throw new KybernError('KYB-SEED', `${JSON.stringify(seed)} is no seed; use an integer`)
}

/** How many changes the log keeps. Throws KYB-HISTORY for what is no such number. */
export function historyOf({ history = defaultHistory }: ClusterOptions): number {
  if (Number.isSafeInteger(history) && history > 0) return history
  throw new KybernError('KYB-HISTORY', `${JSON.stringify(history)} is no number of changes to keep; use 1 or more`)
}

/** The start time in ms. Throws KYB-START for text that is no time. */
export function startOf(options: ClusterOptions): number {
  const { start, time = 'virtual', clock } = options
  if (start === undefined) return time === 'virtual' || clock === undefined ? epoch : wallStart(clock, time)
  const ms = typeof start === 'number' ? start : typeof start === 'string' ? parseTime(start) : start.getTime()
  if (!Number.isFinite(ms))
    throw new KybernError('KYB-START', `"${String(start)}" is not a time; use RFC 3339 or milliseconds`)
  return ms
}

/**
 * The wall's time in whole seconds. Eager time runs ahead of the wall, and clients that reckon ages themselves would see
 * events of the future: it starts an hour before.
 */
function wallStart(clock: WallClock, time: TimeMode): number {
  const lead = time === 'eager' ? 3_600_000 : 0
  return Math.floor((clock.now() - lead) / 1000) * 1000
}

/** How fast the cluster's clock runs against the wall: 0 in virtual and eager. Throws KYB-TIME for an unknown mode. */
export function paceOf(time: TimeMode): number {
  if (time === 'virtual' || time === 'eager') return 0
  if (time === 'real') return 1
  const pace = Number(/^(\d+(?:\.\d+)?)x$/.exec(time)?.[1])
  if (!(pace > 0))
    throw new KybernError(
      'KYB-TIME',
      `"${time}" is no way for time to pass; use virtual, real, eager or a pace such as 60x`,
    )
  return pace
}
