/**
 * The ReplicaSet of the present template: found and kept in step with its Deployment, or made.
 * Source: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#rolling-update-deployment
 */
import { getCondition } from '../../api/conditions.ts'
import { podTemplateHash } from '../../api/hash.ts'
import type { KubeObject } from '../../api/object.ts'
import { ReplicaSet } from '../../kinds/index.ts'
import type { View } from '../../store/view.ts'
import { type Conditions, said } from './conditions.ts'
import { replicasOf } from './fenceposts.ts'
import { type Fleet, newMetadata, total } from './fleet.ts'
import { highestRevision, revisionKey, withAnnotations, withRevision, withSizes } from './revision.ts'
import { newestSize } from './rolling.ts'
import { hasDeadline } from './status.ts'
import { hashLabel, withHash } from './template.ts'

/** The fleet with its newest ReplicaSet carrying the Deployment's annotations, the highest revision, minReadySeconds. */
export function inStep(deployment: KubeObject, fleet: Fleet): Fleet {
  if (fleet.newest === undefined) return fleet
  const newest = withRevision(fleet.newest, deployment, highestRevision(fleet.old) + 1)
  const wanted: number = deployment.spec.minReadySeconds ?? 0
  if ((newest.spec.minReadySeconds ?? 0) === wanted) return { ...fleet, newest }
  return { ...fleet, newest: { ...newest, spec: { ...newest.spec, minReadySeconds: wanted } } }
}

/** The Deployment with the revision of its newest ReplicaSet. */
export function withRevisionOf(deployment: KubeObject, newest: KubeObject | undefined): KubeObject {
  const revision = newest?.metadata.annotations?.[revisionKey]
  return revision === undefined ? deployment : withAnnotations(deployment, { [revisionKey]: revision })
}

/** What is said of progress on finding a ReplicaSet when nothing was said before, or on making one. */
export function newestConditions(
  deployment: KubeObject,
  newest: KubeObject | undefined,
  made: boolean,
  conditions: Conditions,
  now: number,
): Conditions {
  if (newest === undefined || !hasDeadline(deployment)) return conditions
  if (!made && getCondition(conditions, 'Progressing') !== undefined) return conditions
  const [reason, words] = made
    ? ['NewReplicaSetCreated', 'Created new replica set']
    : ['FoundNewReplicaSet', 'Found new replica set']
  const message = `${words} "${newest.metadata.name}"`
  return said(conditions, { type: 'Progressing', status: 'True', reason, message }, now)
}

/**
 * The ReplicaSet to make for the present template, or 'collision' when another object has its name: its template
 * differs though the hash is the same, or it is not this Deployment's.
 */
export function made(view: View, deployment: KubeObject, fleet: Fleet): KubeObject | 'collision' {
  const { template, selector } = deployment.spec
  const hash = podTemplateHash(template, deployment.status?.collisionCount)
  const metadata = newMetadata(deployment, hash)
  if (view.get(ReplicaSet, metadata.namespace ?? '', metadata.name) !== undefined) return 'collision'
  const stamped = withHash(template, hash)
  const minReadySeconds: number = deployment.spec.minReadySeconds ?? 0
  const empty: KubeObject = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { ...metadata, labels: stamped.metadata?.labels as Readonly<Record<string, string>> },
    spec: {
      replicas: 0,
      ...(minReadySeconds > 0 && { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [hashLabel]: hash } },
      template: stamped,
    },
  }
  const revised = withSizes(withRevision(empty, deployment, highestRevision(fleet.old) + 1), deployment)
  const replicas = newestSize(deployment, revised, total(fleet.old, replicasOf))
  return { ...revised, spec: { ...revised.spec, replicas } }
}
