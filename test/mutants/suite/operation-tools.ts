/** What operations are made of. */
import type { KubeObject } from '../../../src/index.ts'
import type { Rig } from './rig.ts'
import type { Scenario } from './scenarios.ts'

/** Does something; says what, or undefined when there was nothing to do it to. */
export type Operation = (rig: Rig, n: readonly number[], scenario: Scenario) => Promise<string | undefined>

export const workloadKinds = [
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
  'ReplicationController',
]

export function chosen<T>(from: readonly T[], n: number | undefined): T | undefined {
  return from.length === 0 ? undefined : from[(n ?? 0) % from.length]
}

/** What the user made: nobody controls it. */
export function roots(rig: Rig, kinds: readonly string[]): KubeObject[] {
  return kinds.flatMap((kind) =>
    rig.cluster
      .list(kind, { namespace: '*' })
      .filter((object) => !object.metadata.ownerReferences?.some((one) => one.controller === true)),
  )
}

/** `deployment web` */
export function named(object: KubeObject): string {
  return `${object.kind.toLowerCase()} ${object.metadata.name}`
}

/** A write that may be refused. */
export async function tried(what: string, write: () => Promise<unknown>): Promise<string> {
  try {
    await write()
    return what
  } catch (error) {
    return `${what} (refused: ${(error as Error).message.slice(0, 100)})`
  }
}

export async function patch(rig: Rig, object: KubeObject, change: unknown): Promise<unknown> {
  const { name, namespace } = object.metadata
  return rig.cluster.patch(object.kind, name, change, {
    ...(namespace === undefined ? {} : { namespace }),
    type: 'merge',
  })
}
