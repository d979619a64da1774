/**
 * The variables of a container: its own, from ConfigMaps and Secrets, and the services of its namespace.
 * Source: https://kubernetes.io/docs/tutorials/services/connect-applications-service/#environment-variables
 */
import type { KubeObject } from '../../api/object.ts'
import type { View } from '../../store/view.ts'
import { dataOf, fieldText } from '../volumes.ts'
import type { ContainerSpec } from './behaviour.ts'

/** Names and values; a later pair overrides an earlier one of the same name. */
export function environment(view: View, pod: KubeObject, container: ContainerSpec): [string, string][] {
  const namespace = pod.metadata.namespace ?? ''
  const pairs = new Map<string, string>([['HOSTNAME', pod.metadata.name]])
  for (const service of view.list('services', namespace)) {
    const { clusterIP, ports } = service.spec ?? {}
    if (!clusterIP || clusterIP === 'None') continue
    const name = service.metadata.name.toUpperCase().replaceAll('-', '_')
    pairs.set(`${name}_SERVICE_HOST`, clusterIP).set(`${name}_SERVICE_PORT`, String(ports?.[0]?.port ?? ''))
  }
  for (const from of (container.envFrom ?? []) as {
    prefix?: string
    configMapRef?: { name: string }
    secretRef?: { name: string }
  }[]) {
    const [resource, ref] =
      from.configMapRef === undefined ? ['secrets', from.secretRef] : ['configmaps', from.configMapRef]
    const found = view.get(resource as string, namespace, (ref as { name: string } | undefined)?.name ?? '')
    if (found !== undefined)
      for (const [key, value] of Object.entries(dataOf(found))) pairs.set((from.prefix ?? '') + key, value)
  }
  for (const one of (container.env ?? []) as EnvVar[]) pairs.set(one.name, valueOfVariable(view, pod, one, pairs))
  return [...pairs]
}

interface EnvVar {
  readonly name: string
  readonly value?: string
  readonly valueFrom?: {
    readonly fieldRef?: { readonly fieldPath: string }
    readonly configMapKeyRef?: { readonly name: string; readonly key: string }
    readonly secretKeyRef?: { readonly name: string; readonly key: string }
  }
}

function valueOfVariable(
  view: View,
  pod: KubeObject,
  { value, valueFrom }: EnvVar,
  known: ReadonlyMap<string, string>,
): string {
  if (valueFrom === undefined)
    return (value ?? '').replace(/\$\(([^)]+)\)/g, (text, name: string) => known.get(name) ?? text)
  const { fieldRef, configMapKeyRef, secretKeyRef } = valueFrom
  if (fieldRef !== undefined) return fieldText(pod, fieldRef.fieldPath)
  const [resource, ref] = configMapKeyRef === undefined ? ['secrets', secretKeyRef] : ['configmaps', configMapKeyRef]
  const found = view.get(resource as string, pod.metadata.namespace ?? '', ref?.name ?? '')
  return found === undefined ? '' : (dataOf(found)[ref?.key ?? ''] ?? '')
}
