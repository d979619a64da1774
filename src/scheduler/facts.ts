/**
 * What the scheduler knows of one pod, worked out once: requests, host ports, terms, and two keys. Pods with the same
 * `nodeKey` get the same answers from everything that looks at the node alone; pods with the same `groupKey` look the
 * same to the terms of others. Kept by object: pods in a snapshot are frozen, so the memo can never be wrong.
 */
import { type KubeObject, keyOf } from '../api/object.ts'
import { type Requests, requestsOf } from './requests.ts'
import { type Labels, type PodTerms, termsOf } from './terms.ts'

/** A port on the node itself. `ip` 0.0.0.0 stands for all addresses. */
export interface HostPort {
  readonly protocol: string
  readonly ip: string
  readonly port: number
}

export interface PodFacts {
  readonly pod: KubeObject
  readonly key: string
  readonly uid: string
  readonly namespace: string
  readonly labels: Labels
  readonly priority: number
  readonly terminating: boolean
  readonly requests: Requests
  readonly ports: readonly HostPort[]
  /** Normalised image names of init containers, containers and image volumes. */
  readonly images: readonly string[]
  readonly containers: number
  readonly terms: PodTerms
  readonly claims: boolean
  readonly nodeKey: string
  readonly groupKey: string
}

const memo = new WeakMap<KubeObject, PodFacts>()

/** The facts of a pod. */
export function factsOf(pod: KubeObject): PodFacts {
  const known = memo.get(pod)
  if (known !== undefined) return known
  const facts = read(pod)
  memo.set(pod, facts)
  return facts
}

function read(pod: KubeObject): PodFacts {
  const { spec = {}, metadata } = pod
  const requests = requestsOf(pod)
  const ports = hostPorts(spec)
  const images = imagesOf(spec)
  const containers = (spec.containers?.length ?? 0) + (spec.initContainers?.length ?? 0)
  const terminating = metadata.deletionTimestamp !== undefined
  const labels = metadata.labels ?? {}
  const namespace = metadata.namespace ?? ''
  const looks = [
    requests,
    ports,
    images,
    containers,
    spec.nodeSelector,
    spec.affinity?.nodeAffinity,
    spec.tolerations,
    spec.nodeName === undefined || spec.nodeName === '' ? undefined : spec.nodeName,
  ]
  return {
    pod,
    key: keyOf(pod),
    uid: metadata.uid ?? '',
    namespace,
    labels,
    priority: spec.priority ?? 0,
    terminating,
    requests,
    ports,
    images,
    containers,
    terms: termsOf(pod),
    claims: (spec.volumes ?? []).some((one: Volume) => Boolean(one.persistentVolumeClaim ?? one.ephemeral)),
    nodeKey: JSON.stringify(looks),
    groupKey: `${terminating ? '-' : '+'}${namespace} ${JSON.stringify(labels)}`,
  }
}

interface Volume {
  readonly persistentVolumeClaim?: unknown
  readonly ephemeral?: unknown
  readonly image?: { readonly reference?: string }
}

interface Container {
  readonly image?: string
  readonly restartPolicy?: string
  readonly ports?: readonly { readonly hostPort?: number; readonly hostIP?: string; readonly protocol?: string }[]
}

function hostPorts(spec: KubeObject['spec']): HostPort[] {
  const sidecars = (spec.initContainers ?? []).filter((one: Container) => one.restartPolicy === 'Always')
  const found: HostPort[] = []
  for (const container of [...(spec.containers ?? []), ...sidecars] as Container[])
    for (const { hostPort, hostIP, protocol } of container.ports ?? [])
      if (hostPort) found.push({ protocol: protocol || 'TCP', ip: hostIP || '0.0.0.0', port: hostPort })
  return found
}

function imagesOf(spec: KubeObject['spec']): string[] {
  const all = [...(spec.initContainers ?? []), ...(spec.containers ?? [])] as Container[]
  const volumes = (spec.volumes ?? []) as readonly Volume[]
  const mounted = volumes.flatMap((volume) => (volume.image?.reference ? [volume.image.reference] : []))
  return [...all.flatMap((container) => (container.image ? [container.image] : [])), ...mounted].map(normalImage)
}

/** An image name with its tag written out. */
export function normalImage(name: string): string {
  return name.lastIndexOf(':') <= name.lastIndexOf('/') ? `${name}:latest` : name
}

/** The facts of a pod that has only been bound since `previous`: nothing is worked out again. */
export function factsAfterBinding(previous: KubeObject, pod: KubeObject): PodFacts {
  const known = memo.get(previous)
  if (known === undefined || !onlyBound(previous, pod)) return factsOf(pod)
  const facts = { ...known, pod }
  memo.set(pod, facts)
  return facts
}

function onlyBound(previous: KubeObject, pod: KubeObject): boolean {
  const [a, b] = [previous.metadata, pod.metadata]
  if (a.labels !== b.labels || a.deletionTimestamp !== b.deletionTimestamp) return false
  const { nodeName: _before, ...before } = previous.spec
  const { nodeName: _after, ...after } = pod.spec
  const fields = Object.keys(after)
  return fields.length === Object.keys(before).length && fields.every((field) => before[field] === after[field])
}
