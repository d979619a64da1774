/**
 * Volumes of simulated pods: what still blocks a pod's start, and the files each mount shows. Emptydirs die with the pod,
 * hostPaths stay on the node, claims stay with their volume.
 * Source: https://kubernetes.io/docs/concepts/storage/volumes/
 */
import type { KubeObject } from '../api/object.ts'
import { ephemeralClaimName, whyNotOwnClaim } from '../api/pod-claims.ts'
import type { View } from '../store/view.ts'
import type { ContainerSpec } from './simulated/behaviour.ts'

interface Volume {
  readonly name: string
  readonly emptyDir?: object
  readonly hostPath?: { readonly path: string }
  readonly configMap?: Source
  readonly secret?: Source & { readonly secretName?: string }
  readonly persistentVolumeClaim?: { readonly claimName: string; readonly readOnly?: boolean }
  readonly ephemeral?: object
  readonly projected?: { readonly sources?: readonly Projection[] }
  readonly downwardAPI?: { readonly items?: readonly DownwardItem[] }
}

interface Source {
  readonly name?: string
  readonly optional?: boolean
  readonly items?: readonly { readonly key: string; readonly path: string }[]
}

interface DownwardItem {
  readonly path: string
  readonly fieldRef?: { readonly fieldPath: string }
}

interface Projection {
  readonly configMap?: Source
  readonly secret?: Source
  readonly serviceAccountToken?: { readonly path: string }
  readonly downwardAPI?: { readonly items?: readonly DownwardItem[] }
}

/** Where the files of one mount are kept: a key prefix in the kubelets' store, or read-only content. */
export type Mounted = { readonly store: string } | { readonly content: Readonly<Record<string, string>> }

const volumesOf = (pod: KubeObject): readonly Volume[] => pod.spec?.volumes ?? []

/** Why the pod's volumes cannot be mounted yet, in the kubelet's words; '' when they can. */
export function volumesBlocked(view: View, pod: KubeObject): string {
  for (const volume of volumesOf(pod)) {
    const why = blockedBy(view, pod, volume)
    if (why !== '') return `MountVolume.SetUp failed for volume "${volume.name}" : ${why}`
  }
  return ''
}

function blockedBy(view: View, pod: KubeObject, volume: Volume): string {
  const namespace = pod.metadata.namespace ?? ''
  const { configMap, secret, projected } = volume
  const claim = claimOf(pod, volume)
  if (configMap !== undefined) return missing(view, 'configmaps', 'configmap', namespace, configMap)
  if (secret !== undefined)
    return missing(view, 'secrets', 'secret', namespace, { ...secret, name: secret.secretName ?? '' })
  for (const source of projected?.sources ?? []) {
    const why =
      (source.configMap === undefined ? '' : missing(view, 'configmaps', 'configmap', namespace, source.configMap)) ||
      (source.secret === undefined ? '' : missing(view, 'secrets', 'secret', namespace, source.secret))
    if (why !== '') return why
  }
  if (claim === undefined) return ''
  const found = view.get('persistentvolumeclaims', namespace, claim)
  if (found === undefined) return `persistentvolumeclaim "${claim}" not found`
  const foreign = volume.ephemeral === undefined ? '' : whyNotOwnClaim(pod, found)
  if (foreign !== '') return foreign
  return found.status?.phase === 'Bound' ? '' : `persistentvolumeclaim "${claim}" is not bound`
}

/** The name of the volume's claim: the one it names, or the pod's own. */
function claimOf(pod: KubeObject, volume: Volume): string | undefined {
  return volume.ephemeral === undefined ? volume.persistentVolumeClaim?.claimName : ephemeralClaimName(pod, volume.name)
}

function missing(view: View, resource: string, word: string, namespace: string, source: Source): string {
  const found = view.get(resource, namespace, source.name ?? '')
  if (found === undefined) return source.optional === true ? '' : `${word} "${source.name}" not found`
  const absent = (source.items ?? []).find(({ key }) => dataOf(found)[key] === undefined)
  if (absent === undefined || source.optional === true) return ''
  return `${word} references non-existent config key: ${absent.key}`
}

/** Why a container cannot be created from its environment; '' when it can. */
export function configError(view: View, pod: KubeObject, container: ContainerSpec): string {
  const namespace = pod.metadata.namespace ?? ''
  for (const { valueFrom } of (container.env ?? []) as { valueFrom?: Record<string, Source & { key: string }> }[]) {
    const { configMapKeyRef, secretKeyRef } = valueFrom ?? {}
    const why =
      missingKey(view, 'configmaps', 'configmap', namespace, configMapKeyRef) ||
      missingKey(view, 'secrets', 'secret', namespace, secretKeyRef)
    if (why !== '') return why
  }
  for (const from of (container.envFrom ?? []) as { configMapRef?: Source; secretRef?: Source }[]) {
    const why =
      (from.configMapRef === undefined ? '' : missing(view, 'configmaps', 'configmap', namespace, from.configMapRef)) ||
      (from.secretRef === undefined ? '' : missing(view, 'secrets', 'secret', namespace, from.secretRef))
    if (why !== '') return why
  }
  return ''
}

function missingKey(
  view: View,
  resource: string,
  word: string,
  namespace: string,
  ref: (Source & { key: string }) | undefined,
): string {
  if (ref === undefined || ref.optional === true) return ''
  const found = view.get(resource, namespace, ref.name ?? '')
  if (found === undefined) return `${word} "${ref.name}" not found`
  const name = word === 'configmap' ? 'ConfigMap' : 'Secret'
  return dataOf(found)[ref.key] === undefined ? `couldn't find key ${ref.key} in ${name} ${namespace}/${ref.name}` : ''
}

/** data of a ConfigMap, or of a Secret decoded. */
export function dataOf(object: KubeObject): Record<string, string> {
  if (object.kind !== 'Secret') return { ...(object.data ?? {}) }
  const entries = Object.entries((object.data ?? {}) as Record<string, string>)
  return Object.fromEntries(entries.map(([key, value]) => [key, utf8(value)]))
}

function utf8(base64: string): string {
  return new TextDecoder().decode(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)))
}

/** What a volume shows, or undefined for one the pod does not have. */
export function mounted(view: View, pod: KubeObject, name: string): Mounted | undefined {
  const volume = volumesOf(pod).find((one) => one.name === name)
  if (volume === undefined) return undefined
  const namespace = pod.metadata.namespace ?? ''
  const { hostPath, configMap, secret, projected, downwardAPI } = volume
  const claim = claimOf(pod, volume)
  if (hostPath !== undefined) return { store: `node/${pod.spec?.nodeName}${hostPath.path}` }
  if (claim !== undefined) {
    const bound = view.get('persistentvolumeclaims', namespace, claim)
    return { store: `pv/${bound?.spec?.volumeName ?? `unbound-${claim}`}` }
  }
  if (configMap !== undefined) return { content: sourceFiles(view, 'configmaps', namespace, configMap) }
  if (secret !== undefined)
    return { content: sourceFiles(view, 'secrets', namespace, { ...secret, name: secret.secretName ?? '' }) }
  if (downwardAPI !== undefined) return { content: downward(pod, downwardAPI.items ?? []) }
  if (projected !== undefined)
    return { content: Object.assign({}, ...(projected.sources ?? []).map((source) => projection(view, pod, source))) }
  return { store: `pod/${pod.metadata.uid}/volumes/${volume.name}` }
}

function sourceFiles(view: View, resource: string, namespace: string, source: Source): Record<string, string> {
  const found = view.get(resource, namespace, source.name ?? '')
  if (found === undefined) return {}
  const data = dataOf(found)
  if (source.items === undefined) return data
  return Object.fromEntries(
    source.items.flatMap(({ key, path }) => (data[key] === undefined ? [] : [[path, data[key]]])),
  )
}

function projection(view: View, pod: KubeObject, source: Projection): Record<string, string> {
  const namespace = pod.metadata.namespace ?? ''
  if (source.configMap !== undefined) return sourceFiles(view, 'configmaps', namespace, source.configMap)
  if (source.secret !== undefined) return sourceFiles(view, 'secrets', namespace, source.secret)
  if (source.serviceAccountToken !== undefined)
    return { [source.serviceAccountToken.path]: `simulated-token-of-${pod.spec?.serviceAccountName ?? 'default'}` }
  return downward(pod, source.downwardAPI?.items ?? [])
}

function downward(pod: KubeObject, items: readonly DownwardItem[]): Record<string, string> {
  return Object.fromEntries(items.map(({ path, fieldRef }) => [path, fieldText(pod, fieldRef?.fieldPath ?? '')]))
}

/** The text of a downward API field such as `metadata.labels['app']`. */
export function fieldText(pod: KubeObject, path: string): string {
  const keyed = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path)
  if (keyed !== null) return pod.metadata[keyed[1] as 'labels']?.[keyed[2] as string] ?? ''
  const value = path.split('.').reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], pod)
  if (value === null || typeof value !== 'object') return value === undefined ? '' : String(value)
  return Object.entries(value)
    .map(([key, text]) => `${key}="${text}"`)
    .join('\n')
}
